import { failure } from "../../errors.js";
import { createMemory } from "../vector/kernel/kernel.js";
import { type WasmMemory, type WasmModule, wasm } from "../vector/kernel/web-assembly.js";
import { COLUMN_KERNEL_BASE64 } from "./column-kernel.wasm.js";

/** How the words of a test go into those that are there. */
export const HOW = { set: 0, and: 1, or: 2 } as const;
export type How = (typeof HOW)[keyof typeof HOW];

/** The last four arguments of each test: see `assembly/index.ts`. */
type Into = [flip: number, valid: number, out: number, how: How];

export type Between<T> = [values: number, words: number, low: T, high: T, ...into: Into];

export type Listed<T> = [values: number, words: number, base: T, table: number, size: number, ...into: Into];

/** What the module exports. Addresses are byte offsets into the memory. */
export interface ColumnKernel {
  betweenI32(...of: Between<number>): void;
  betweenI64(...of: Between<bigint>): void;
  betweenF32(...of: Between<number>): void;
  betweenF64(...of: Between<number>): void;
  listedI32(...of: Listed<number>): void;
  listedI64(...of: Listed<bigint>): void;
  markedI32(...of: Listed<number>): void;
  markedI64(...of: Listed<bigint>): void;
  fillSet(set: number, bits: number, values: number, count: number, kind: number): number;
  inSetI32(values: number, words: number, set: number, bits: number, hasFree: number, ...into: Into): void;
  inSetI64(values: number, words: number, set: number, bits: number, hasFree: number, ...into: Into): void;
  inSetF32(values: number, words: number, set: number, bits: number, hasFree: number, ...into: Into): void;
  inSetF64(values: number, words: number, set: number, bits: number, hasFree: number, ...into: Into): void;
  constant(words: number, word: number, valid: number, out: number, how: How): void;
  copied(bits: number, words: number, flip: number, out: number, how: How): void;
  count(bits: number, words: number): number;
  clear(table: number, bytes: number): void;
  reach(bytes: number): number;
}

let compiled: WasmModule | undefined;

/** A memory of its own, and the kernel that works on it. */
export function openKernel(): { readonly memory: WasmMemory; readonly kernel: ColumnKernel } {
  compiled ??= new wasm.Module(Buffer.from(COLUMN_KERNEL_BASE64, "base64"));
  const memory = createMemory();
  const abort = () => {
    throw failure("Internal", { reason: "column kernel aborted" });
  };
  const { exports } = new wasm.Instance(compiled, { env: { memory, abort } });
  return { memory, kernel: exports as unknown as ColumnKernel };
}
