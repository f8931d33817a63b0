import { failure } from "../../../errors.js";
import { nextTurn } from "../../../values/clock.js";
import { Slices } from "../../../values/slices.js";
import type {
  LookedAt,
  PreparedFilter,
  SegmentHits,
  SegmentOptions,
  SegmentProgress,
  SegmentSearch,
  TermStatistics,
  VectorRows,
  VectorSegment,
  VectorSource,
} from "../contract.js";
import { mergeHits } from "../scores.js";
import { SparseFilter } from "./sparse-filter.js";
import { type SparseHits, SparsePart, type SparseQuery, type SparseWeighting } from "./sparse-part.js";

const READ_ROWS = 256;
/** Scoring a listed row costs about as much as passing a hundred rows over in the lists. */
const LISTED_ROW_COST = 100;
/** A part is written anew when it has more removed rows than living ones, and this many. */
const COMPACT_FROM = 4096;
const NO_HITS = (): SegmentHits => ({ rowIds: [], scores: [] });

/**
 * Sparse vectors in inverted lists. Lists are made as rows come, so there is no build to wait for; search is exact. A second
 * part begins where the first has used up its 4 GiB.
 */
export class SparseSegment implements VectorSegment {
  readonly options: SegmentOptions;
  readonly alwaysExact = true;
  readonly #weighting: SparseWeighting;
  readonly #onClosed: () => void;
  #parts: SparsePart[] = [];
  #loading = false;
  #closed = false;
  #compacting: Promise<void> | undefined;

  constructor(options: SegmentOptions, onClosed: () => void) {
    this.options = options;
    this.#onClosed = onClosed;
    const { bm25 } = options;
    this.#weighting =
      options.metric === "BM25" ? { kind: "BM25", k1: bm25?.k1 ?? 1.2, b: bm25?.b ?? 0.75 } : { kind: "IP" };
  }

  get size(): number {
    return this.#parts.reduce((sum, part) => sum + part.live, 0);
  }

  async load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    this.#mustBeOpen();
    if (this.#loading || this.#parts.length > 0) throw failure("Internal", { reason: "segment is loaded already" });
    this.#loading = true;
    try {
      const total = source.count();
      const slices = new Slices();
      for (let last = -1; ; ) {
        const { rowIds, vectors } = source.read(last, READ_ROWS);
        if (rowIds.length > 0) {
          this.#addRows(rowIds, vectors);
          last = rowIds[rowIds.length - 1] as number;
        }
        if (rowIds.length < READ_ROWS) break;
        if (!slices.over) continue;
        progress(total === 0 ? 1 : Math.min(1, this.size / total));
        await slices.next();
        if (signal.aborted || this.#closed) return;
      }
      progress(1);
    } finally {
      this.#loading = false;
    }
  }

  append(rowIds: Float64Array, vectors: VectorRows): void {
    this.#mustBeOpen();
    if (this.#loading) return;
    this.#addRows(rowIds, vectors);
  }

  #addRows(rowIds: Float64Array, vectors: VectorRows): void {
    if (vectors instanceof Uint8Array || vectors.length !== rowIds.length) {
      throw failure("Internal", { reason: "sparse vectors come one by one, as many as rows" });
    }
    for (let i = 0; i < rowIds.length; i++) {
      const entries = vectors[i] as Uint8Array;
      if (this.#tail().append(rowIds[i] as number, entries)) continue;
      // The memory of the last part is full.
      if (!this.#addPart().append(rowIds[i] as number, entries)) {
        throw failure("Internal", { reason: "no memory for vectors" });
      }
    }
  }

  #tail(): SparsePart {
    return this.#parts[this.#parts.length - 1] ?? this.#addPart();
  }

  #addPart(): SparsePart {
    const part = new SparsePart(this.#weighting);
    this.#parts.push(part);
    return part;
  }

  remove(rowIds: Float64Array): number {
    this.#mustBeOpen();
    let removed = 0;
    for (const rowId of rowIds) {
      for (const part of this.#parts) {
        const ordinal = ordinalOf(part.ids, rowId);
        if (ordinal >= 0 && part.remove(ordinal)) removed++;
      }
    }
    if (removed > 0) this.#compactWhenWorthIt();
    return removed;
  }

  clear(): void {
    this.#mustBeOpen();
    this.#parts = [];
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    this.#mustBeOpen();
    return new SparseFilter(rowIds, () => this.#parts);
  }

  /** @param query entries with weights, as stored vectors are: for BM25 what each term counts */
  looksAt({ filter }: SegmentSearch): LookedAt {
    return { way: "lists", rows: filter?.count ?? this.size };
  }

  search(query: Uint8Array, request: SegmentSearch): SegmentHits {
    this.#mustBeOpen();
    const { radius, rangeFilter } = request;
    return this.#collect(request.k, request.filter as SparseFilter | undefined, {
      terms: query,
      k: Math.min(request.k, this.size),
      from: radius === undefined ? 0 : nextUp(Math.fround(radius)),
      to: rangeFilter === undefined ? Number.POSITIVE_INFINITY : Math.fround(rangeFilter),
      averageLength: request.averageLength ?? 1,
    });
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter, averageLength = 1): SegmentHits {
    this.#mustBeOpen();
    return this.#collect(Number.POSITIVE_INFINITY, filter as SparseFilter | undefined, {
      terms: query,
      k: this.size,
      from: Math.fround(score),
      to: Number.POSITIVE_INFINITY,
      averageLength,
    });
  }

  #collect(k: number, filter: SparseFilter | undefined, query: SparseQuery): SegmentHits {
    if (query.k === 0 || query.terms.byteLength === 0) return NO_HITS();
    let merged: SegmentHits | undefined;
    for (const part of this.#parts) {
      if (part.live === 0) continue;
      const found = searchPart(part, query, filter);
      const { ids } = part;
      const hits = {
        rowIds: Array.from(found.ordinals, (o) => ids[o] as number),
        scores: Array.from(found.scores),
      };
      merged = merged === undefined ? hits : mergeHits(merged, hits, k, false);
    }
    return merged ?? NO_HITS();
  }

  termStatistics(terms: Uint32Array): TermStatistics {
    const rowsWith = new Float64Array(terms.length);
    let totalLength = 0;
    for (const part of this.#parts) {
      totalLength += part.totalLength;
      for (let i = 0; i < terms.length; i++) {
        rowsWith[i] = (rowsWith[i] as number) + part.rowsWith(terms[i] as number);
      }
    }
    return { documents: this.size, totalLength, rowsWith };
  }

  progress(): SegmentProgress {
    const rows = this.#parts.reduce((sum, part) => sum + part.rows, 0);
    const live = this.size;
    return {
      index: "kernel",
      rows: live,
      graphRows: 0,
      growingRows: live,
      tombstones: rows - live,
      pending: 0,
      failReason: "",
      memoryBytes: this.#parts.reduce((sum, part) => sum + part.memoryBytes, 0),
      memory: "vectors",
      snapshot: "none",
    };
  }

  async idle(): Promise<void> {
    await this.#compacting;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts = [];
    this.#onClosed();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw failure("Internal", { reason: "vector segment is closed" });
  }

  #compactWhenWorthIt(): void {
    if (this.#compacting !== undefined) return;
    const part = this.#parts.find((p) => p.rows - p.live >= COMPACT_FROM && p.rows > 2 * p.live);
    if (part === undefined) return;
    this.#compacting = this.#compact(part).finally(() => {
      this.#compacting = undefined;
    });
  }

  /** Writes the living rows of a part anew, in slices; calls go on meanwhile and are followed at the end. */
  async #compact(old: SparsePart): Promise<void> {
    await nextTurn();
    const fresh = new SparsePart(this.#weighting);
    const copied: number[] = [];
    const slices = new Slices();
    const here = () => !this.#closed && this.#parts.includes(old);
    let ordinal = 0;
    while (here()) {
      while (ordinal < old.rows && !slices.over) {
        if (old.isAlive(ordinal)) {
          if (!fresh.copyRow(old, ordinal)) return;
          copied.push(ordinal);
        }
        ordinal++;
      }
      if (ordinal === old.rows) break;
      await slices.next();
    }
    if (!here()) return;
    for (const [position, from] of copied.entries()) if (!old.isAlive(from)) fresh.remove(position);
    this.#parts = this.#parts.map((part) => (part === old ? fresh : part));
  }
}

function searchPart(part: SparsePart, query: SparseQuery, filter: SparseFilter | undefined): SparseHits {
  if (filter === undefined) return part.search(query);
  const rows = filter.forPart(part);
  if (rows.ordinals.length * LISTED_ROW_COST < part.rows) return part.gather(query, rows.ordinals);
  return part.search(query, rows.mask());
}

/** The ordinal of a row id, or -1. */
function ordinalOf(ids: Float64Array, rowId: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = ids[middle] as number;
    if (there === rowId) return middle;
    if (there < rowId) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The smallest float32 above `x` (a float32). */
function nextUp(x: number): number {
  if (x < 0) return 0;
  const bits = new Float32Array([x]);
  const integers = new Uint32Array(bits.buffer);
  integers[0] = (integers[0] as number) + 1;
  return bits[0] as number;
}
