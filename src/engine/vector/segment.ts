import { failure } from "../../errors.js";
import type { Builder } from "./build/builder.js";
import type {
  FrozenPart,
  FrozenSegment,
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
} from "./contract.js";
import { Part } from "./part.js";
import { type GraphWalk, type RowForm, SegmentRows } from "./segment-rows.js";
import { reconcile } from "./snapshot/reconcile.js";
import { snapshotParameters } from "./snapshot/snapshot-file.js";
import { readSnapshotFile } from "./snapshot/snapshot-reader.js";
import type { SnapshotStore } from "./snapshot/snapshot-store.js";
import type { PartJob } from "./threads/part-job.js";
import type { SearchThreads } from "./threads/search-threads.js";

/** What all segments of the kernel share. */
export interface SegmentServices {
  readonly builder: Builder;
  readonly snapshots: SnapshotStore;
  readonly threads: SearchThreads;
  /** Upper bound for the rows of one part. */
  readonly partRows: number;
}

const walk: GraphWalk = (search, k, ef, filter) => search.walk(k, ef, filter);

/** A segment in the kernel: rows and graph in the same shared memory, built behind the calls, kept in snapshots. */
export class Segment implements VectorSegment {
  readonly options: SegmentOptions;
  readonly #rows: SegmentRows;
  readonly isShared = true;
  readonly #services: SegmentServices;
  readonly #onClosed: () => void;

  /** @param form default: with the vectors */
  constructor(options: SegmentOptions, services: SegmentServices, onClosed: () => void, form?: RowForm) {
    this.options = options;
    this.#services = services;
    this.#onClosed = onClosed;
    const links = options.kind === "graph" ? options.m : 0;
    this.#rows = new SegmentRows(options, links, services.partRows, (old) => services.threads.forget(old), form);
  }

  /** @param frozen of the same options; the segment must be empty */
  thaw({ parts }: FrozenSegment): void {
    const { geometry } = this.#rows;
    this.#rows.adopt(parts.map((part) => Part.thaw(geometry, part)));
    this.#services.builder.consider(this.#rows);
  }

  freeze(): FrozenSegment | undefined {
    if (this.#rows.loading) return undefined;
    const parts: FrozenPart[] = [];
    for (const part of this.#rows.parts) {
      const frozen = part.freeze();
      if (frozen === undefined) return undefined;
      parts.push(frozen);
    }
    return { options: this.options, parts };
  }

  get size(): number {
    return this.#rows.size;
  }

  get parts(): readonly Part[] {
    return this.#rows.parts;
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
    const rows = this.#rows;
    rows.mustBeOpen();
    if (rows.loading || rows.parts.length > 0) throw failure("Internal", { reason: "segment is loaded already" });
    rows.loading = true;
    try {
      const stopped = () => signal.aborted || rows.closed;
      const part = this.options.kind === "graph" ? await this.#restore(source, stopped) : undefined;
      if (stopped()) return;
      if (part !== undefined) rows.adopt([part]);
      if (!(await rows.fill(source, stopped, progress))) return;
    } finally {
      rows.loading = false;
    }
    this.#services.builder.consider(rows);
  }

  /** The part that a good snapshot holds. */
  async #restore(source: VectorSource, stopped: () => boolean): Promise<Part | undefined> {
    const { snapshots } = this.#services;
    const { geometry } = this.#rows;
    const parameters = snapshotParameters(this.options, geometry);
    const part = await snapshots.read(this.options.key, (folder, record) =>
      readSnapshotFile(folder, record, parameters, geometry, stopped),
    );
    if (part === undefined || stopped()) return undefined;
    const agrees = await reconcile(part, source, stopped);
    if (stopped()) return undefined;
    if (!agrees) snapshots.distrust(this.options.key);
    return agrees ? part : undefined;
  }

  append(rowIds: Float64Array, vectors: VectorRows): void {
    this.#rows.append(rowIds, vectors);
    this.#services.builder.consider(this.#rows);
  }

  remove(rowIds: Float64Array): number {
    const { builder } = this.#services;
    const removed = this.#rows.remove(rowIds, (part, ordinal) => builder.removed(this.#rows, part.ids[ordinal]!));
    if (removed > 0) builder.consider(this.#rows);
    return removed;
  }

  clear(): void {
    this.#rows.mustBeOpen();
    this.#services.builder.stop(this.#rows, true);
    this.#rows.clear();
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    return this.#rows.prepare(rowIds);
  }

  prepareMask(mask: RowMask): PreparedFilter {
    return this.#rows.prepareMask(mask);
  }

  search(query: Uint8Array, request: SegmentSearch): SegmentHits {
    return this.#rows.search(query, request, walk);
  }

  /** The same search, as what is asked of each part. */
  jobs(query: Uint8Array, request: SegmentSearch): readonly PartJob[] {
    return this.#rows.jobs(query, request);
  }

  looksAt(request: SegmentSearch): LookedAt {
    return this.#rows.looksAt(request, (search, k, ef, filter) => search.walked(k, ef, filter));
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    return this.#rows.within(query, score, filter);
  }

  progress(): SegmentProgress {
    const { parts, size } = this.#rows;
    let graphRows = 0;
    let tombstones = 0;
    let memoryBytes = 0;
    for (const part of parts) {
      tombstones += part.tombstones;
      memoryBytes += part.memoryBytes;
      const inGraph = part.graphRows;
      graphRows += inGraph - (part.tombstones === 0 ? 0 : part.kernel.tombstonesBelow(inGraph));
    }
    const { pending, writing, failReason } = this.#services.builder.status(this.#rows);
    const saved = this.#services.snapshots.state(this.options.key, parts[0]?.graphRows ?? 0);
    return {
      index: "kernel",
      rows: size,
      graphRows,
      growingRows: size - graphRows,
      tombstones,
      pending: pending ? size - graphRows : 0,
      failReason,
      memoryBytes,
      memory: this.#rows.geometry.holdsVectors ? "vectors" : "codes",
      snapshot: writing ? "writing" : saved,
    };
  }

  idle(): Promise<void> {
    return this.#services.builder.idle(this.#rows);
  }

  close(): void {
    if (this.#rows.closed) return;
    this.#rows.close();
    this.#services.builder.stop(this.#rows, false);
    this.#onClosed();
  }
}
