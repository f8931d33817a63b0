import { elapsed, soon } from "../../../values/clock.js";
import { BackgroundTurns } from "../background-turns.js";
import type { SegmentOptions } from "../contract.js";
import type { Part } from "../part.js";
import type { SegmentRows } from "../segment-rows.js";
import type { SnapshotStore } from "../snapshot/snapshot-store.js";
import { hnswParameters, writeGraph } from "./hnsw-file.js";
import type { HnswGraph } from "./hnsw-graph.js";

/** Rows behind a graph that are worth a build; fewer are scanned. */
const MIN_PENDING = 500;
/** Part of a graph's rows that may be deleted before it is made anew. */
const MAX_DEAD = 0.25;
const MIN_DEAD = 250;
const SLICE_MS = 5;
const RETRY_MS = 10_000;

/** What the builder needs of a segment. */
export interface HnswBuildable {
  readonly options: SegmentOptions;
  readonly rows: SegmentRows;
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
  readonly onChange: (segment: HnswBuildable) => void;
}

interface State {
  queued: boolean;
  running: boolean;
  writing: boolean;
  /** Of the build that runs: it ends at its next turn. */
  stopped: boolean;
  failReason: string;
  failures: number;
  retryAt: number;
  waiters: (() => void)[];
}

type Work =
  | { readonly kind: "extend"; readonly graph: HnswGraph }
  | { readonly kind: "make"; readonly part: Part }
  | { readonly kind: "save"; readonly graph: HnswGraph };

/**
 * Builds the graphs of hnswlib on the calling thread, one segment at a time, in slices between which the event loop runs:
 * an index of the addon cannot be shared between threads. Rows that are not in a graph yet are scanned exactly.
 */
export class HnswBuilder {
  readonly #options: HnswBuilderOptions;
  readonly #states = new Map<HnswBuildable, State>();
  readonly #queue: HnswBuildable[] = [];
  #turns = new BackgroundTurns(SLICE_MS);
  #busy: Promise<void> | undefined;
  #closing = false;

  constructor(options: HnswBuilderOptions) {
    this.#options = options;
  }

  #state(segment: HnswBuildable): State {
    let state = this.#states.get(segment);
    if (state === undefined) {
      state = {
        queued: false,
        running: false,
        writing: false,
        stopped: false,
        failReason: "",
        failures: 0,
        retryAt: 0,
        waiters: [],
      };
      this.#states.set(segment, state);
    }
    return state;
  }

  /** Has built what a segment lacks, if anything. Cheap: called at every change. */
  consider(segment: HnswBuildable): void {
    if (this.#closing || segment.rows.closed || segment.rows.loading) return;
    const state = this.#state(segment);
    if (state.running || state.queued || elapsed() < state.retryAt) return;
    if (this.#work(segment) === undefined) return;
    state.queued = true;
    this.#queue.push(segment);
    // After the caller's own work: a bulk insert comes in many calls.
    soon(() => this.#next());
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

  #next(): void {
    if (this.#busy !== undefined || this.#closing) return;
    const segment = this.#queue.shift();
    if (segment === undefined) return;
    const state = this.#state(segment);
    state.queued = false;
    state.running = true;
    state.stopped = false;
    this.#turns = new BackgroundTurns(SLICE_MS);
    if (state.waiters.length > 0) this.#turns.hold();
    this.#busy = this.#run(segment, state).finally(() => {
      this.#busy = undefined;
      state.running = false;
      this.#settle(segment, state);
      if (this.#queue.length > 0) soon(() => this.#next());
    });
  }

  /** Does all that a segment wants. Never rejects. */
  async #run(segment: HnswBuildable, state: State): Promise<void> {
    await this.#turns.next();
    try {
      for (;;) {
        if (state.stopped || segment.rows.closed) return;
        const work = this.#work(segment);
        if (work === undefined) break;
        if (work.kind === "make") await this.#make(segment, state, work.part);
        else if (work.kind === "extend") await this.#extend(segment, state, work.graph);
        else if (!(await this.#save(segment, state, work.graph))) break;
      }
      state.failures = 0;
    } catch (error) {
      state.failReason = error instanceof Error ? error.message : String(error);
      state.retryAt = elapsed() + RETRY_MS * 2 ** Math.min(state.failures++, 10);
    }
    if (!state.stopped) this.#options.onChange(segment);
  }

  async #make(segment: HnswBuildable, state: State, part: Part): Promise<void> {
    const graph = segment.beginGraph(part);
    if (segment.graphOf(part) === undefined) {
      // As good as none while it is small, and better than none from then on.
      segment.useGraph(graph);
      await this.#extend(segment, state, graph);
      return;
    }
    let done = false;
    try {
      done = await this.#extend(segment, state, graph);
    } finally {
      if (done) segment.useGraph(graph);
      else segment.dropGraph(graph);
    }
    if (done) this.#options.snapshots.outdated(segment.options.key);
  }

  /** Adds rows until the graph has caught up. False when it was stopped before. */
  async #extend(segment: HnswBuildable, state: State, graph: HnswGraph): Promise<boolean> {
    const first = segment.rows.parts[0] === graph.part;
    while (graph.rows < graph.part.rows) {
      graph.addNext();
      const pause = this.#turns.turn();
      if (pause === undefined) continue;
      await pause;
      if (graph.abandoned) return false;
      if (state.stopped) {
        if (first && this.#worthSaving(segment, graph)) await this.#save(segment, state, graph);
        return false;
      }
    }
    state.failReason = "";
    return true;
  }

  /** A build that is stopped halfway still saves when it has got far. */
  #worthSaving(segment: HnswBuildable, graph: HnswGraph): boolean {
    const further = Math.max(this.#options.exactBelow, Math.floor(graph.part.rows / 5));
    return graph.labels >= this.#options.snapshots.wantedFrom(segment.options.key) + further - 1;
  }

  /** @returns false when the graph could not be saved */
  async #save(segment: HnswBuildable, state: State, graph: HnswGraph): Promise<boolean> {
    const { snapshots } = this.#options;
    const { options } = segment;
    const plan = snapshots.plan(options.key, "hnswlib", hnswParameters(options));
    if (plan === undefined) return false;
    state.writing = true;
    try {
      const written = await writeGraph(plan, graph, () => this.#turns.turn());
      if (graph.abandoned) snapshots.removeFile(written.file);
      else snapshots.record(options.key, written);
      return true;
    } catch (error) {
      // The graph is good; only its copy on disk is missing.
      snapshots.unplan(plan);
      snapshots.pause(options.key);
      state.failReason = `snapshot: ${String(error)}`;
      return false;
    } finally {
      state.writing = false;
    }
  }

  /** Tells those who wait, when nothing runs or waits for this segment any more. */
  #settle(segment: HnswBuildable, state: State): void {
    this.consider(segment);
    if (state.running || state.queued) return;
    for (const done of state.waiters.splice(0)) done();
    if (segment.rows.closed) this.#states.delete(segment);
  }

  /** Ends what is being built of a segment. */
  stop(segment: HnswBuildable): void {
    const state = this.#states.get(segment);
    if (state === undefined) return;
    state.stopped = true;
    if (state.queued) {
      state.queued = false;
      this.#queue.splice(this.#queue.indexOf(segment), 1);
    }
    this.#settle(segment, state);
  }

  status(segment: HnswBuildable): { pending: boolean; writing: boolean; failReason: string } {
    const state = this.#states.get(segment);
    return {
      pending: state !== undefined && (state.running || state.queued),
      writing: state?.writing ?? false,
      failReason: state?.failReason ?? "",
    };
  }

  /** Resolves when nothing runs or waits for a segment; until then the process stays alive. */
  idle(segment: HnswBuildable): Promise<void> {
    const state = this.#states.get(segment);
    if (state === undefined || (!state.running && !state.queued)) return Promise.resolve();
    this.#turns.hold();
    return new Promise((resolve) => state.waiters.push(resolve));
  }

  /** Stops everything and waits for the file that is being written, if any. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const segment of [...this.#states.keys()]) this.stop(segment);
    this.#turns.hold();
    await this.#busy;
  }
}
