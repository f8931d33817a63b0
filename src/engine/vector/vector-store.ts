import { KERNEL_NAME } from "./kernel/kernel.js";
import { Segment } from "./segment.js";
import type { SegmentHost } from "./segment-host.js";
import type { SegmentKey, SegmentOptions, VectorSegment, VectorStore, VectorStoreOptions } from "./vector-index.js";

/**
 * Makes the vector layer of one engine.
 *
 * @param options.snapshotFolder undefined for a memory database: nothing is written then
 */
export function createVectorStore(options: VectorStoreOptions): VectorStore {
  return new Store(options);
}

class Store implements VectorStore {
  readonly hasGraphs = false;
  readonly kernel: string = KERNEL_NAME;
  readonly #segments = new Set<Segment>();
  readonly #options: VectorStoreOptions;

  constructor(options: VectorStoreOptions) {
    this.#options = options;
  }

  createSegment(options: SegmentOptions): VectorSegment {
    const host: SegmentHost = {
      partRows: this.#options.partRows ?? Number.POSITIVE_INFINITY,
      changed() {},
      removed() {},
      cancel() {},
      closed: (segment) => this.#segments.delete(segment),
      readSnapshot: async () => undefined,
      distrust() {},
      state: () => ({ failReason: "", snapshot: "none", pending: false }),
      idle: async () => {},
    };
    const segment = new Segment(options, host);
    this.#segments.add(segment);
    return segment;
  }

  forget(_match: Partial<SegmentKey>): void {
    void this.#options;
  }

  async close(): Promise<void> {
    for (const segment of this.#segments) segment.close();
  }
}
