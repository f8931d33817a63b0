import { failure } from "../../../errors.js";
import { KERNEL_BASE64 } from "./kernel.wasm.js";
import { RELAXED_KERNEL_BASE64 } from "./relaxed-kernel.wasm.js";
import { type WasmMemory, type WasmModule, wasm } from "./web-assembly.js";

/** A function of one instruction: the product of bytes that the relaxed kernel is made of. */
const RELAXED_PRODUCT = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b, 0x03, 0x02, 0x01],
  ...[0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x93, 0x02, 0x0b],
);

let relaxed: boolean | undefined;

/** Whether the runtime has relaxed SIMD. */
function hasRelaxedSimd(): boolean {
  relaxed ??= wasm.validate(RELAXED_PRODUCT);
  return relaxed;
}

/** Which code computes distances, as `db.stats()` names it. Both find the same; the relaxed one multiplies bytes faster. */
export function kernelName(): string {
  return hasRelaxedSimd() ? "wasm-relaxed-simd128" : "wasm-simd128";
}

/**
 * What the kernel module exports. Addresses are byte offsets into the memory; they come back as int32, so callers
 * put them through `>>> 0`. One instance serves one thread on one memory.
 */
export interface KernelExports {
  create(): void;
  init(
    dimension: number,
    format: number,
    metric: number,
    strideBytes: number,
    tailBytes: number,
    codeBytes: number,
    links: number,
    rowShift: number,
    holdsVectors: number,
  ): void;
  refresh(): void;
  alloc(bytes: number): number;
  /** 1 when there is room for `rows` rows in all, 0 when the memory is full. */
  reserve(rows: number): number;
  getChunkBytes(): number;
  getOffIds(): number;
  getOffNodes(): number;
  getNodeBytes(): number;
  getOffUpper(): number;
  chunkAddress(row: number): number;
  vectorAddress(row: number): number;
  codeAddress(row: number): number;
  termAddress(row: number): number;
  tombstone(row: number): number;
  tombstonesBelow(rows: number): number;
  countLive(filter: number, rows: number): number;
  isFinite(vector: number): number;
  prepare(vector: number): void;
  queryAddress(): number;
  resultAddress(keys: number): number;
  filterAddress(bytes: number): number;
  scan(k: number, low: number, high: number, filtered: number): number;
  gather(k: number, low: number, high: number, count: number): number;
  scanOn(n: number, k: number, low: number, high: number, filtered: number, from: number, to: number): number;
  gatherOn(n: number, k: number, low: number, high: number, from: number, to: number): number;
  bestFirst(n: number): number;
  measure(count: number): void;
  gatherByCodes(k: number, breadth: number, count: number): number;
  search(k: number, ef: number, allowed: number, options: number): number;
  encodeRows(from: number, to: number): void;
  vectorArea(): number;
  areaDistance(): number;
  encodeArea(row: number): void;
  nearByCodes(k: number, low: number, high: number, filtered: number, count: number): number;
  insert(count: number, efConstruction: number): number;
  makeUpper(level: number): number;
  clearUpper(from: number, to: number): void;
  exportUpper(from: number, rows: number, to: number, capacity: number): number;
  upperNextRow(): number;
  importUpper(from: number, bytes: number, rows: number): number;
  /** Notes at `at`, 64 bytes, where this instance's working memory lies: another one can go on with it. */
  keepWork(at: number): void;
  takeWork(at: number): void;
  workAddress(): number;
  checksumBegin(state: number): void;
  checksumAdd(state: number, from: number, bytes: number): void;
  checksumEnd(state: number, length: number): bigint;
}

/** Indices of the control block in a Uint32Array over the memory (`assembly/layout.ts`). */
export const CONTROL = {
  top: 16,
  rows: 17,
  graphRows: 18,
  stop: 19,
  entryRow: 20,
  entryLevels: 21,
  tombs: 24,
  upperNext: 26,
  upperEnd: 27,
  tombstones: 28,
  hurry: 30,
  /** Not 0: a builder is to leave the memory as it is. */
  freeze: 31,
  /** 1 while a builder changes the graph. */
  linking: 39,
  codeState: 40,
  codeInverse: 41,
  codeMiddle: 42,
  codeCut: 43,
  codeLongest: 44,
} as const;

/** Where a builder notes its working memory. */
export const BUILDER_WORK = 192;

let compiled: WasmModule | undefined;

/** The compiled kernel, made once per thread (about 2 ms) or taken over from another thread. */
export function kernelModule(): WasmModule {
  compiled ??= new wasm.Module(Buffer.from(hasRelaxedSimd() ? RELAXED_KERNEL_BASE64 : KERNEL_BASE64, "base64"));
  return compiled;
}

/** Takes over the module that another thread compiled. */
export function adoptKernelModule(module: WasmModule): void {
  compiled ??= module;
}

const PAGE_BYTES = 65536;

/** A fresh shared memory: it can grow in place up to 4 GiB, and any thread may work on it. @param bytes that it has at least */
export function createMemory(bytes = 1): WasmMemory {
  return new wasm.Memory({ initial: Math.ceil(bytes / PAGE_BYTES), maximum: 65536, shared: true });
}

export function instantiateKernel(memory: WasmMemory, module: WasmModule = kernelModule()): KernelExports {
  const abort = () => {
    throw failure("Internal", { reason: "vector kernel aborted" });
  };
  return new wasm.Instance(module, { env: { memory, abort } }).exports as unknown as KernelExports;
}
