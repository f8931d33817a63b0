import { failure } from "../../errors.js";
import { Slices } from "../../values/slices.js";
import { smallerIsNearer } from "../model/types/metrics.js";
import type { Buildable } from "./build/buildable.js";
import type {
  LookedAt,
  PreparedFilter,
  RowMask,
  SegmentHits,
  SegmentOptions,
  SegmentSearch,
  VectorMemory,
  VectorRows,
  VectorSource,
} from "./contract.js";
import { type Geometry, geometryOf } from "./kernel/geometry.js";
import { memoryDropped } from "./memory-pressure.js";
import { Part } from "./part.js";
import { EVERYTHING, type PartFilter, type PartRequest, type PartSearch } from "./part-search.js";
import { readHits } from "./read-hits.js";
import { RowFilter } from "./row-filter.js";
import { type DistanceRange, distanceOfScore, mergeHits, rangeOf } from "./scores.js";
import { SlicedScan } from "./sliced-scan.js";
import type { PartJob } from "./threads/part-job.js";

const READ_BYTES = 512 * 1024;
const NO_HITS = (): SegmentHits => ({ rowIds: [], scores: [] });

/** How the rows of a segment lie in memory, and are searched. */
export interface RowForm {
  readonly memory: VectorMemory;
  readonly search: (part: Part) => PartSearch;
  /** Readies a part that has no rows yet. */
  readonly begin: (part: Part) => void;
}

const WHOLE: RowForm = { memory: "vectors", search: (part) => new SlicedScan(part), begin() {} };

/** Finds the `k` nearest in one part by way of a graph; returns how many, which `search` then has. */
export type GraphLook = (
  search: PartSearch,
  k: number,
  ef: number,
  filter: PartFilter | undefined,
) => number | undefined;
export type GraphWalk = (search: PartSearch, k: number, ef: number, filter: PartFilter | undefined) => number;

/**
 * The rows of one segment and exact search over them: what every index on them is built from and falls back to. Usually
 * one part; a second one begins where the first has used up its 4 GiB. Synchronous, and exact about what is live.
 */
export class SegmentRows implements Buildable {
  readonly options: SegmentOptions;
  readonly geometry: Geometry;
  readonly #onReplaced: (old: Part, fresh: Part | undefined) => void;
  readonly #form: RowForm;
  #searches: PartSearch[] = [];
  /** Hits that the last search asked for. */
  #askedFor = 0;
  #parts: readonly Part[] = [];
  loading = false;
  closed = false;

  /**
   * @param links per row and level of the graph that the parts have room for; 0: none
   * @param partRows upper bound for the rows of one part
   * @param onReplaced a part was compacted into a fresh one, or is gone
   */
  constructor(
    options: SegmentOptions,
    links: number,
    partRows: number,
    onReplaced: (old: Part, fresh: Part | undefined) => void = () => {},
    form: RowForm = WHOLE,
  ) {
    this.options = options;
    this.geometry = geometryOf(options, links, partRows, form.memory);
    this.#onReplaced = onReplaced;
    this.#form = form;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  get size(): number {
    let n = 0;
    for (const part of this.#parts) n += part.live;
    return n;
  }

  get lastRowId(): number {
    for (let i = this.#parts.length - 1; i >= 0; i--) {
      const part = this.#parts[i]!;
      if (part.rows > 0) return part.ids[part.rows - 1]!;
    }
    return -1;
  }

  mustBeOpen(): void {
    if (this.closed) throw failure("Internal", { reason: "vector segment is closed" });
  }

  #setSearches(searches: PartSearch[]): void {
    this.#searches = searches;
    this.#parts = searches.map((search) => search.part);
  }

  newPart(): Part {
    const part = new Part(this.geometry);
    this.#form.begin(part);
    return part;
  }

  /** Takes over parts that are full of rows already; the segment must be empty. */
  adopt(parts: readonly Part[]): void {
    this.#setSearches(parts.map((part) => this.#form.search(part)));
  }

  replacePart(old: Part, fresh: Part): boolean {
    const at = this.#parts.indexOf(old);
    if (at < 0 || this.closed) return false;
    this.#setSearches(this.#searches.with(at, this.#form.search(fresh)));
    this.#onReplaced(old, fresh);
    memoryDropped(old.memoryBytes);
    return true;
  }

  dropPart(part: Part): void {
    this.#setSearches(this.#searches.filter((search) => search.part !== part));
    this.#onReplaced(part, undefined);
    memoryDropped(part.memoryBytes);
  }

  /** Drops everything. */
  clear(): void {
    for (const part of this.#parts) this.dropPart(part);
  }

  close(): void {
    this.closed = true;
    this.clear();
  }

  /** The part that takes the next rows. */
  #tail(): Part {
    const last = this.#parts[this.#parts.length - 1];
    if (last !== undefined && last.rows < last.geometry.maxRows && last.reserve(1)) return last;
    return this.#addPart();
  }

  #addPart(): Part {
    const part = this.newPart();
    this.#setSearches([...this.#searches, this.#form.search(part)]);
    return part;
  }

  /** Copies and checks everything, then publishes: a refused batch leaves no trace. */
  append(rowIds: Float64Array, vectors: VectorRows): void {
    this.mustBeOpen();
    const { vectorBytes } = this.options;
    const rows = vectors instanceof Uint8Array ? vectors.length / vectorBytes : vectors.length;
    if (rows !== rowIds.length) {
      throw failure("ParameterMismatch", {
        text: "vectors have a wrong length",
        expected: String(rowIds.length),
        actual: String(rows),
      });
    }
    if (this.loading || rowIds.length === 0) return;
    let last = this.lastRowId;
    for (const id of rowIds) {
      if (!Number.isSafeInteger(id) || id <= last) {
        throw failure("Internal", { reason: `row id ${id} does not rise above ${last}` });
      }
      last = id;
    }
    const bad = this.#add(rowIds, vectors);
    if (bad >= 0) {
      throw failure("InvalidParameter", { text: `vector of row ${bad} has a value that is not a finite number` });
    }
  }

  /** @returns the first row that is no vector of this segment, in which case nothing was added; else -1 */
  #add(rowIds: Float64Array, vectors: VectorRows): number {
    const staged: { part: Part; count: number }[] = [];
    for (let i = 0; i < rowIds.length; ) {
      const part = i === 0 ? this.#tail() : this.#addPart();
      const take = Math.min(rowIds.length - i, part.geometry.maxRows - part.rows);
      if (!part.reserve(take)) throw failure("Internal", { reason: "no memory for vectors" });
      const bad = part.stage(0, rowIds.subarray(i, i + take), vectors, i);
      if (bad >= 0) return i + bad;
      staged.push({ part, count: take });
      i += take;
    }
    for (const { part, count } of staged) part.publish(count);
    return -1;
  }

  /** Adds the rows of a source behind the last one here; yields to the event loop often. False when stopped. */
  async fill(source: VectorSource, stopped: () => boolean, progress: (fraction: number) => void): Promise<boolean> {
    const total = source.count();
    const limit = Math.max(16, Math.ceil(READ_BYTES / this.geometry.strideBytes));
    const slices = new Slices();
    let last = this.lastRowId;
    for (;;) {
      const { rowIds, vectors } = source.read(last, limit);
      if (rowIds.length > 0) {
        const bad = this.#add(rowIds, vectors);
        if (bad >= 0) throw failure("Internal", { reason: `stored vector of row ${rowIds[bad]} is damaged` });
        last = rowIds[rowIds.length - 1]!;
      }
      if (rowIds.length < limit) break;
      if (slices.over) {
        progress(total === 0 ? 1 : Math.min(1, this.size / total));
        await slices.next();
        if (stopped()) return false;
      }
    }
    progress(1);
    return true;
  }

  /** Marks rows deleted. Returns how many were live; `each` is told of them. */
  remove(rowIds: Float64Array, each: (part: Part, ordinal: number) => void = () => {}): number {
    this.mustBeOpen();
    let removed = 0;
    for (const part of this.#parts) {
      if (part.rows === 0) continue;
      const first = part.ids[0]!;
      const last = part.ids[part.rows - 1]!;
      for (const id of rowIds) {
        const ordinal = id >= first && id <= last ? part.ordinalOf(id) : -1;
        if (ordinal < 0 || !part.removeOrdinal(ordinal)) continue;
        each(part, ordinal);
        removed++;
      }
    }
    return removed;
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    this.mustBeOpen();
    return new RowFilter(rowIds, () => this.#parts);
  }

  prepareMask(mask: RowMask): PreparedFilter {
    this.mustBeOpen();
    return new RowFilter(mask, () => this.#parts);
  }

  /** @param walk the way through a graph, where the request does not ask for exactness */
  search(query: Uint8Array, request: SegmentSearch, walk: GraphWalk): SegmentHits {
    const asked = this.#asked(query, request);
    if (asked === undefined) return NO_HITS();
    const { k, ef, exact, range } = asked;
    const filter = request.filter as RowFilter | undefined;
    const find = (search: PartSearch): number => {
      const allowed = filter?.forPart(search.part);
      return exact ? search.scan(k, range, allowed) : walk(search, k, ef, allowed);
    };
    return this.#collect(query, k, find, range?.high);
  }

  /** The same search as what is asked of each part; other threads may do it. @param query finite numbers only */
  jobs(query: Uint8Array, request: SegmentSearch): readonly PartJob[] {
    const asked = this.#asked(query, request);
    if (asked === undefined) return [];
    const filter = request.filter as RowFilter | undefined;
    return this.#searches
      .filter(({ part }) => part.live > 0)
      .map((search) => ({ search, query, request: { ...asked, filter: filter?.forPart(search.part) } }));
  }

  /** What a request asks of every part; undefined where nothing is to be found. */
  #asked(query: Uint8Array, request: SegmentSearch): Omit<PartRequest, "filter"> | undefined {
    this.mustBeOpen();
    const { vectorBytes, metric } = this.options;
    if (query.length !== vectorBytes) {
      throw failure("ParameterMismatch", {
        text: "bytes of the query vector",
        expected: String(vectorBytes),
        actual: String(query.length),
      });
    }
    if (!Number.isInteger(request.k) || request.k < 1) {
      throw failure("ParameterMismatch", { text: "top-k", expected: "a positive integer", actual: String(request.k) });
    }
    const k = Math.min(request.k, this.size);
    if (k === 0) return undefined;
    this.#askedFor = k;
    const ef = Math.max(k, Math.ceil(request.ef) || 0);
    const range = rangeOf(metric, request.radius, request.rangeFilter);
    return { k, ef, exact: isExact(request, range), range };
  }

  /**
   * What `search` would do.
   *
   * @param walked rows that a walk of the graph looks at, about; undefined where it does not walk
   */
  looksAt(request: SegmentSearch, walked: GraphLook): LookedAt {
    const exact = isExact(request, rangeOf(this.options.metric, request.radius, request.rangeFilter));
    let way: LookedAt["way"] = "exact";
    let rows = 0;
    for (const search of this.#searches) {
      const filter = (request.filter as RowFilter | undefined)?.forPart(search.part);
      const looked = exact ? undefined : walked(search, request.k, Math.max(request.k, request.ef), filter);
      if (looked !== undefined) way = "graph";
      rows += looked ?? filter?.count ?? search.part.live;
    }
    return { way, rows };
  }

  /** As `VectorSegment.within`: always exact. */
  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    this.mustBeOpen();
    const range = { low: Number.NEGATIVE_INFINITY, high: distanceOfScore(this.options.metric, score) };
    return this.#collect(query, Number.POSITIVE_INFINITY, (search) => {
      const { part } = search;
      const allowed = (filter as RowFilter | undefined)?.forPart(part);
      // A tie is looked for that crosses the last place of a search.
      for (
        let capacity = Math.min(part.rows, Math.max(1024, this.#askedFor * 2));
        ;
        capacity = Math.min(part.rows, capacity * 8)
      ) {
        const found = search.scan(capacity, range, allowed);
        if (found < capacity || capacity === part.rows) return found;
      }
    });
  }

  /** Runs `find` on every part and merges what it found into the `k` best whose distance is at most `high`. */
  #collect(
    query: Uint8Array,
    k: number,
    find: (search: PartSearch) => number,
    high: number = EVERYTHING.high,
  ): SegmentHits {
    const ascending = smallerIsNearer(this.options.metric);
    let merged: SegmentHits | undefined;
    for (const search of this.#searches) {
      if (search.part.live === 0) continue;
      if (!search.setQuery(query)) {
        throw failure("InvalidParameter", { text: "query vector has a value that is not a finite number" });
      }
      const hits = readHits(search.part, search.keys(find(search)), high);
      merged = merged === undefined ? hits : mergeHits(merged, hits, k, ascending);
    }
    return merged ?? NO_HITS();
  }
}

/** The inner bound of a range search excludes the nearest rows: a walk for the nearest would miss the rest. */
function isExact({ exact }: SegmentSearch, range: DistanceRange | undefined): boolean {
  return exact === true || (range !== undefined && range.low !== Number.NEGATIVE_INFINITY);
}
