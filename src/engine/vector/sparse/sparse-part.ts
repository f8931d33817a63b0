import { failure } from "../../../errors.js";
import { createSparseKernel, type SparseKernel } from "./sparse-kernel.js";

/** An entry of a stored vector or a query: uint32 index, float32 value. */
export const ENTRY_BYTES = 8;
/** How `search` and `gather` say that the memory is full. */
const FULL = 0xffffffff;

/** How values become scores: the inner product, or BM25 with the numbers of the index. */
export type SparseWeighting =
  | { readonly kind: "IP" }
  | { readonly kind: "BM25"; readonly k1: number; readonly b: number };

/** Best first, ties by ascending ordinal. */
export interface SparseHits {
  readonly ordinals: Uint32Array;
  readonly scores: Float32Array;
}

export interface SparseQuery {
  /** Entries of the query, ascending by index: weights above 0. */
  readonly terms: Uint8Array;
  readonly k: number;
  /** Lowest and highest score, both inclusive; scores of 0 are never hits. */
  readonly from: number;
  readonly to: number;
  /** BM25: of all documents. */
  readonly averageLength: number;
}

/** Sparse rows in one memory, by ordinal. */
export class SparsePart {
  readonly #kernel: SparseKernel;
  readonly #memory: { readonly buffer: ArrayBuffer };
  #ids = new Float64Array(1024);
  #averageLength = 1;

  constructor(weighting: SparseWeighting) {
    const { kernel, memory } = createSparseKernel();
    this.#kernel = kernel;
    this.#memory = memory;
    if (weighting.kind === "BM25") kernel.setWeighting(1, weighting.k1, weighting.b);
    else kernel.setWeighting(0, 0, 0);
  }

  /** Rows, removed ones among them. */
  get rows(): number {
    return this.#kernel.rowCount();
  }

  get live(): number {
    return this.#kernel.livingRows();
  }

  /** Sum of all values of the living rows: for BM25 the lengths of the documents. */
  get totalLength(): number {
    return this.#kernel.livingLength();
  }

  get memoryBytes(): number {
    return this.#kernel.memoryBytes() + this.#ids.byteLength;
  }

  /** Row ids by ordinal, ascending. */
  get ids(): Float64Array {
    return this.#ids.subarray(0, this.rows);
  }

  /** Living rows that have a term. */
  rowsWith(term: number): number {
    return this.#kernel.rowsWith(term) >>> 0;
  }

  isAlive(ordinal: number): boolean {
    return this.#kernel.isAlive(ordinal) === 1;
  }

  /** @returns false when the memory is full */
  append(rowId: number, entries: Uint8Array): boolean {
    const at = this.#put(entries);
    if (at === 0) return false;
    return this.#add(rowId, at, entries.byteLength / ENTRY_BYTES);
  }

  /** Adds a row of another part. @returns false when the memory is full */
  copyRow(from: SparsePart, ordinal: number): boolean {
    const count = from.#kernel.entriesOfRow(ordinal);
    const source = from.#kernel.inputArea(count * ENTRY_BYTES) >>> 0;
    if (source === 0) return false;
    from.#kernel.readRow(ordinal, source);
    const entries = new Uint8Array(from.#memory.buffer, source, count * ENTRY_BYTES);
    return this.append(from.#ids[ordinal] as number, entries);
  }

  #put(bytes: Uint8Array): number {
    const at = this.#kernel.inputArea(bytes.byteLength) >>> 0;
    if (at !== 0) new Uint8Array(this.#memory.buffer, at, bytes.byteLength).set(bytes);
    return at;
  }

  #add(rowId: number, at: number, count: number): boolean {
    const ordinal = this.rows;
    if (this.#kernel.append(at, count) === 0) return false;
    if (ordinal === this.#ids.length) {
      const larger = new Float64Array(this.#ids.length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[ordinal] = rowId;
    return true;
  }

  remove(ordinal: number): boolean {
    return this.#kernel.remove(ordinal) === 1;
  }

  /** The best rows of all, or of those whose byte in `mask` is 1. */
  search(query: SparseQuery, mask?: Uint8Array): SparseHits {
    const at = this.#prepare(query);
    if (mask !== undefined) this.#filter(mask, this.rows);
    const terms = query.terms.byteLength / ENTRY_BYTES;
    return this.#hits(this.#kernel.search(at, terms, query.k, query.from, query.to, mask === undefined ? 0 : 1));
  }

  /** The best of a few rows. */
  gather(query: SparseQuery, ordinals: Uint32Array): SparseHits {
    const at = this.#prepare(query);
    this.#filter(new Uint8Array(ordinals.buffer, ordinals.byteOffset, ordinals.byteLength), ordinals.byteLength);
    const terms = query.terms.byteLength / ENTRY_BYTES;
    return this.#hits(this.#kernel.gather(at, terms, query.k, query.from, query.to, ordinals.length));
  }

  #prepare(query: SparseQuery): number {
    if (query.averageLength !== this.#averageLength) {
      this.#kernel.setAverageLength(query.averageLength);
      this.#averageLength = query.averageLength;
    }
    const at = this.#put(query.terms);
    if (at === 0) throw outOfMemory();
    return at;
  }

  /** @param room bytes that the kernel may read: what is not given counts as 0 */
  #filter(bytes: Uint8Array, room: number): void {
    const at = this.#kernel.filterArea(Math.max(room, bytes.byteLength)) >>> 0;
    if (at === 0 && room > 0) throw outOfMemory();
    const area = new Uint8Array(this.#memory.buffer, at, Math.max(room, bytes.byteLength));
    area.set(bytes);
    area.fill(0, bytes.byteLength);
  }

  #hits(count: number): SparseHits {
    const found = count >>> 0;
    if (found === FULL) throw outOfMemory();
    const keys = new Uint32Array(this.#memory.buffer, this.#kernel.resultArea() >>> 0, found * 2);
    const ordinals = new Uint32Array(found);
    const scoreBits = new Uint32Array(found);
    for (let i = 0; i < found; i++) {
      ordinals[i] = ~(keys[2 * i] as number);
      scoreBits[i] = keys[2 * i + 1] as number;
    }
    return { ordinals, scores: new Float32Array(scoreBits.buffer) };
  }
}

function outOfMemory(): Error {
  return failure("Internal", { reason: "no memory for vectors" });
}
