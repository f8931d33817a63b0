import { Builder } from "./build/builder.js";
import type { SegmentKey, SegmentOptions, VectorSegment, VectorStore, VectorStoreOptions } from "./contract.js";
import { hasHnswlib } from "./hnswlib/hnswlib-builder.js";
import { KERNEL_NAME } from "./kernel/kernel.js";
import { Segment } from "./segment.js";
import type { SegmentHost } from "./segment-host.js";
import { SnapshotStore } from "./snapshot/snapshot-store.js";

const EXACT_BELOW = 5000;
const BUILD_WORKERS = 2;

/**
 * Makes the vector layer of one engine.
 *
 * @param options.snapshotFolder undefined for a memory database: nothing is written then
 */
export function createVectorStore(options: VectorStoreOptions): VectorStore {
  return new Store(options);
}

class Store implements VectorStore {
  /** The kernel builds graphs itself: they need no addon. */
  readonly hasGraphs = true;
  readonly kernel: string = KERNEL_NAME;
  readonly #segments = new Set<Segment>();
  readonly #snapshots: SnapshotStore;
  readonly #builder: Builder;
  readonly #host: SegmentHost;

  constructor(options: VectorStoreOptions) {
    const snapshots = new SnapshotStore(options.snapshotFolder, options.records);
    const builder = new Builder(
      {
        exactBelow: options.exactBelow ?? EXACT_BELOW,
        workers: options.buildWorkers ?? BUILD_WORKERS,
        builder: options.builder === "hnswlib" && hasHnswlib() ? "hnswlib" : "kernel",
        onChange: (segment) => options.onChange?.(segment.options.key),
      },
      snapshots,
    );
    this.#snapshots = snapshots;
    this.#builder = builder;
    this.#host = {
      partRows: options.partRows ?? Number.POSITIVE_INFINITY,
      changed: (segment) => builder.consider(segment),
      removed: (segment, rowIds) => builder.removed(segment, rowIds),
      cancel: (segment) => builder.stop(segment, true),
      closed: (segment) => {
        this.#segments.delete(segment);
        builder.stop(segment, false);
      },
      readSnapshot: async (segment, stopped) =>
        segment.options.kind === "graph" ? snapshots.read(segment.options, segment.geometry(), stopped) : undefined,
      distrust: (key) => snapshots.distrust(key),
      state: (segment) => {
        const { pending, writing, failReason } = builder.status(segment);
        const graphRows = segment.parts[0]?.graphRows ?? 0;
        return { pending, failReason, snapshot: writing ? "writing" : snapshots.state(segment.options.key, graphRows) };
      },
      idle: (segment) => builder.idle(segment),
    };
  }

  createSegment(options: SegmentOptions): VectorSegment {
    const segment = new Segment(options, this.#host);
    this.#segments.add(segment);
    return segment;
  }

  forget(match: Partial<SegmentKey>): void {
    this.#snapshots.forget(match);
  }

  async close(): Promise<void> {
    const ended = this.#builder.close();
    for (const segment of this.#segments) segment.close();
    await ended;
  }
}
