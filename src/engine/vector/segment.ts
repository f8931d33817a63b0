import { failure } from "../../errors.js";
import { Slices } from "../../values/slices.js";
import type { Buildable } from "./build/buildable.js";
import type { Builder } from "./build/builder.js";
import type {
  PreparedFilter,
  SegmentHits,
  SegmentOptions,
  SegmentProgress,
  SegmentSearch,
  VectorSegment,
  VectorSource,
} from "./contract.js";
import { nextDown } from "./float-order.js";
import { type Geometry, geometryOf } from "./kernel/geometry.js";
import { memoryDropped } from "./memory-pressure.js";
import { type DistanceRange, Part } from "./part.js";
import { RowFilter } from "./row-filter.js";
import { reconcile } from "./snapshot/reconcile.js";
import type { SnapshotStore } from "./snapshot/snapshot-store.js";

const READ_BYTES = 512 * 1024;
const NO_HITS: () => SegmentHits = () => ({ rowIds: new Float64Array(0), scores: new Float32Array(0) });

/** What all segments of a store share. */
export interface SegmentServices {
  readonly builder: Builder;
  readonly snapshots: SnapshotStore;
  /** Upper bound for the rows of one part. */
  readonly partRows: number;
  readonly onClosed: (segment: Segment) => void;
}

/**
 * The vectors of one partition and field. Usually one part; a second one begins where the first has used up its 4 GiB.
 * Everything here is synchronous and exact about what is live; graphs and compaction happen behind, in the builder.
 */
export class Segment implements VectorSegment, Buildable {
  readonly options: SegmentOptions;
  readonly #services: SegmentServices;
  #parts: Part[] = [];
  #loading = false;
  #closed = false;

  constructor(options: SegmentOptions, services: SegmentServices) {
    this.options = options;
    this.#services = services;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get loading(): boolean {
    return this.#loading;
  }

  get size(): number {
    let n = 0;
    for (const part of this.#parts) n += part.live;
    return n;
  }

  geometry(): Geometry {
    const { dimension, metric, kind, m } = this.options;
    return geometryOf(dimension, metric, kind === "graph" ? m : 0, this.#services.partRows);
  }

  newPart(): Part {
    return new Part(this.geometry());
  }

  #lastRowId(): number {
    for (let i = this.#parts.length - 1; i >= 0; i--) {
      const part = this.#parts[i]!;
      if (part.rows > 0) return part.ids[part.rows - 1]!;
    }
    return Number.NEGATIVE_INFINITY;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw failure("Internal", { reason: "vector segment is closed" });
  }

  /**
   * Fills the segment from its snapshot, if there is a good one, and from the source. Rows appended meanwhile come from
   * the source as well (they were committed first), so `append` ignores them until this has finished.
   */
  async load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    this.#mustBeOpen();
    if (this.#loading || this.#parts.length > 0) throw failure("Internal", { reason: "segment is loaded already" });
    this.#loading = true;
    try {
      const stopped = () => signal.aborted || this.#closed;
      const part = await this.#readSnapshot(stopped);
      if (stopped()) return;
      const total = source.count();
      let last = -1;
      const agrees = part !== undefined && (await reconcile(part, source, stopped));
      if (stopped()) return;
      if (part !== undefined && !agrees) this.#services.snapshots.distrust(this.options.key);
      if (part !== undefined && agrees) {
        this.#parts = [part];
        last = this.#lastRowId();
      }
      const limit = Math.max(16, Math.ceil(READ_BYTES / (this.options.dimension * 4)));
      const slices = new Slices(6);
      for (;;) {
        const { rowIds, vectors } = source.read(last, limit);
        if (rowIds.length > 0) {
          this.#addBytes(rowIds, vectors);
          last = rowIds[rowIds.length - 1]!;
        }
        if (rowIds.length < limit) break;
        if (slices.over) {
          progress(total === 0 ? 1 : Math.min(1, this.size / total));
          await slices.next();
          if (stopped()) return;
        }
      }
      progress(1);
    } finally {
      this.#loading = false;
    }
    this.#services.builder.consider(this);
  }

  /** The part that a good snapshot holds, or undefined. */
  async #readSnapshot(stopped: () => boolean): Promise<Part | undefined> {
    if (this.options.kind !== "graph") return undefined;
    return this.#services.snapshots.read(this.options, this.geometry(), stopped);
  }

  #addBytes(rowIds: Float64Array, vectors: readonly Uint8Array[]): void {
    for (let i = 0; i < rowIds.length; ) {
      const part = this.#tail(rowIds.length - i);
      const take = Math.min(rowIds.length - i, part.geometry.maxRows - part.rows);
      if (!part.reserve(take)) throw outOfMemory();
      const bad = part.stageBytes(0, rowIds.subarray(i, i + take), vectors.slice(i, i + take));
      if (bad >= 0) {
        throw failure("Internal", { reason: `stored vector of row ${rowIds[i + bad]} is damaged` });
      }
      part.publish(take);
      i += take;
    }
  }

  /** The part that takes the next rows. */
  #tail(wanted: number): Part {
    const last = this.#parts[this.#parts.length - 1];
    if (last !== undefined && last.rows < last.geometry.maxRows && (last.reserve(1) || wanted === 0)) return last;
    const part = this.newPart();
    this.#parts.push(part);
    return part;
  }

  append(rowIds: Float64Array, vectors: Float32Array): void {
    this.#mustBeOpen();
    const { dimension } = this.options;
    if (vectors.length !== rowIds.length * dimension) {
      throw failure("ParameterMismatch", {
        text: "vectors have a wrong length",
        expected: String(rowIds.length * dimension),
        actual: String(vectors.length),
      });
    }
    if (this.#loading || rowIds.length === 0) return;
    let last = this.#lastRowId();
    for (const id of rowIds) {
      if (!Number.isSafeInteger(id) || id <= last) {
        throw failure("Internal", { reason: `row id ${id} does not rise above ${last}` });
      }
      last = id;
    }
    // Copy and check everything, then publish: a refused batch leaves no trace.
    const staged: { part: Part; count: number }[] = [];
    for (let i = 0; i < rowIds.length; ) {
      const part = this.#tail(rowIds.length - i);
      const take = Math.min(rowIds.length - i, part.geometry.maxRows - part.rows);
      if (!part.reserve(take)) throw outOfMemory();
      const bad = part.stage(0, rowIds.subarray(i, i + take), vectors.subarray(i * dimension, (i + take) * dimension));
      if (bad >= 0) {
        throw failure("InvalidParameter", { text: `vector of row ${i + bad} has a value that is not a finite number` });
      }
      staged.push({ part, count: take });
      i += take;
      if (i < rowIds.length) this.#parts.push(this.newPart());
    }
    for (const { part, count } of staged) part.publish(count);
    this.#services.builder.consider(this);
  }

  remove(rowIds: Float64Array): number {
    this.#mustBeOpen();
    let removed = 0;
    for (const part of this.#parts) {
      if (part.rows === 0) continue;
      const first = part.ids[0]!;
      const last = part.ids[part.rows - 1]!;
      for (const id of rowIds) if (id >= first && id <= last && part.remove(id)) removed++;
    }
    this.#services.builder.removed(this, rowIds);
    if (removed > 0) {
      this.#services.builder.consider(this);
    }
    return removed;
  }

  clear(): void {
    this.#mustBeOpen();
    this.#services.builder.stop(this, true);
    this.#dropAll();
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    this.#mustBeOpen();
    return new RowFilter(rowIds, () => this.#parts);
  }

  search(query: Float32Array, request: SegmentSearch): SegmentHits {
    this.#mustBeOpen();
    const { dimension, metric } = this.options;
    if (query.length !== dimension) {
      throw failure("ParameterMismatch", {
        text: "vector dimension",
        expected: String(dimension),
        actual: String(query.length),
      });
    }
    if (!Number.isInteger(request.k) || request.k < 1) {
      throw failure("ParameterMismatch", { text: "top-k", expected: "a positive integer", actual: String(request.k) });
    }
    const k = Math.min(request.k, this.size);
    if (k === 0) return NO_HITS();
    const ef = Math.max(k, Math.ceil(request.ef) || 0);
    const range = rangeOf(metric, request.radius, request.rangeFilter);
    // The inner bound of a range search excludes the nearest rows: a walk for the nearest would miss the rest.
    const exact = request.exact === true || (range !== undefined && range.low !== Number.NEGATIVE_INFINITY);
    const filter = request.filter as RowFilter | undefined;
    return this.#collect(
      query,
      k,
      (part) => {
        const allowed = filter?.forPart(part);
        return exact ? part.scan(k, range, allowed) : part.search(k, ef, allowed);
      },
      range?.high,
    );
  }

  within(query: Float32Array, score: number, filter?: PreparedFilter): SegmentHits {
    this.#mustBeOpen();
    const high = Math.fround(this.options.metric === "L2" ? score : -score);
    const range = { low: Number.NEGATIVE_INFINITY, high };
    return this.#collect(query, Number.POSITIVE_INFINITY, (part) => {
      const allowed = (filter as RowFilter | undefined)?.forPart(part);
      for (let capacity = Math.min(part.rows, 1024); ; capacity = Math.min(part.rows, capacity * 8)) {
        const found = part.scan(capacity, range, allowed);
        if (found < capacity || capacity === part.rows) return found;
      }
    });
  }

  /** Runs `find` on every part and merges what it found into the `k` best whose distance is at most `high`. */
  #collect(
    query: Float32Array,
    k: number,
    find: (part: Part) => number,
    high: number = Number.POSITIVE_INFINITY,
  ): SegmentHits {
    let merged: SegmentHits | undefined;
    for (const part of this.#parts) {
      if (part.live === 0) continue;
      if (!part.setQuery(query)) {
        throw failure("InvalidParameter", { text: "query vector has a value that is not a finite number" });
      }
      const hits = this.#read(part, find(part), high);
      merged = merged === undefined ? hits : merge(merged, hits, k, this.options.metric !== "L2");
    }
    return merged ?? NO_HITS();
  }

  #read(part: Part, found: number, high: number): SegmentHits {
    let n = found;
    while (n > 0 && part.distanceAt(n - 1) > high) n--;
    const rowIds = new Float64Array(n);
    const scores = new Float32Array(n);
    const similarity = this.options.metric !== "L2";
    for (let i = 0; i < n; i++) {
      rowIds[i] = part.rowAt(i);
      const distance = part.distanceAt(i);
      scores[i] = similarity ? 0 - distance : distance;
    }
    return { rowIds, scores };
  }

  progress(): SegmentProgress {
    let rows = 0;
    let graphRows = 0;
    let tombstones = 0;
    let memoryBytes = 0;
    for (const part of this.#parts) {
      rows += part.live;
      tombstones += part.tombstones;
      memoryBytes += part.memoryBytes;
      const inGraph = part.graphRows;
      graphRows += inGraph - (part.tombstones === 0 ? 0 : part.kernel.tombstonesBelow(inGraph));
    }
    const { pending, writing, failReason } = this.#services.builder.status(this);
    const saved = this.#services.snapshots.state(this.options.key, this.#parts[0]?.graphRows ?? 0);
    return {
      rows,
      graphRows,
      growingRows: rows - graphRows,
      tombstones,
      pending: pending ? rows - graphRows : 0,
      failReason,
      memoryBytes,
      snapshot: writing ? "writing" : saved,
    };
  }

  idle(): Promise<void> {
    return this.#services.builder.idle(this);
  }

  /** Puts a compacted part in the place of the one it was made from. */
  replacePart(old: Part, fresh: Part): boolean {
    const at = this.#parts.indexOf(old);
    if (at < 0 || this.#closed) return false;
    this.#parts[at] = fresh;
    memoryDropped(old.memoryBytes);
    return true;
  }

  #dropAll(): void {
    for (const part of this.#parts) memoryDropped(part.memoryBytes);
    this.#parts = [];
  }

  /** Takes out a part with no live row left. */
  dropPart(part: Part): void {
    this.#parts = this.#parts.filter((other) => other !== part);
    memoryDropped(part.memoryBytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#services.onClosed(this);
    this.#services.builder.stop(this, false);
    this.#dropAll();
  }
}

function outOfMemory() {
  return failure("Internal", { reason: "no memory for vectors" });
}

/** The bounds of a range search as an inclusive interval of distances; undefined when there are none. */
function rangeOf(metric: string, radius?: number, rangeFilter?: number): DistanceRange | undefined {
  if (radius === undefined && rangeFilter === undefined) return undefined;
  const l2 = metric === "L2";
  const outer = radius === undefined ? undefined : Math.fround(l2 ? radius : -radius);
  const inner = rangeFilter === undefined ? undefined : Math.fround(l2 ? rangeFilter : -rangeFilter);
  return {
    low: inner ?? Number.NEGATIVE_INFINITY,
    high: outer === undefined ? Number.POSITIVE_INFINITY : nextDown(outer),
  };
}

/** Merges two lists, best first, ties by row id; every row id of `a` is below those of `b`. */
function merge(a: SegmentHits, b: SegmentHits, k: number, descending: boolean): SegmentHits {
  const n = Math.min(k, a.rowIds.length + b.rowIds.length);
  const rowIds = new Float64Array(n);
  const scores = new Float32Array(n);
  for (let i = 0, x = 0, y = 0; i < n; i++) {
    const left = x < a.rowIds.length ? a.scores[x]! : undefined;
    const right = y < b.rowIds.length ? b.scores[y]! : undefined;
    const first = right === undefined || (left !== undefined && (descending ? left >= right : left <= right));
    rowIds[i] = first ? a.rowIds[x]! : b.rowIds[y]!;
    scores[i] = first ? a.scores[x++]! : b.scores[y++]!;
  }
  return { rowIds, scores };
}
