import { soon } from "../../values/clock.js";

const WORTH_BYTES = 8 * 1024 * 1024;
/** More than V8's soft limit for memory outside its heap (64 MB), which is what starts a collection. */
const NUDGE_BYTES = 96 * 1024 * 1024;

let freed = 0;
let scheduled = false;

/**
 * Notes that references to `bytes` bytes of shared WebAssembly memory were dropped. V8 does not count such memory, so it
 * would not collect it for as long as the program makes little other garbage. A buffer that is allocated and dropped
 * (its pages are never touched) makes V8 start an incremental collection of its own accord: no long pause, and the memory
 * is back with the system a moment later.
 */
export function memoryDropped(bytes: number): void {
  freed += bytes;
  if (scheduled || freed < WORTH_BYTES) return;
  scheduled = true;
  // In a later turn the caller's stack holds no reference any more.
  soon(() => {
    scheduled = false;
    freed = 0;
    try {
      void new ArrayBuffer(NUDGE_BYTES);
    } catch {
      // No address space to spare: V8 is about to collect anyway.
    }
  });
}
