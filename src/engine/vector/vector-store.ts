import type { BuildRunner } from "./build/build-runner.js";
import { buildWorkerCode } from "./build/build-worker-code.js";
import { Builder } from "./build/builder.js";
import { InlineRunner } from "./build/inline-runner.js";
import { WorkerRunner } from "./build/worker-runner.js";
import type { SegmentKey, SegmentOptions, VectorSegment, VectorStore, VectorStoreOptions } from "./contract.js";
import { KERNEL_NAME } from "./kernel/kernel.js";
import { Segment, type SegmentServices } from "./segment.js";
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
  readonly index = "kernel";
  readonly kernel: string = KERNEL_NAME;
  readonly #segments = new Set<Segment>();
  readonly #runner: BuildRunner;
  readonly #services: SegmentServices;

  constructor(options: VectorStoreOptions) {
    const workers = options.buildWorkers ?? BUILD_WORKERS;
    this.#runner = workers === 0 ? new InlineRunner() : new WorkerRunner(options.buildWorkerCode ?? buildWorkerCode);
    const snapshots = new SnapshotStore(options.snapshotFolder, options.records, options.readonlySnapshots);
    const builder = new Builder({
      exactBelow: options.exactBelow ?? EXACT_BELOW,
      jobs: Math.max(1, workers),
      runner: this.#runner,
      snapshots,
      onChange: (segment) => options.onChange?.(segment.options.key),
    });
    this.#services = { builder, snapshots, partRows: options.partRows ?? Number.POSITIVE_INFINITY };
  }

  get builds(): "worker" | "main thread" {
    return this.#runner.place;
  }

  createSegment(options: SegmentOptions): VectorSegment {
    const segment: Segment = new Segment(options, this.#services, () => this.#segments.delete(segment));
    this.#segments.add(segment);
    return segment;
  }

  forget(match: Partial<SegmentKey>): void {
    this.#services.snapshots.forget(match);
  }

  async close(): Promise<void> {
    const ended = this.#services.builder.close();
    for (const segment of this.#segments) segment.close();
    await ended;
  }
}
