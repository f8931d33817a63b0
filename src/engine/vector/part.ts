import { failure } from "../../errors.js";
import type { FrozenPart, VectorRows } from "./contract.js";
import { applyGeometry, type Geometry, needsPreparing } from "./kernel/geometry.js";
import { CONTROL, createMemory, instantiateKernel, type KernelExports } from "./kernel/kernel.js";
import type { WasmMemory } from "./kernel/web-assembly.js";

/** Words of the control block that belong to the eight-bit copies: state, scale, middle, rows beyond it, length of the longest. */
export type CodeScale = readonly number[];
const SCALE = [
  CONTROL.codeState,
  CONTROL.codeInverse,
  CONTROL.codeMiddle,
  CONTROL.codeCut,
  CONTROL.codeLongest,
] as const;

/** How long a builder may take to put one of its rows into the graph, before it is given up. */
const MOST_WAIT_MS = 5000;

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
  #words!: Uint32Array;

  constructor(geometry: Geometry, memory: WasmMemory = createMemory(), fresh = true) {
    this.geometry = geometry;
    this.memory = memory;
    this.kernel = instantiateKernel(memory);
    if (fresh) this.kernel.create();
    applyGeometry(this.kernel, geometry);
    this.ids = new Float64Array(0);
    this.#view();
  }

  /** A part of its own with what another one held. */
  static thaw(geometry: Geometry, { rows, bytes }: FrozenPart): Part {
    const memory = createMemory(bytes.length);
    new Uint8Array(memory.buffer).set(bytes);
    const part = new Part(geometry, memory, false);
    for (const word of [CONTROL.freeze, CONTROL.linking, CONTROL.stop]) Atomics.store(part.#words, word, 0);
    part.adopt(rows);
    return part;
  }

  /**
   * Copies the memory. A builder in another thread pauses for that: it takes some milliseconds to notice.
   * @returns undefined when it does not
   */
  freeze(): FrozenPart | undefined {
    const words = new Int32Array(this.#words.buffer);
    Atomics.store(words, CONTROL.freeze, 1);
    try {
      if (Atomics.load(words, CONTROL.linking) === 1) Atomics.wait(words, CONTROL.linking, 1, MOST_WAIT_MS);
      if (Atomics.load(words, CONTROL.linking) === 1) return undefined;
      const bytes = this.bytesAt(0, Atomics.load(this.#words, CONTROL.top) >>> 0).slice();
      return { rows: this.rows, bytes };
    } finally {
      Atomics.store(words, CONTROL.freeze, 0);
      Atomics.notify(words, CONTROL.freeze);
    }
  }

  /** A builder's change of the graph: it waits while the memory is being copied. */
  linked(work: () => number): number {
    const words = new Int32Array(this.#words.buffer);
    for (;;) {
      Atomics.store(words, CONTROL.linking, 1);
      // Either this is seen there, or that here: one of the two waits.
      if (Atomics.load(words, CONTROL.freeze) === 0) break;
      Atomics.store(words, CONTROL.linking, 0);
      Atomics.notify(words, CONTROL.linking);
      Atomics.wait(words, CONTROL.freeze, 1);
    }
    try {
      return work();
    } finally {
      Atomics.store(words, CONTROL.linking, 0);
      Atomics.notify(words, CONTROL.linking);
    }
  }

  get live(): number {
    return this.rows - this.tombstones;
  }

  /** Rows below this ordinal are in the graph (or were deleted before they could be). */
  get graphRows(): number {
    return Atomics.load(this.#words, CONTROL.graphRows);
  }

  get scale(): CodeScale {
    return SCALE.map((word) => this.#words[word]!);
  }

  set scale(scale: CodeScale) {
    SCALE.forEach((word, i) => {
      this.#words[word] = scale[i] ?? 0;
    });
  }

  /** True when the graph is walked on eight-bit copies of the vectors (see `assembly/codes.ts`). */
  get coded(): boolean {
    return Atomics.load(this.#words, CONTROL.codeState) === 1;
  }

  get memoryBytes(): number {
    return (Atomics.load(this.#words, CONTROL.top) >>> 0) + this.ids.byteLength;
  }

  /** The control block and everything else as 32-bit words; reaches as far as the memory did at the last look. */
  get words(): Uint32Array {
    return this.#words;
  }

  #view(): void {
    const buffer = this.memory.buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** Makes `words` and `bytesAt` reach the first `bytes` bytes of the memory. */
  reach(bytes: number): void {
    if (bytes > this.#bytes.length) this.#view();
  }

  /** Copies bytes to an address. */
  write(address: number, bytes: Uint8Array): void {
    this.reach(address + bytes.length);
    this.#bytes.set(bytes, address);
  }

  /** Bytes `[address, address + length)` of the memory. */
  bytesAt(address: number, length: number): Uint8Array {
    this.reach(address + length);
    return this.#bytes.subarray(address, address + length);
  }

  /** The stored form of a row's vector; of a cosine field scaled to length 1. Valid until the memory grows. */
  vectorOf(ordinal: number): Uint8Array {
    return this.bytesAt(this.kernel.vectorAddress(ordinal) >>> 0, this.geometry.vectorBytes);
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
   *
   * @param offset rows staged since the last publish
   * @param vectors of these rows and perhaps of others
   * @param first which of `vectors` belongs to the first of these rows
   * @returns the first row with a wrong length or a number that is not finite, or -1
   */
  stage(offset: number, rowIds: Float64Array, vectors: VectorRows, first: number): number {
    const { kernel } = this;
    const { vectorBytes, strideBytes, rowShift } = this.geometry;
    const prepares = needsPreparing(this.geometry);
    const chunkRows = 1 << rowShift;
    const count = rowIds.length;
    const flat = vectors instanceof Uint8Array ? vectors : undefined;
    if (!this.geometry.holdsVectors) {
      const bad = this.#stageCodes(offset, count, (i) =>
        flat === undefined
          ? (vectors[first + i] as Uint8Array)
          : flat.subarray((first + i) * vectorBytes, (first + i + 1) * vectorBytes),
      );
      if (bad < 0) this.#stageIds(offset, rowIds);
      return bad;
    }
    for (let i = 0; i < count; ) {
      const ordinal = this.rows + offset + i;
      const run = Math.min(count - i, chunkRows - (ordinal & (chunkRows - 1)));
      let address = kernel.vectorAddress(ordinal) >>> 0;
      if (flat !== undefined) this.#copyRun(address, flat, first + i, run);
      for (let j = 0; j < run; j++, address += strideBytes) {
        if (flat === undefined) {
          const vector = vectors[first + i + j] as Uint8Array;
          if (vector.length !== vectorBytes) return i + j;
          this.#bytes.set(vector, address);
        }
        if (kernel.isFinite(address) === 0) return i + j;
        if (prepares) kernel.prepare(address);
      }
      i += run;
    }
    this.#stageIds(offset, rowIds);
    return -1;
  }

  /** Writes the eight-bit copies of rows whose vectors are not held. Returns the first that is no vector, or -1. */
  #stageCodes(offset: number, count: number, vectorOf: (i: number) => Uint8Array): number {
    for (let i = 0; i < count; i++) {
      if (!this.layOut(vectorOf(i))) return i;
      this.kernel.encodeArea(this.rows + offset + i);
    }
    return -1;
  }

  /** Puts a vector where the kernel encodes and compares one that it does not hold. False when it is none of this part. */
  layOut(vector: Uint8Array): boolean {
    if (vector.length !== this.geometry.vectorBytes) return false;
    const area = this.checked(this.kernel.vectorArea());
    this.write(area, vector);
    if (this.kernel.isFinite(area) === 0) return false;
    if (needsPreparing(this.geometry)) this.kernel.prepare(area);
    return true;
  }

  /** Copies vectors `[from, from + run)` to where they lie one after the other. */
  #copyRun(address: number, vectors: Uint8Array, from: number, run: number): void {
    const { vectorBytes, strideBytes } = this.geometry;
    const start = from * vectorBytes;
    if (strideBytes === vectorBytes) {
      this.#bytes.set(vectors.subarray(start, start + run * vectorBytes), address);
      return;
    }
    for (let j = 0; j < run; j++) {
      const at = start + j * vectorBytes;
      this.#bytes.set(vectors.subarray(at, at + vectorBytes), address + j * strideBytes);
    }
  }

  /** As `stage`, from rows of another part with the same geometry. */
  stageFrom(offset: number, other: Part, ordinals: Uint32Array): void {
    const { strideBytes, codeBytes, holdsVectors } = this.geometry;
    const ids = new Float64Array(ordinals.length);
    const copy = (from: number, to: number, length: number) =>
      this.#bytes.set(other.bytesAt(from >>> 0, length), to >>> 0);
    for (let i = 0; i < ordinals.length; i++) {
      const there = ordinals[i]!;
      const here = this.rows + offset + i;
      if (holdsVectors) {
        copy(other.kernel.vectorAddress(there), this.kernel.vectorAddress(here), strideBytes);
      } else {
        copy(other.kernel.codeAddress(there), this.kernel.codeAddress(here), codeBytes);
        copy(other.kernel.termAddress(there), this.kernel.termAddress(here), 8);
      }
      ids[i] = other.ids[there]!;
    }
    this.#stageIds(offset, ids);
  }

  #stageIds(offset: number, rowIds: Float64Array): void {
    const start = this.rows + offset;
    this.ids.set(rowIds, start);
    // A second copy beside the vectors: snapshots are written from the shared memory alone.
    const chunkRows = 1 << this.geometry.rowShift;
    const offIds = this.kernel.getOffIds();
    for (let i = 0; i < rowIds.length; ) {
      const slot = (start + i) & (chunkRows - 1);
      const run = Math.min(rowIds.length - i, chunkRows - slot);
      const chunk = this.kernel.chunkAddress(start + i) >>> 0;
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

  /** Takes note of the rows that there are, without their ids: for a thread that only searches. */
  follow(): void {
    this.rows = Atomics.load(this.#words, CONTROL.rows);
    this.tombstones = this.#words[CONTROL.tombstones]!;
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
      const chunk = this.kernel.chunkAddress(i) >>> 0;
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

  /** Marks a row deleted; false when it was deleted before. */
  removeOrdinal(ordinal: number): boolean {
    if (this.kernel.tombstone(ordinal) === 0) return false;
    this.tombstones++;
    return true;
  }

  isRemoved(ordinal: number): boolean {
    const at = (Atomics.load(this.#words, CONTROL.tombs) >>> 2) + (ordinal >>> 5);
    this.reach((at + 1) * 4);
    return ((this.#words[at]! >>> (ordinal & 31)) & 1) !== 0;
  }

  /** Ordinals of all live rows in `[from, to)`. */
  liveOrdinals(from: number, to: number): Uint32Array {
    const ordinals = new Uint32Array(to - from);
    let n = 0;
    for (let i = from; i < to; i++) if (!this.isRemoved(i)) ordinals[n++] = i;
    return ordinals.subarray(0, n);
  }

  /** @throws Internal when the memory is full: the kernel answers address 0 then */
  checked(address: number): number {
    if (address === 0) throw failure("Internal", { reason: "a vector segment has used up its 4 GiB of memory" });
    return address >>> 0;
  }
}

/** First index in `[from, length)` of ascending `ids` whose value is at least `id`. */
export function lowerBound(ids: Float64Array | Uint32Array, length: number, id: number, from: number): number {
  let low = from;
  let high = length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (ids[mid]! < id) low = mid + 1;
    else high = mid;
  }
  return low;
}
