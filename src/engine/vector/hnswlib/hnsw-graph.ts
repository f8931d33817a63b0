import { lowerBound, type Part } from "../part.js";
import { bitsOf, type PartFilter } from "../part-search.js";
import type { AddonIndex, MakeIndex } from "./addon.js";

const SEED = 100;
/** The ordinal of a label whose row is gone for good. */
const GONE = 0xffffffff;
const LEAST_CAPACITY = 1024;
/** Rows that a walk under a filter looks at before it can be judged. */
const LEAST_ASKED = 400;

/** What the addon takes per row beside vector and links: addresses, locks, levels, visited marks, the map of labels. */
const OVERHEAD_BYTES = 8 + 40 + 4 + 2 + 56;

export interface HnswParameters {
  readonly m: number;
  readonly efConstruction: number;
}

/**
 * One HierarchicalNSW over the rows of one part. Labels count the rows as they were added; a table says which ordinal
 * each one has now. Rows that were deleted stay in the graph, unmarked: to add a row where all around it are marked ends
 * the process (an empty list in `mutuallyConnectNewElement`). They are dropped from what a search finds, and the graph
 * is made anew when they are many.
 */
export class HnswGraph {
  readonly index: AddonIndex;
  readonly parameters: HnswParameters;
  #part: Part;
  /** Ascending, but for `GONE`. */
  #ordinals: Uint32Array;
  #labels = 0;
  /** Ordinals below this are in the graph, or were deleted before they could be. */
  rows = 0;
  /** Labels whose row is deleted. */
  dead = 0;
  /** Its rows are gone for good; nobody searches it any more. */
  abandoned = false;
  #ef = 0;
  readonly #point: number[];

  private constructor(index: AddonIndex, parameters: HnswParameters, part: Part, capacity: number) {
    this.index = index;
    this.parameters = parameters;
    this.#part = part;
    this.#ordinals = new Uint32Array(capacity);
    this.#point = new Array<number>(part.geometry.dimension).fill(0);
  }

  /** A graph with no row yet, and room for those of the part. */
  static empty(make: MakeIndex, parameters: HnswParameters, part: Part): HnswGraph {
    const { metric, dimension } = part.geometry;
    const capacity = Math.max(LEAST_CAPACITY, Math.ceil(part.live * 1.1));
    const index = make(metric, dimension);
    index.initIndex(capacity, parameters.m, parameters.efConstruction, SEED);
    return new HnswGraph(index, parameters, part, capacity);
  }

  /**
   * A graph that was read from a file, on the rows of a part that was read from the source.
   *
   * @param ids row ids by label; -1 for a row that was gone when the file was written
   * @returns undefined when the part has rows among them that the file lacks: it is of another source
   */
  static restored(index: AddonIndex, parameters: HnswParameters, part: Part, ids: Float64Array): HnswGraph | undefined {
    const graph = new HnswGraph(index, parameters, part, Math.max(index.getMaxElements(), ids.length));
    graph.#labels = ids.length;
    let last = ids.length - 1;
    while (last >= 0 && ids[last]! < 0) last--;
    return graph.#locate(ids, last < 0 ? -1 : ids[last]!) ? graph : undefined;
  }

  get part(): Part {
    return this.#part;
  }

  /** Rows in the graph, deleted ones too. */
  get labels(): number {
    return this.#labels;
  }

  /** An estimate: the addon does not tell. */
  get memoryBytes(): number {
    const { m } = this.parameters;
    const { vectorBytes } = this.#part.geometry;
    const upperBytes = (4 * m + 4) / Math.max(1, m - 1);
    const perRow = vectorBytes + 8 * m + 4 + 8 + OVERHEAD_BYTES + upperBytes;
    return Math.round(this.#ordinals.length * perRow) + this.#ordinals.byteLength;
  }

  /** Adds the next row of the part, unless it is deleted. Synchronous: a millisecond for a long vector. */
  addNext(): void {
    const ordinal = this.rows;
    if (!this.#part.isRemoved(ordinal)) {
      if (this.#labels === this.#ordinals.length) this.#grow();
      fillPoint(this.#point, this.#part.vectorOf(ordinal));
      this.index.addPoint(this.#point, this.#labels);
      this.#ordinals[this.#labels++] = ordinal;
    }
    this.rows = ordinal + 1;
  }

  #grow(): void {
    const capacity = Math.ceil(Math.max(this.#labels * 1.5, this.#part.live * 1.1));
    this.index.resizeIndex(capacity);
    const larger = new Uint32Array(capacity);
    larger.set(this.#ordinals);
    this.#ordinals = larger;
  }

  /** A row of the part was deleted. */
  removed(ordinal: number): void {
    if (ordinal < this.rows) this.dead++;
  }

  /**
   * Ordinals of about the `k` rows nearest to a vector in a part's memory, in no order; deleted rows among them.
   *
   * @param filter the rows that may be found; undefined: all
   * @returns undefined when the walk met far fewer allowed rows than chance would have it: they are elsewhere, and a walk
   *   that gets there late finds poor answers
   */
  nearest(query: Uint8Array, k: number, ef: number, filter: PartFilter | undefined): Uint32Array | undefined {
    // Deleted rows take places in the list: it is made as much longer.
    const spread = this.#labels / Math.max(1, this.#labels - this.dead);
    const wanted = Math.min(this.#labels, Math.ceil(k * spread) + 4);
    this.#setEf(Math.max(wanted, Math.ceil(ef * spread)));
    fillPoint(this.#point, query);
    const ordinals = this.#ordinals;
    let neighbors: number[];
    if (filter === undefined) neighbors = this.index.searchKnn(this.#point, wanted).neighbors;
    else {
      const bits = bitsOf(filter, this.#part.rows);
      let asked = 0;
      let passed = 0;
      ({ neighbors } = this.index.searchKnn(this.#point, wanted, (label) => {
        const ordinal = ordinals[label]!;
        const allowed = ordinal !== GONE && ((bits[ordinal >>> 5]! >>> (ordinal & 31)) & 1) !== 0;
        asked++;
        if (allowed) passed++;
        return allowed;
      }));
      if (asked > LEAST_ASKED && passed * 4 * this.#part.rows < asked * filter.count) return undefined;
    }
    const found = new Uint32Array(neighbors.length);
    let n = 0;
    for (const label of neighbors) {
      const ordinal = ordinals[label]!;
      if (ordinal !== GONE) found[n++] = ordinal;
    }
    return found.subarray(0, n);
  }

  #setEf(ef: number): void {
    if (ef === this.#ef) return;
    this.index.setEf(ef);
    this.#ef = ef;
  }

  /** The part was compacted into `fresh`, which holds its live rows in the same order. */
  moveTo(fresh: Part): void {
    const ids = this.rowIds();
    const lastId = this.rows === 0 ? -1 : this.#part.ids[this.rows - 1]!;
    this.#part = fresh;
    this.#locate(ids, lastId);
  }

  /** Row ids by label; -1 for a row that was gone when its part was compacted. */
  rowIds(): Float64Array {
    return Float64Array.from({ length: this.#labels }, (_, label) => {
      const ordinal = this.#ordinals[label]!;
      return ordinal === GONE ? -1 : this.#part.ids[ordinal]!;
    });
  }

  /** Finds where the rows are in the part now. @returns false when it has a live row among them that the graph lacks */
  #locate(ids: Float64Array, lastId: number): boolean {
    const part = this.#part;
    let ordinal = 0;
    let dead = 0;
    let complete = true;
    for (let label = 0; label < ids.length; label++) {
      const id = ids[label]!;
      while (id >= 0 && ordinal < part.rows && part.ids[ordinal]! < id)
        if (!part.isRemoved(ordinal++)) complete = false;
      const here = id >= 0 && ordinal < part.rows && part.ids[ordinal] === id;
      this.#ordinals[label] = here ? ordinal : GONE;
      if (!here || part.isRemoved(ordinal)) dead++;
      if (here) ordinal++;
    }
    this.dead = dead;
    this.rows = lowerBound(part.ids, part.rows, lastId + 1, 0);
    for (; ordinal < this.rows; ordinal++) if (!part.isRemoved(ordinal)) complete = false;
    return complete;
  }
}

/** Copies a vector out of a part's memory, where it is aligned, into a plain array, the only thing the addon takes. */
function fillPoint(point: number[], vector: Uint8Array): void {
  const floats = new Float32Array(vector.buffer, vector.byteOffset, point.length);
  for (let i = 0; i < point.length; i++) point[i] = floats[i]!;
}
