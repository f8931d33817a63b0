import { failure } from "../../../errors.js";
import { Slices } from "../../../values/slices.js";
import type { Builder } from "../build/builder.js";
import type {
  LookedAt,
  PreparedFilter,
  RowMask,
  SegmentHits,
  SegmentOptions,
  SegmentProgress,
  SegmentSearch,
  VectorRows,
  VectorSegment,
  VectorSource,
} from "../contract.js";
import { memoryDropped } from "../memory-pressure.js";
import { lowerBound, type Part } from "../part.js";
import { EVERYTHING, type PartFilter, type PartSearch } from "../part-search.js";
import { type GraphWalk, SegmentRows } from "../segment-rows.js";
import type { SnapshotStore } from "../snapshot/snapshot-store.js";
import type { MakeIndex } from "./addon.js";
import type { HnswBuildable, HnswBuilder } from "./hnsw-builder.js";
import { readGraph } from "./hnsw-file.js";
import { HnswGraph } from "./hnsw-graph.js";

/** What all segments of hnswlib share. */
export interface HnswlibServices {
  readonly make: MakeIndex;
  readonly builder: HnswBuilder;
  /** Compacts the exact rows. */
  readonly compactor: Builder;
  readonly snapshots: SnapshotStore;
  /** Upper bound for the rows of one part. */
  readonly partRows: number;
}

/**
 * A segment in hnswlib-node. The addon proposes, the segment's own rows decide: what it finds is ordered by their exact
 * distances, and whatever must be exact, or is not in a graph, is scanned in them. So vectors are held twice.
 */
export class HnswlibSegment implements VectorSegment, HnswBuildable {
  readonly options: SegmentOptions;
  readonly rows: SegmentRows;
  readonly #services: HnswlibServices;
  readonly #onClosed: () => void;
  readonly #graphs = new Map<Part, HnswGraph>();
  /** The graph that is being made; not searched yet. */
  #begun: HnswGraph | undefined;
  readonly #walk: GraphWalk = (search, k, ef, filter) => this.#search(search, k, ef, filter);

  constructor(options: SegmentOptions, services: HnswlibServices, onClosed: () => void) {
    this.options = options;
    this.#services = services;
    this.#onClosed = onClosed;
    // The rows themselves have no graph: for their own builder they are an exact segment.
    const exact: SegmentOptions = { ...options, kind: "exact" };
    this.rows = new SegmentRows(exact, 0, services.partRows, (old, fresh) => this.#partReplaced(old, fresh));
  }

  get size(): number {
    return this.rows.size;
  }

  // --- what the builder needs --------------------------------------------------------------------------------------

  get closed(): boolean {
    return this.rows.closed;
  }

  get loading(): boolean {
    return this.rows.loading;
  }

  graphOf(part: Part): HnswGraph | undefined {
    return this.#graphs.get(part);
  }

  beginGraph(part: Part): HnswGraph {
    this.#begun = HnswGraph.empty(this.#services.make, this.options, part);
    return this.#begun;
  }

  useGraph(graph: HnswGraph): void {
    const before = this.#graphs.get(graph.part);
    if (before !== undefined) memoryDropped(before.memoryBytes);
    this.#graphs.set(graph.part, graph);
    this.#begun = undefined;
  }

  dropGraph(graph: HnswGraph): void {
    memoryDropped(graph.memoryBytes);
    this.#begun = undefined;
  }

  #partReplaced(old: Part, fresh: Part | undefined): void {
    for (const graph of [this.#graphs.get(old), this.#begun]) {
      if (graph?.part !== old) continue;
      if (fresh !== undefined) graph.moveTo(fresh);
      // A closed segment comes back: what was built of it may still be saved.
      else if (!this.rows.closed) graph.abandoned = true;
    }
    const graph = this.#graphs.get(old);
    if (graph === undefined) return;
    this.#graphs.delete(old);
    if (fresh === undefined) memoryDropped(graph.memoryBytes);
    else this.#graphs.set(fresh, graph);
  }

  // --- rows ----------------------------------------------------------------------------------------------------------

  /** Reads all rows from the source, then the graph from its file, if there is a good one. */
  async load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    const { rows } = this;
    rows.mustBeOpen();
    if (rows.loading || rows.parts.length > 0) throw failure("Internal", { reason: "segment is loaded already" });
    rows.loading = true;
    try {
      const stopped = () => signal.aborted || rows.closed;
      if (stopped() || !(await rows.fill(source, stopped, progress))) return;
      await this.#restore(stopped);
      if (stopped()) return;
    } finally {
      rows.loading = false;
    }
    this.#consider();
  }

  async #restore(stopped: () => boolean): Promise<void> {
    const [part] = this.rows.parts;
    if (part === undefined) return;
    const slices = new Slices();
    const turn = () => (slices.over ? slices.next() : undefined);
    const graph = await this.#services.snapshots.read(this.options.key, (folder, record) =>
      readGraph(folder, record, this.options, this.#services.make, part, turn, stopped),
    );
    if (graph !== undefined && !stopped() && this.rows.parts[0] === part) this.#graphs.set(part, graph);
  }

  #consider(): void {
    this.#services.compactor.consider(this.rows);
    this.#services.builder.consider(this);
  }

  append(rowIds: Float64Array, vectors: VectorRows): void {
    this.rows.append(rowIds, vectors);
    this.#consider();
  }

  remove(rowIds: Float64Array): number {
    const removed = this.rows.remove(rowIds, (part, ordinal) => {
      this.#graphs.get(part)?.removed(ordinal);
      if (this.#begun?.part === part) this.#begun.removed(ordinal);
      this.#services.compactor.removed(this.rows, part.ids[ordinal]!);
    });
    if (removed > 0) this.#consider();
    return removed;
  }

  clear(): void {
    this.rows.mustBeOpen();
    this.#services.compactor.stop(this.rows, true);
    this.rows.clear();
  }

  // --- search --------------------------------------------------------------------------------------------------------

  prepare(rowIds: Float64Array): PreparedFilter {
    return this.rows.prepare(rowIds);
  }

  prepareMask(mask: RowMask): PreparedFilter {
    return this.rows.prepareMask(mask);
  }

  search(query: Uint8Array, request: SegmentSearch): SegmentHits {
    return this.rows.search(query, request, this.#walk);
  }

  looksAt(request: SegmentSearch): LookedAt {
    return this.rows.looksAt(request, ({ part }, _, ef, filter) => {
      const graph = this.#graphs.get(part);
      if (graph === undefined || !walkPays(part, graph, ef, filter)) return undefined;
      const allowed = filter?.count ?? part.rows;
      return Math.min(part.rows, Math.ceil((15 * ef * part.rows) / Math.max(1, allowed)));
    });
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    return this.rows.within(query, score, filter);
  }

  /** Complete: `k` rows come back when there are as many. */
  #search(search: PartSearch, k: number, ef: number, filter: PartFilter | undefined): number {
    const { part } = search;
    const graph = this.#graphs.get(part);
    if (graph === undefined || !walkPays(part, graph, ef, filter)) return search.scan(k, EVERYTHING, filter);
    const near = graph.nearest(search.query, k, ef, filter);
    if (near === undefined) return search.scan(k, EVERYTHING, filter);
    const found = search.rank(k, withTail(near, graph.rows, part.rows, filter));
    const all = filter === undefined ? part.live : search.countLive(filter);
    return found < Math.min(k, all) ? search.scan(k, EVERYTHING, filter) : found;
  }

  // --- the rest ------------------------------------------------------------------------------------------------------

  progress(): SegmentProgress {
    const { parts, size } = this.rows;
    let graphRows = 0;
    let tombstones = 0;
    let memoryBytes = this.#begun?.memoryBytes ?? 0;
    for (const part of parts) {
      const graph = this.#graphs.get(part);
      const inGraph = graph?.rows ?? 0;
      tombstones += part.tombstones;
      memoryBytes += part.memoryBytes + (graph?.memoryBytes ?? 0);
      graphRows += inGraph - (part.tombstones === 0 ? 0 : part.kernel.tombstonesBelow(inGraph));
    }
    const { pending, writing, failReason } = this.#services.builder.status(this);
    const [first] = parts;
    const labels = (first === undefined ? undefined : this.#graphs.get(first))?.labels ?? 0;
    return {
      index: "hnswlib",
      rows: size,
      graphRows,
      growingRows: size - graphRows,
      tombstones,
      pending: pending ? size - graphRows : 0,
      failReason,
      memoryBytes,
      memory: "vectors",
      snapshot: writing ? "writing" : this.#services.snapshots.state(this.options.key, labels),
    };
  }

  async idle(): Promise<void> {
    await this.#services.compactor.idle(this.rows);
    await this.#services.builder.idle(this);
  }

  close(): void {
    if (this.rows.closed) return;
    this.rows.close();
    this.#services.compactor.stop(this.rows, true);
    this.#services.builder.drop(this);
    this.#onClosed();
  }
}

/** What a walk costs per candidate, in rows that are read one after the other, without a filter and with one. Measured. */
const WALK_ROWS = 100;
const FILTERED_WALK_ROWS = 200;

/** Whether a walk is cheaper than reading all rows that may be found. */
function walkPays(part: Part, graph: HnswGraph, ef: number, filter: PartFilter | undefined): boolean {
  const tail = part.rows - graph.rows;
  if (graph.labels === graph.dead || tail * 3 >= part.rows) return false;
  if (filter === undefined) return ef * WALK_ROWS < graph.rows;
  // The addon asks JavaScript about each candidate, and looks at more of them the fewer are allowed.
  const allowed = filter.count;
  return allowed * allowed > FILTERED_WALK_ROWS * ef * graph.rows;
}

/** Candidates and the allowed rows that are not in the graph yet. */
function withTail(near: Uint32Array, from: number, rows: number, filter: PartFilter | undefined): Uint32Array {
  if (from === rows) return near;
  const start = filter === undefined ? 0 : lowerBound(filter.ordinals, filter.ordinals.length, from, 0);
  const count = filter === undefined ? rows - from : filter.ordinals.length - start;
  const all = new Uint32Array(near.length + count);
  all.set(near);
  if (filter !== undefined) all.set(filter.ordinals.subarray(start), near.length);
  else for (let i = 0; i < count; i++) all[near.length + i] = from + i;
  return all;
}
