import { kernelModule } from "../kernel/kernel.js";
import { memoryDropped } from "../memory-pressure.js";
import { Part } from "../part.js";
import { snapshotParameters } from "../snapshot/snapshot-file.js";
import type { SnapshotPlan, SnapshotStore, WrittenSnapshot } from "../snapshot/snapshot-store.js";
import { type BuildJob, type BuildReply, STOP } from "./build-job.js";
import type { BuildRunner, RunningJob } from "./build-runner.js";
import type { Buildable } from "./buildable.js";

/** Rows behind the graph that are worth a worker; fewer are scanned, which costs a search a few microseconds. */
const MIN_PENDING = 500;
/** Part of the rows that may be deleted before the rest moves together. */
const MAX_TOMBSTONES = 0.25;
const MIN_TOMBSTONES = 250;
/** A part this small is compacted at once, on this thread: about a millisecond. */
const SMALL_BYTES = 1024 * 1024;
const RETRY_MS = 10_000;

export interface BuilderOptions {
  readonly exactBelow: number;
  /** Jobs at a time. */
  readonly jobs: number;
  readonly runner: BuildRunner;
  readonly snapshots: SnapshotStore;
  /** A build ended, or failed. */
  readonly onChange: (segment: Buildable) => void;
}

interface Running {
  readonly part: Part;
  readonly job: BuildJob;
  readonly run: RunningJob;
  /** Row ids deleted while a compaction copies. */
  readonly removed: number[];
  discarded: boolean;
}

interface State {
  running?: Running;
  queued: boolean;
  failReason: string;
  retryAt: number;
  failures: number;
  waiters: (() => void)[];
}

/** Decides what is to be built, and has it built: graphs and compactions, at most `jobs` at a time, one per segment. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #snapshots: SnapshotStore;
  readonly #states = new Map<Buildable, State>();
  readonly #queue: Buildable[] = [];
  #running = 0;
  #closing = false;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.#snapshots = options.snapshots;
  }

  #state(segment: Buildable): State {
    let state = this.#states.get(segment);
    if (state === undefined) {
      state = { queued: false, failReason: "", retryAt: 0, failures: 0, waiters: [] };
      this.#states.set(segment, state);
    }
    return state;
  }

  /** Has built what a segment lacks, if anything. Cheap: called at every change. */
  consider(segment: Buildable): void {
    if (this.#closing || segment.closed || segment.loading) return;
    const state = this.#state(segment);
    if (state.running !== undefined || state.queued) return;
    if (this.#work(segment) === undefined) return;
    if (state.retryAt > 0 && performance.now() < state.retryAt) return;
    state.queued = true;
    this.#queue.push(segment);
    // After the caller's own work: a bulk insert comes in many calls.
    setImmediate(() => this.#next());
  }

  /** The first part that wants a job, and what for. */
  #work(segment: Buildable): { part: Part; compact: boolean } | undefined {
    const graph = segment.options.kind === "graph" && segment.size >= this.#options.exactBelow;
    for (const part of [...segment.parts]) {
      if (part.rows > 0 && part.live === 0) {
        segment.dropPart(part);
        continue;
      }
      if (part.tombstones >= MIN_TOMBSTONES && part.tombstones > part.rows * MAX_TOMBSTONES) {
        if (part.live > 0 && part.live * part.geometry.strideBytes <= SMALL_BYTES && part.graphRows === 0) {
          compactHere(segment, part);
          return this.#work(segment);
        }
        return { part, compact: true };
      }
      if (!graph) continue;
      const built = part.graphRows;
      const pending = part.rows - built;
      if (pending >= (built === 0 ? 1 : MIN_PENDING)) return { part, compact: false };
    }
    const first = segment.parts[0];
    if (graph && first !== undefined && first.graphRows >= this.#snapshotFrom(segment)) {
      return { part: first, compact: false };
    }
    return undefined;
  }

  /** Rows of graph from which on a new snapshot pays. */
  #snapshotFrom(segment: Buildable): number {
    return this.#snapshots.wantedFrom(segment.options.key);
  }

  #next(): void {
    while (this.#running < this.#options.jobs && this.#queue.length > 0 && !this.#closing) {
      const segment = this.#queue.shift()!;
      const state = this.#state(segment);
      state.queued = false;
      const work = segment.closed || segment.loading ? undefined : this.#work(segment);
      if (work === undefined) this.#settle(segment, state);
      else this.#start(segment, state, work.part, work.compact);
    }
  }

  #start(segment: Buildable, state: State, part: Part, compact: boolean): void {
    part.allowBuilding();
    const first = segment.parts[0] === part;
    const graph = segment.options.kind === "graph" && segment.size >= this.#options.exactBelow;
    const snapshot = first && !compact ? this.#plan(segment, part) : undefined;
    const job: BuildJob = {
      module: kernelModule(),
      geometry: part.geometry,
      memory: part.memory,
      efConstruction: segment.options.efConstruction,
      graph,
      compact,
      ...(snapshot === undefined ? {} : { snapshot }),
      snapshotFromRows: Math.min(this.#snapshotFrom(segment), 0xffffffff),
      saveOnStopRows: Math.max(this.#options.exactBelow, Math.floor(part.rows / 5)),
    };
    const running: Running = { part, job, run: this.#options.runner.start(job), removed: [], discarded: false };
    state.running = running;
    this.#running++;
    running.run.reply.then((reply) => {
      this.#running--;
      delete state.running;
      this.#finish(segment, state, running, reply);
    });
  }

  #plan(segment: Buildable, part: Part): SnapshotPlan | undefined {
    const { options } = segment;
    return this.#snapshots.plan(options.key, "kernel", snapshotParameters(options, part.geometry));
  }

  #finish(segment: Buildable, state: State, running: Running, reply: BuildReply): void {
    let snapshotError = reply.kind === "done" ? reply.snapshotError : undefined;
    if (reply.kind === "done" && reply.snapshot !== undefined) {
      if (running.discarded) this.#snapshots.removeFile(reply.snapshot.file);
      else snapshotError = this.#record(segment, reply.snapshot);
    } else if (running.job.snapshot !== undefined) this.#snapshots.unplan(running.job.snapshot);
    if (running.discarded || segment.closed) {
      // This held the memory until now.
      memoryDropped(running.part.memoryBytes);
      this.consider(segment);
      this.#settle(segment, state);
      return;
    }
    if (reply.kind === "failed") {
      this.#failed(segment, state, reply.reason);
      return;
    }
    if (reply.kind === "compacted") this.#swap(segment, running, reply);
    if (snapshotError !== undefined) {
      this.#snapshots.pause(segment.options.key);
      state.failReason = `snapshot: ${snapshotError}`;
    } else state.failReason = "";
    state.failures = 0;
    state.retryAt = 0;
    this.consider(segment);
    this.#settle(segment, state);
    this.#options.onChange(segment);
  }

  /** @returns what went wrong: nobody waits for this, so nobody could catch it */
  #record(segment: Buildable, written: WrittenSnapshot): string | undefined {
    try {
      this.#snapshots.record(segment.options.key, written);
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  #failed(segment: Buildable, state: State, reason: string): void {
    state.failReason = reason;
    state.failures++;
    state.retryAt = performance.now() + RETRY_MS * 2 ** Math.min(state.failures, 10);
    this.#settle(segment, state);
    this.#options.onChange(segment);
  }

  /** Nothing runs or waits for this segment: tells those who wait, and goes on with the queue. */
  #settle(segment: Buildable, state: State): void {
    if (state.running === undefined && !state.queued) {
      for (const done of state.waiters.splice(0)) done();
      if (segment.closed) this.#states.delete(segment);
    }
    if (this.#queue.length > 0) setImmediate(() => this.#next());
  }

  /** Puts a compacted part in place: what came since is copied, what went since is marked. */
  #swap(segment: Buildable, running: Running, reply: BuildReply & { kind: "compacted" }): void {
    const old = running.part;
    const fresh = new Part(old.geometry, reply.memory, false);
    fresh.adopt(reply.rows);
    const late = old.liveOrdinals(reply.taken, old.rows);
    if (late.length > 0) {
      if (!fresh.reserve(late.length)) return;
      fresh.stageFrom(0, old, late);
      fresh.publish(late.length);
    }
    for (const id of running.removed) {
      const ordinal = fresh.ordinalOf(id);
      if (ordinal >= 0) fresh.removeOrdinal(ordinal);
    }
    segment.replacePart(old, fresh);
    // The old snapshot lacks nothing: rows keep their ids. A new one follows when the graph has grown or shrunk enough.
    if (running.job.graph) this.#snapshots.outdated(segment.options.key);
  }

  /** A row was deleted: it must be gone from a part that is being compacted, too. */
  removed(segment: Buildable, rowId: number): void {
    const running = this.#states.get(segment)?.running;
    if (running?.job.compact === true) running.removed.push(rowId);
  }

  /** Stops what runs for a segment; its result is thrown away when `discard`. */
  stop(segment: Buildable, discard: boolean): void {
    const state = this.#states.get(segment);
    if (state === undefined) return;
    if (state.running !== undefined) {
      if (discard) state.running.discarded = true;
      state.running.part.stopBuilding(discard ? STOP.discard : STOP.stop);
    }
    if (state.queued) {
      state.queued = false;
      this.#queue.splice(this.#queue.indexOf(segment), 1);
    }
    if (state.running === undefined) this.#settle(segment, state);
  }

  status(segment: Buildable): { pending: boolean; writing: boolean; failReason: string } {
    const state = this.#states.get(segment);
    const running = state?.running;
    return {
      pending: state !== undefined && (running !== undefined || state.queued),
      writing: running?.job.snapshot !== undefined && running.part.graphRows === running.part.rows,
      failReason: state?.failReason ?? "",
    };
  }

  idle(segment: Buildable): Promise<void> {
    const state = this.#states.get(segment);
    if (state === undefined || (state.running === undefined && !state.queued)) return Promise.resolve();
    return new Promise((resolve) => {
      // A queued build may not start before this process would end: the timer holds it.
      const hurry = () => {
        state.running?.run.hold();
        state.running?.part.hurry();
      };
      hurry();
      const hold = setInterval(hurry, 20);
      state.waiters.push(() => {
        clearInterval(hold);
        resolve();
      });
    });
  }

  /** Stops everything and waits for running jobs to end. */
  async close(): Promise<void> {
    this.#closing = true;
    const ends: Promise<unknown>[] = [];
    for (const [segment, state] of this.#states) {
      const running = state.running;
      if (running !== undefined) {
        running.run.hold();
        ends.push(running.run.reply);
      }
      this.stop(segment, false);
    }
    await Promise.all(ends);
  }
}

/** Moves the live rows of a small part without a graph to a new memory. */
function compactHere(segment: Buildable, part: Part): void {
  const ordinals = part.liveOrdinals(0, part.rows);
  const fresh = segment.newPart();
  if (!fresh.reserve(ordinals.length)) return;
  fresh.stageFrom(0, part, ordinals);
  fresh.publish(ordinals.length);
  segment.replacePart(part, fresh);
}
