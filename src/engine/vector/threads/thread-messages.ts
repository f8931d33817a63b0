import type { MessagePort } from "node:worker_threads";
import type { Geometry } from "../kernel/geometry.js";
import type { WasmMemory, WasmModule } from "../kernel/web-assembly.js";

/** What a search thread is started with. */
export interface SearchThreadData {
  readonly module: WasmModule;
  readonly control: SharedArrayBuffer;
  /** Its place in the control block. */
  readonly slot: number;
  /** Brings messages: it reads them when it wakes. */
  readonly port: MessagePort;
}

export type ThreadMessage =
  | { readonly kind: "board"; readonly id: number; readonly buffer: SharedArrayBuffer }
  | {
      readonly kind: "part";
      readonly id: number;
      readonly memory: WasmMemory;
      readonly geometry: Geometry;
      /** Where the thread of this place notes its working memory. */
      readonly work: number;
    }
  | { readonly kind: "filter"; readonly id: number; readonly bits: SharedArrayBuffer; readonly count: number }
  | { readonly kind: "forget"; readonly id: number };
