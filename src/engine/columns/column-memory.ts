import type { WasmMemory } from "../vector/kernel/web-assembly.js";
import { memoryDropped } from "../vector/memory-pressure.js";
import { type ColumnKernel, openKernel } from "./kernel.js";

/** Where blocks begin: what lies before is the module's. */
const FIRST_ADDRESS = 4096;
/** Addresses are handed to the kernel as 32-bit integers. */
const MOST_BYTES = 2 ** 32 - 65536;

/** Blocks of one WebAssembly memory. It never shrinks: what is freed is used again, and all of it goes with the object. */
export class ColumnMemory {
  readonly kernel: ColumnKernel;
  readonly #memory: WasmMemory;
  /** Free blocks by size. */
  readonly #free = new Map<number, number[]>();
  #top = FIRST_ADDRESS;

  constructor() {
    const { memory, kernel } = openKernel();
    this.#memory = memory;
    this.kernel = kernel;
  }

  get buffer(): SharedArrayBuffer {
    return this.#memory.buffer;
  }

  get bytes(): number {
    return this.#top;
  }

  /** Whether a block of a size lies ready. */
  hasFree(bytes: number): boolean {
    return (this.#free.get(bytes)?.length ?? 0) > 0;
  }

  /** @param bytes a multiple of 64 @returns an address, or 0 where there is no room */
  take(bytes: number): number {
    const free = this.#free.get(bytes)?.pop();
    if (free !== undefined) return free;
    const end = this.#top + bytes;
    if (end > MOST_BYTES || this.kernel.reach(end) === 0) return 0;
    const address = this.#top;
    this.#top = end;
    return address;
  }

  give(address: number, bytes: number): void {
    const free = this.#free.get(bytes);
    if (free === undefined) this.#free.set(bytes, [address]);
    else free.push(address);
  }

  /** Nobody uses it any more. */
  dropped(): void {
    memoryDropped(this.#top);
  }
}
