import { failure } from "../../errors.js";
import { applyGeometry, type Geometry } from "./kernel/geometry.js";
import { CONTROL, createMemory, instantiateKernel, type KernelExports } from "./kernel/kernel.js";
import type { WasmMemory } from "./kernel/web-assembly.js";

/** Rows of one part that a filter allows. */
export interface PartFilter {
  /** Ordinals, ascending. */
  readonly ordinals: Uint32Array;
  /** The same as bits, made when first needed. */
  bits?: Uint32Array;
}

/** Distances between `low` and `high`, both inclusive, in the kernel's orientation (smaller is nearer). */
export interface DistanceRange {
  readonly low: number;
  readonly high: number;
}

const EVERYTHING: DistanceRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
const floatOfBits = new Float32Array(1);
const bitsOfFloat = new Uint32Array(floatOfBits.buffer);

/**
 * One shared memory with rows in it: vectors, row ids, deletions and, if the geometry has room for one, a graph over the
 * first `graphRows` of them. Rows only come and get marked deleted; ordinals ascend with row ids. A builder in another
 * thread extends the graph while this thread searches.
 */
export class Part {
  readonly geometry: Geometry;
  readonly memory: WasmMemory;
  readonly kernel: KernelExports;
  /** Row ids by ordinal; the first `rows` are valid. */
  ids: Float64Array;
  rows = 0;
  tombstones = 0;
  #bytes!: Uint8Array;
  #floats!: Float32Array;
  #words!: Uint32Array;
  /** Address of the query vector in floats; 0 until the first search. */
  #query = 0;
  #results = 0;
  #resultCapacity = 0;
  #uploaded: Uint32Array | undefined;

  constructor(geometry: Geometry, memory: WasmMemory = createMemory(), fresh = true) {
    this.geometry = geometry;
    this.memory = memory;
    this.kernel = instantiateKernel(memory);
    if (fresh) this.kernel.create();
    applyGeometry(this.kernel, geometry);
    this.ids = new Float64Array(0);
    this.#view();
  }

  get live(): number {
    return this.rows - this.tombstones;
  }

  /** Rows below this ordinal are in the graph (or were deleted before they could be). */
  get graphRows(): number {
    return Atomics.load(this.#words, CONTROL.graphRows);
  }

  /** True when the graph is walked on eight-bit copies of the vectors (see `assembly/codes.ts`). */
  get coded(): boolean {
    return Atomics.load(this.#words, CONTROL.codeState) === 1;
  }

  get memoryBytes(): number {
    return (Atomics.load(this.#words, CONTROL.top) >>> 0) + this.ids.byteLength;
  }

  /** The control block and everything else as 32-bit words; valid until the memory grows. */
  get words(): Uint32Array {
    return this.#words;
  }

  #view(): void {
    const buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#floats = new Float32Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  #checked(address: number): number {
    if (address === 0) throw failure("Internal", { reason: "a vector segment has used up its 4 GiB of memory" });
    return address >>> 0;
  }

  /** Bytes `[address, address + length)` of the memory. */
  bytesAt(address: number, length: number): Uint8Array {
    if (address + length > this.#bytes.length) this.#view();
    return this.#bytes.subarray(address, address + length);
  }

  /** Makes room for `count` more rows. False when the part cannot take them. */
  reserve(count: number): boolean {
    const rows = this.rows + count;
    if (rows > this.geometry.maxRows || this.kernel.reserve(rows) === 0) return false;
    if (rows > this.ids.length) {
      const larger = new Float64Array(Math.min(this.geometry.maxRows, Math.max(rows, this.ids.length * 2, 64)));
      larger.set(this.ids.subarray(0, this.rows));
      this.ids = larger;
    }
    this.#view();
    return true;
  }

  /**
   * Copies rows in behind the published ones; `publish` makes them visible. The room must be reserved.
   * @param offset rows staged since the last publish
   * @param vectors row-major float32
   * @returns the index in `vectors` of the first row with a number that is not finite, or -1
   */
  stage(offset: number, rowIds: Float64Array, vectors: Float32Array): number {
    const { dimension, strideBytes, rowShift, metric } = this.geometry;
    const chunkRows = 1 << rowShift;
    const count = rowIds.length;
    const kernel = this.kernel;
    for (let i = 0; i < count; ) {
      const ordinal = this.rows + offset + i;
      const run = Math.min(count - i, chunkRows - (ordinal & (chunkRows - 1)));
      let address = kernel.vectorAddress(ordinal) >>> 0;
      if (strideBytes === dimension * 4) {
        this.#floats.set(vectors.subarray(i * dimension, (i + run) * dimension), address >>> 2);
      } else {
        for (let j = 0; j < run; j++) {
          const row = (i + j) * dimension;
          this.#floats.set(vectors.subarray(row, row + dimension), (address + j * strideBytes) >>> 2);
        }
      }
      for (let j = 0; j < run; j++, address += strideBytes) {
        if (kernel.isFinite(address) === 0) return i + j;
        if (metric === "COSINE") kernel.normalise(address);
      }
      i += run;
    }
    this.#stageIds(offset, rowIds);
    return -1;
  }

  /** As `stage`, from one little-endian byte block per row. */
  stageBytes(offset: number, rowIds: Float64Array, vectors: readonly Uint8Array[]): number {
    const { dimension, metric } = this.geometry;
    const kernel = this.kernel;
    for (let i = 0; i < vectors.length; i++) {
      const row = vectors[i]!;
      if (row.length !== dimension * 4) return i;
      const address = kernel.vectorAddress(this.rows + offset + i) >>> 0;
      this.#bytes.set(row, address);
      if (kernel.isFinite(address) === 0) return i;
      if (metric === "COSINE") kernel.normalise(address);
    }
    this.#stageIds(offset, rowIds);
    return -1;
  }

  /** As `stage`, from rows of another part with the same geometry. */
  stageFrom(offset: number, other: Part, ordinals: Uint32Array): void {
    const { strideBytes } = this.geometry;
    const ids = new Float64Array(ordinals.length);
    for (let i = 0; i < ordinals.length; i++) {
      const from = other.kernel.vectorAddress(ordinals[i]!) >>> 0;
      this.#bytes.set(other.bytesAt(from, strideBytes), this.kernel.vectorAddress(this.rows + offset + i) >>> 0);
      ids[i] = other.ids[ordinals[i]!]!;
    }
    this.#stageIds(offset, ids);
  }

  #stageIds(offset: number, rowIds: Float64Array): void {
    const start = this.rows + offset;
    this.ids.set(rowIds, start);
    // A second copy beside the vectors: snapshots are written from the shared memory alone.
    const { rowShift, strideBytes } = this.geometry;
    const chunkRows = 1 << rowShift;
    const offIds = this.kernel.getOffIds();
    for (let i = 0; i < rowIds.length; ) {
      const slot = (start + i) & (chunkRows - 1);
      const run = Math.min(rowIds.length - i, chunkRows - slot);
      const chunk = (this.kernel.vectorAddress(start + i) >>> 0) - slot * strideBytes;
      new Float64Array(this.#bytes.buffer, chunk + offIds + slot * 8, run).set(rowIds.subarray(i, i + run));
      i += run;
    }
  }

  /** Makes `count` staged rows visible, to this thread and to a builder. */
  publish(count: number): void {
    this.rows += count;
    Atomics.store(this.#words, CONTROL.rows, this.rows);
    Atomics.notify(new Int32Array(this.#bytes.buffer), CONTROL.rows);
  }

  /** Takes over `rows` rows that are in the memory already (a snapshot, or another thread's work). */
  adopt(rows: number): void {
    this.adoptIds(rows);
    this.tombstones = this.#words[CONTROL.tombstones]!;
    Atomics.store(this.#words, CONTROL.rows, rows);
  }

  /** Copies the row ids of the first `rows` rows out of the shared memory: for a thread that did not stage them. */
  adoptIds(rows: number): void {
    this.#view();
    const chunkRows = 1 << this.geometry.rowShift;
    const offIds = this.kernel.getOffIds();
    this.kernel.refresh();
    this.ids = new Float64Array(rows);
    for (let i = 0; i < rows; i += chunkRows) {
      const run = Math.min(chunkRows, rows - i);
      const chunk = this.kernel.vectorAddress(i) >>> 0;
      this.ids.set(new Float64Array(this.#bytes.buffer, chunk + offIds, run), i);
    }
    this.rows = rows;
  }

  /** Tells a builder to stop after the row at hand: `STOP.stop` or `STOP.discard`. */
  stopBuilding(word: number): void {
    Atomics.store(this.#words, CONTROL.stop, word);
    Atomics.notify(new Int32Array(this.#bytes.buffer), CONTROL.rows);
  }

  /** Tells a builder not to wait for more rows. */
  hurry(): void {
    Atomics.store(this.#words, CONTROL.hurry, 1);
    Atomics.notify(new Int32Array(this.#bytes.buffer), CONTROL.rows);
  }

  allowBuilding(): void {
    Atomics.store(this.#words, CONTROL.hurry, 0);
    Atomics.store(this.#words, CONTROL.stop, 0);
  }

  /** Ordinal of a row, or -1. */
  ordinalOf(rowId: number): number {
    const at = lowerBound(this.ids, this.rows, rowId, 0);
    return at < this.rows && this.ids[at] === rowId ? at : -1;
  }

  /** Marks a row deleted; false when it is not here or was deleted before. */
  remove(rowId: number): boolean {
    const ordinal = this.ordinalOf(rowId);
    return ordinal >= 0 && this.removeOrdinal(ordinal);
  }

  removeOrdinal(ordinal: number): boolean {
    if (this.kernel.tombstone(ordinal) === 0) return false;
    this.tombstones++;
    return true;
  }

  isRemoved(ordinal: number): boolean {
    const at = (Atomics.load(this.#words, CONTROL.tombs) >>> 2) + (ordinal >>> 5);
    if (at >= this.#words.length) this.#view();
    return ((this.#words[at]! >>> (ordinal & 31)) & 1) !== 0;
  }

  /** Writes the query where the kernel expects it. False when a number of it is not finite. */
  setQuery(query: Float32Array): boolean {
    if (this.#query === 0) {
      this.#query = this.#checked(this.kernel.queryAddress()) >>> 2;
      this.#view();
    }
    this.#floats.set(query, this.#query);
    const address = this.#query << 2;
    if (this.kernel.isFinite(address) === 0) return false;
    if (this.geometry.metric === "COSINE") this.kernel.normalise(address);
    return true;
  }

  #room(keys: number): void {
    if (keys <= this.#resultCapacity) return;
    this.#results = this.#checked(this.kernel.resultAddress(keys)) >>> 2;
    this.#resultCapacity = keys;
    if ((this.#results + keys * 2) * 4 > this.#bytes.length) this.#view();
  }

  #upload(data: Uint32Array): void {
    if (this.#uploaded === data) return;
    const address = this.#checked(this.kernel.filterAddress(data.byteLength));
    if (address + data.byteLength > this.#bytes.length) this.#view();
    this.#words.set(data, address >>> 2);
    this.#uploaded = data;
  }

  #uploadBits(filter: PartFilter): void {
    if (filter.bits === undefined || filter.bits.length * 32 < this.rows) {
      const bits = new Uint32Array((this.rows + 31) >>> 5);
      for (const ordinal of filter.ordinals) bits[ordinal >>> 5]! |= 1 << (ordinal & 31);
      filter.bits = bits;
    }
    this.#upload(filter.bits);
  }

  /** Allowed rows that are not deleted. */
  countLive(filter: PartFilter): number {
    if (this.tombstones === 0) return filter.ordinals.length;
    this.#uploadBits(filter);
    return this.kernel.countLive(this.kernel.filterAddress(0) >>> 0, this.rows);
  }

  /**
   * Exact search after `setQuery`: the `k` nearest within `range`, best first. Returns their number; `rowAt` and
   * `distanceAt` read them until the next search.
   */
  scan(k: number, range: DistanceRange = EVERYTHING, filter?: PartFilter): number {
    this.#room(k);
    if (filter === undefined) return this.kernel.scan(k, range.low, range.high, 0);
    const count = filter.ordinals.length;
    if (count === 0) return 0;
    // Jumping costs about three times as much a row as reading on.
    if (count * 3 < this.rows) {
      this.#upload(filter.ordinals);
      return this.kernel.gather(k, range.low, range.high, count);
    }
    this.#uploadBits(filter);
    return this.kernel.scan(k, range.low, range.high, 1);
  }

  /**
   * Search after `setQuery`: through the graph where that is the cheaper way, else exactly. Complete: `k` rows come
   * back when there are as many.
   */
  search(k: number, ef: number, filter?: PartFilter): number {
    const graphRows = this.graphRows;
    const allowed = filter === undefined ? this.rows : filter.ordinals.length;
    // Codes blur the order at the end of the list: a little more breadth than asked for.
    const breadth = this.coded ? Math.max(ef, Math.ceil(k * 1.15) + 2) : ef;
    if (graphRows === 0 || !this.#walkPays(graphRows, breadth, allowed)) {
      const few = Math.max(4 * k, LEAST_BY_CODES);
      if (filter !== undefined && this.coded && few * 4 < allowed && allowed * 3 < this.rows) {
        this.#room(few);
        this.#upload(filter.ordinals);
        return this.kernel.gatherByCodes(k, few, allowed);
      }
      return this.scan(k, EVERYTHING, filter);
    }
    this.#room(breadth);
    if (filter !== undefined) this.#uploadBits(filter);
    const found = this.kernel.search(k, breadth, filter === undefined ? 0 : allowed, 0);
    // Walks can end short: an island of the graph, a budget that ran out (hnswlib issue 344 is the same).
    if (found < 0 || (found < k && found < (filter === undefined ? this.live : this.countLive(filter)))) {
      return this.scan(k, EVERYTHING, filter);
    }
    return found;
  }

  /**
   * Whether the graph walk is cheaper than reading the `allowed` rows. A walk looks at about 15 ef / selectivity rows, of
   * which it reads the eight-bit codes in random order; an exact scan reads each allowed row once. The factors are
   * measured (`bench/vector.mjs filter`); long vectors favour the codes.
   */
  #walkPays(rows: number, ef: number, allowed: number): boolean {
    if (allowed === rows) return ef * 15 < rows;
    return allowed * allowed > (this.geometry.strideBytes > 1024 ? 10 : 20) * ef * rows;
  }

  rowAt(i: number): number {
    return this.ids[this.#words[this.#results + 2 * i]!]!;
  }

  /** Distance of result `i`: squared L2, or the similarity with its sign turned. */
  distanceAt(i: number): number {
    const bits = this.#words[this.#results + 2 * i + 1]!;
    bitsOfFloat[0] = bits & 0x80000000 ? bits ^ 0x80000000 : ~bits;
    return floatOfBits[0]!;
  }
}

/**
 * Rows of a list that are compared truly after a look at their eight-bit copies: at least this many, and four for each
 * that is wanted. The codes are only used where 10 true neighbours are among their nearest 20, so none is lost here.
 */
const LEAST_BY_CODES = 64;

/** First index in `[from, length)` of ascending `ids` whose value is at least `id`. */
export function lowerBound(ids: Float64Array, length: number, id: number, from: number): number {
  let low = from;
  let high = length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (ids[mid]! < id) low = mid + 1;
    else high = mid;
  }
  return low;
}
