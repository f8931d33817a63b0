import { availableParallelism } from "node:os";
import type { BuildRunner } from "./build/build-runner.js";
import { buildWorkerCode } from "./build/build-worker-code.js";
import { Builder } from "./build/builder.js";
import { InlineRunner } from "./build/inline-runner.js";
import { WorkerRunner } from "./build/worker-runner.js";
import { hasCodes } from "./codes/code-scale.js";
import { CodedSegment } from "./codes/coded-segment.js";
import type {
  ComingSearch,
  FrozenSegment,
  SearchesAhead,
  SearchThreadsState,
  SegmentKey,
  SegmentOptions,
  VectorIndexName,
  VectorMemory,
  VectorSegment,
  VectorStore,
  VectorStoreOptions,
} from "./contract.js";
import { loadHnswlib } from "./hnswlib/addon.js";
import { HnswBuilder } from "./hnswlib/hnsw-builder.js";
import { HnswlibSegment, type HnswlibServices } from "./hnswlib/hnswlib-segment.js";
import { kernelName } from "./kernel/kernel.js";
import { ElementSegment } from "./lists/element-segment.js";
import type { ListSegment } from "./lists/list-segment.js";
import { MaxSimSegment } from "./lists/max-sim-segment.js";
import { Segment, type SegmentServices } from "./segment.js";
import { SnapshotStore } from "./snapshot/snapshot-store.js";
import { SparseSegment } from "./sparse/sparse-segment.js";
import { SearchThreads } from "./threads/search-threads.js";
import { searchWorkerCode } from "./threads/search-worker-code.js";
import { SegmentsAhead } from "./threads/segments-ahead.js";

const EXACT_BELOW = 5000;
const BUILD_WORKERS = 2;

/**
 * Makes the vector layer of one engine.
 *
 * @param options.snapshotFolder undefined for a memory database: nothing is written then
 * @throws IndexPackageUnusable
 */
export function createVectorStore(options: VectorStoreOptions): VectorStore {
  return new Store(options);
}

class Store implements VectorStore {
  readonly index: VectorIndexName;
  readonly kernel: string = kernelName();
  readonly #segments = new Set<VectorSegment>();
  readonly #runner: BuildRunner;
  readonly #threads: SearchThreads;
  readonly #kernel: SegmentServices;
  readonly #exactBelow: number;
  readonly #memory: VectorMemory;
  readonly #hnswlib: HnswlibServices | undefined;

  constructor(options: VectorStoreOptions) {
    this.index = options.index ?? "kernel";
    this.#memory = options.memory ?? "vectors";
    const workers = options.buildWorkers ?? BUILD_WORKERS;
    const exactBelow = options.exactBelow ?? EXACT_BELOW;
    this.#exactBelow = exactBelow;
    const partRows = options.partRows ?? Number.POSITIVE_INFINITY;
    const onChange = (segment: { readonly options: SegmentOptions }) => options.onChange?.(segment.options.key);
    const make = this.index === "hnswlib" ? loadHnswlib() : undefined;
    this.#runner = workers === 0 ? new InlineRunner() : new WorkerRunner(options.buildWorkerCode ?? buildWorkerCode);
    const snapshots = new SnapshotStore(options.snapshotFolder, options.records, options.readonlySnapshots);
    const jobs = Math.max(1, workers);
    const builder = new Builder({ exactBelow, jobs, runner: this.#runner, snapshots, onChange });
    const searchThreads = options.searchThreads ?? Math.max(1, availableParallelism() - 1);
    this.#threads = new SearchThreads(searchThreads, options.searchWorkerCode ?? searchWorkerCode);
    this.#kernel = { builder, snapshots, threads: this.#threads, partRows };
    this.#hnswlib = make && {
      make,
      builder: new HnswBuilder({ exactBelow, snapshots, onChange }),
      compactor: builder,
      snapshots,
      partRows,
    };
  }

  get builds(): "worker" | "main thread" {
    return this.#hnswlib === undefined ? this.#runner.place : "main thread";
  }

  get searchThreads(): SearchThreadsState {
    return this.#threads.state;
  }

  searchAhead(searches: readonly ComingSearch[], expected = searches.length): SearchesAhead {
    return new SegmentsAhead(this.#threads, searches, expected);
  }

  createSegment(options: SegmentOptions): VectorSegment {
    return this.#kept((onClosed) => {
      if (options.type === "SparseFloatVector") return new SparseSegment(options, onClosed);
      return this.#hnswlib !== undefined && hnswlibHolds(options)
        ? new HnswlibSegment(options, this.#hnswlib, onClosed)
        : this.#memory === "codes" && options.lists === undefined && hasCodes(options)
          ? new CodedSegment(options, this.#kernel, this.#exactBelow, onClosed)
          : this.#inKernel(options, onClosed);
    });
  }

  thaw(frozen: FrozenSegment): VectorSegment {
    return this.#kept((onClosed) => {
      const segment = this.#inKernel(frozen.options, onClosed);
      segment.thaw(frozen);
      return segment;
    });
  }

  #kept(make: (onClosed: () => void) => VectorSegment): VectorSegment {
    const segment = make(() => this.#segments.delete(segment));
    this.#segments.add(segment);
    return segment;
  }

  #inKernel(options: SegmentOptions, onClosed: () => void): Segment | ListSegment {
    const { lists, ...elements } = options;
    if (lists === undefined) return new Segment(options, this.#kernel, onClosed);
    const segment = new Segment(elements, this.#kernel, onClosed);
    return lists === "sums" ? new MaxSimSegment(options, segment) : new ElementSegment(options, segment);
  }

  forget(match: Partial<SegmentKey>): void {
    this.#kernel.snapshots.forget(match);
  }

  async close(): Promise<void> {
    const ended = Promise.all([this.#kernel.builder.close(), this.#hnswlib?.builder.close(), this.#threads.close()]);
    for (const segment of this.#segments) segment.close();
    await ended;
  }
}

/** hnswlib holds float32 vectors, and makes graphs only. Everything else is in the kernel. */
function hnswlibHolds({ type, kind }: SegmentOptions): boolean {
  return type === "FloatVector" && kind === "graph";
}
