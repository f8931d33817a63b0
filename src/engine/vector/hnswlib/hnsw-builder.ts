import { BackgroundTurns } from "../background-turns.js";
import { type BuildOutcome, BuildQueue } from "../build/build-queue.js";
import type { SegmentOptions } from "../contract.js";
import type { Part } from "../part.js";
import type { SegmentRows } from "../segment-rows.js";
import type { SnapshotPlan, SnapshotStore } from "../snapshot/snapshot-store.js";
import { hnswParameters, writeGraph } from "./hnsw-file.js";
import type { HnswGraph } from "./hnsw-graph.js";

/** Rows behind a graph that are worth a build; fewer are scanned. */
const MIN_PENDING = 500;
/** Part of a graph's rows that may be deleted before it is made anew. */
const MAX_DEAD = 0.25;
const MIN_DEAD = 250;
const SLICE_MS = 5;

/** What the builder needs of a segment. */
export interface HnswBuildable {
  readonly options: SegmentOptions;
  readonly rows: SegmentRows;
  readonly closed: boolean;
  readonly loading: boolean;
  graphOf(part: Part): HnswGraph | undefined;
  /** An empty graph over a part; from now on it hears of the part's rows that go. */
  beginGraph(part: Part): HnswGraph;
  /** Searches go through this graph from now on. */
  useGraph(graph: HnswGraph): void;
  /** A graph that was begun will not be used. */
  dropGraph(graph: HnswGraph): void;
}

export interface HnswBuilderOptions {
  readonly exactBelow: number;
  readonly snapshots: SnapshotStore;
  /** A build ended, or failed. */
  readonly onChange: (segment: HnswBuildable) => void;
}

type Work =
  | { readonly kind: "extend"; readonly graph: HnswGraph }
  | { readonly kind: "make"; readonly part: Part }
  | { readonly kind: "save"; readonly graph: HnswGraph };

/** What runs now. */
interface Run {
  readonly segment: HnswBuildable;
  readonly turns: BackgroundTurns;
  /** Where the graph goes when it is saved: planned before anything is built, so that a segment forgotten since leaves none. */
  plan: SnapshotPlan | undefined;
  writing: boolean;
  /** Why the graph could not be saved. */
  problem: string;
}

/**
 * Builds the graphs of hnswlib on the calling thread, one segment at a time, in slices between which the event loop runs:
 * an index of the addon cannot be shared between threads. Rows that are not in a graph yet are scanned exactly.
 */
export class HnswBuilder {
  readonly #options: HnswBuilderOptions;
  readonly #queue: BuildQueue<HnswBuildable>;
  #run: Run | undefined;
  #closing = false;

  constructor(options: HnswBuilderOptions) {
    this.#options = options;
    this.#queue = new BuildQueue({
      jobs: 1,
      wants: (segment) => this.#work(segment) !== undefined,
      run: (segment) => this.#build(segment),
      hold: () => this.#run?.turns.hold(),
      onEnd: options.onChange,
    });
  }

  /** Has built what a segment lacks, if anything. Cheap: called at every change. */
  consider(segment: HnswBuildable): void {
    this.#queue.consider(segment);
  }

  #work(segment: HnswBuildable): Work | undefined {
    const { rows, options } = segment;
    if (rows.size < this.#options.exactBelow) return undefined;
    for (const part of rows.parts) {
      if (part.live === 0) continue;
      const graph = segment.graphOf(part);
      if (graph === undefined || (graph.dead >= MIN_DEAD && graph.dead > graph.labels * MAX_DEAD)) {
        return { kind: "make", part };
      }
      if (part.rows - graph.rows >= MIN_PENDING) return { kind: "extend", graph };
    }
    const [first] = rows.parts;
    const graph = first === undefined ? undefined : segment.graphOf(first);
    if (graph === undefined || graph.labels < this.#options.snapshots.wantedFrom(options.key)) return undefined;
    return { kind: "save", graph };
  }

  /** Does all that a segment wants. */
  async #build(segment: HnswBuildable): Promise<BuildOutcome> {
    const plan = this.#plan(segment);
    const run: Run = { segment, turns: new BackgroundTurns(SLICE_MS), plan, writing: false, problem: "" };
    this.#run = run;
    try {
      await run.turns.next();
      while (!this.#stopped(segment)) {
        const work = this.#work(segment);
        if (work === undefined) break;
        if (work.kind === "make") await this.#make(run, work.part);
        else if (work.kind === "extend") await this.#extend(run, work.graph);
        else if (!(await this.#save(run, work.graph))) break;
      }
      return { failed: false, failReason: run.problem };
    } catch (error) {
      return { failed: true, failReason: error instanceof Error ? error.message : String(error) };
    } finally {
      if (run.plan !== undefined) this.#options.snapshots.unplan(run.plan);
      this.#run = undefined;
    }
  }

  #plan({ options }: HnswBuildable): SnapshotPlan | undefined {
    return this.#options.snapshots.plan(options.key, "hnswlib", hnswParameters(options));
  }

  #stopped(segment: HnswBuildable): boolean {
    return this.#closing || segment.closed;
  }

  async #make(run: Run, part: Part): Promise<void> {
    const { segment } = run;
    const graph = segment.beginGraph(part);
    if (segment.graphOf(part) === undefined) {
      // As good as none while it is small, and better than none from then on.
      segment.useGraph(graph);
      await this.#extend(run, graph);
      return;
    }
    let done = false;
    try {
      done = await this.#extend(run, graph);
    } finally {
      if (done) segment.useGraph(graph);
      else segment.dropGraph(graph);
    }
    if (done) this.#options.snapshots.outdated(segment.options.key);
  }

  /** Adds rows until the graph has caught up. False when it was stopped before. */
  async #extend(run: Run, graph: HnswGraph): Promise<boolean> {
    const first = run.segment.rows.parts[0] === graph.part;
    while (graph.rows < graph.part.rows) {
      graph.addNext();
      const pause = run.turns.turn();
      if (pause === undefined) continue;
      await pause;
      if (graph.abandoned) return false;
      if (this.#stopped(run.segment)) {
        if (first && this.#worthSaving(run.segment, graph)) await this.#save(run, graph);
        return false;
      }
    }
    return true;
  }

  /** A build that is stopped halfway still saves when it has got far. */
  #worthSaving(segment: HnswBuildable, graph: HnswGraph): boolean {
    const further = Math.max(this.#options.exactBelow, Math.floor(graph.part.rows / 5));
    return graph.labels >= this.#options.snapshots.wantedFrom(segment.options.key) + further - 1;
  }

  /**
   * A graph that cannot be saved is good all the same: it is told, and not tried again.
   *
   * @returns false when there is no place for it: no folder, or its segment was forgotten
   */
  async #save(run: Run, graph: HnswGraph): Promise<boolean> {
    const { snapshots } = this.#options;
    const { key } = run.segment.options;
    const { plan } = run;
    if (plan === undefined || !snapshots.awaits(plan)) return false;
    run.writing = true;
    try {
      const written = await writeGraph(plan, graph, () => run.turns.turn());
      const wanted = snapshots.awaits(plan);
      if (graph.abandoned) snapshots.removeFile(written.file);
      else snapshots.record(key, written);
      run.plan = wanted ? this.#plan(run.segment) : undefined;
    } catch (error) {
      snapshots.unplan(plan);
      snapshots.pause(key);
      run.problem = `snapshot: ${String(error)}`;
    } finally {
      run.writing = false;
    }
    return true;
  }

  /** What runs for a closed segment ends by itself. */
  drop(segment: HnswBuildable): void {
    this.#queue.drop(segment);
  }

  status(segment: HnswBuildable): { pending: boolean; writing: boolean; failReason: string } {
    const writing = this.#run?.segment === segment && this.#run.writing;
    return { ...this.#queue.status(segment), writing };
  }

  idle(segment: HnswBuildable): Promise<void> {
    return this.#queue.idle(segment);
  }

  /** Stops everything and waits for the file that is being written, if any. */
  close(): Promise<void> {
    this.#closing = true;
    return this.#queue.close();
  }
}
