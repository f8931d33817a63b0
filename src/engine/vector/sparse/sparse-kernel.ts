import { failure } from "../../../errors.js";
import { SPARSE_KERNEL_BASE64 } from "./sparse-kernel.wasm.js";

/**
 * What the module for sparse vectors exports. Addresses are byte offsets into the memory; they come back as int32, so
 * callers put them through `>>> 0`. One instance serves one part of one partition's field.
 */
export interface SparseKernel {
  create(): void;
  memoryBytes(): number;
  /** 0: inner product; 1: BM25. Once, before the first row. */
  setWeighting(kind: number, k1: number, b: number): void;
  /** BM25: average length of all documents, at least 1. */
  setAverageLength(average: number): void;
  /** Room for `bytes` of entries; 0 when the memory is full. */
  inputArea(bytes: number): number;
  /** Adds a row out of `count` entries at `from`; 0 when the memory is full. */
  append(from: number, count: number): number;
  /** 1 if the row was alive. */
  remove(row: number): number;
  rowCount(): number;
  livingRows(): number;
  livingLength(): number;
  isAlive(row: number): number;
  /** Living rows with a term. */
  rowsWith(term: number): number;
  entriesOfRow(row: number): number;
  readRow(row: number, to: number): number;
  filterArea(bytes: number): number;
  search(query: number, terms: number, k: number, from: number, to: number, withFilter: number): number;
  gather(query: number, terms: number, k: number, from: number, to: number, listed: number): number;
  resultArea(): number;
}

/** The part of the WebAssembly interface that is used here; the compiler's own description comes with the DOM only. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
interface Wasm {
  readonly Memory: new (options: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
}

const wasm: Wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
let compiled: object | undefined;

/** A kernel with a memory of its own, which grows up to 4 GiB. */
export function createSparseKernel(): { readonly kernel: SparseKernel; readonly memory: WasmMemory } {
  compiled ??= new wasm.Module(Buffer.from(SPARSE_KERNEL_BASE64, "base64"));
  const memory = new wasm.Memory({ initial: 1, maximum: 65536 });
  const abort = () => {
    throw failure("Internal", { reason: "sparse vector kernel aborted" });
  };
  const kernel = new wasm.Instance(compiled, { env: { memory, abort } }).exports as unknown as SparseKernel;
  kernel.create();
  return { kernel, memory };
}
