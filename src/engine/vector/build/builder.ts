import { kernelModule } from "../kernel/kernel.js";
import { memoryDropped } from "../memory-pressure.js";
import { Part } from "../part.js";
import { snapshotParameters } from "../snapshot/snapshot-file.js";
import type { SnapshotPlan, SnapshotStore, WrittenSnapshot } from "../snapshot/snapshot-store.js";
import { type BuildJob, type BuildReply, STOP } from "./build-job.js";
import { type BuildOutcome, BuildQueue } from "./build-queue.js";
import type { BuildRunner, RunningJob } from "./build-runner.js";
import type { Buildable } from "./buildable.js";

/** Rows behind the graph that are worth a worker; fewer are scanned, which costs a search a few microseconds. */
const MIN_PENDING = 500;
/** Part of the rows that may be deleted before the rest moves together. */
const MAX_TOMBSTONES = 0.25;
const MIN_TOMBSTONES = 250;
/** A part this small is compacted at once, on this thread: about a millisecond. */
const SMALL_BYTES = 1024 * 1024;

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

/** Decides what is to be built of a segment, and has it built: graphs, compactions and snapshots. */
export class Builder {
  readonly #options: BuilderOptions;
  readonly #snapshots: SnapshotStore;
  readonly #running = new Map<Buildable, Running>();
  readonly #queue: BuildQueue<Buildable>;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.#snapshots = options.snapshots;
    this.#queue = new BuildQueue({
      jobs: options.jobs,
      wants: (segment) => this.#work(segment) !== undefined,
      run: (segment) => this.#run(segment),
      hold: (segment) => {
        const running = this.#running.get(segment);
        running?.run.hold();
        running?.part.hurry();
      },
      onEnd: options.onChange,
    });
  }

  /** Has built what a segment lacks, if anything. Cheap: called at every change. */
  consider(segment: Buildable): void {
    this.#queue.consider(segment);
  }

  /** The first part that wants a job, and what for. Dead parts are dropped and small ones compacted on the way. */
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

  async #run(segment: Buildable): Promise<BuildOutcome> {
    const { part, compact } = this.#work(segment)!;
    const job = this.#jobOf(segment, part, compact);
    part.allowBuilding();
    const running: Running = { part, job, run: this.#options.runner.start(job), removed: [], discarded: false };
    this.#running.set(segment, running);
    const reply = await running.run.reply;
    this.#running.delete(segment);
    return this.#finish(segment, running, reply);
  }

  #jobOf(segment: Buildable, part: Part, compact: boolean): BuildJob {
    const snapshot = segment.parts[0] === part && !compact ? this.#plan(segment, part) : undefined;
    return {
      module: kernelModule(),
      geometry: part.geometry,
      memory: part.memory,
      efConstruction: segment.options.efConstruction,
      graph: segment.options.kind === "graph" && segment.size >= this.#options.exactBelow,
      compact,
      ...(snapshot === undefined ? {} : { snapshot }),
      snapshotFromRows: Math.min(this.#snapshotFrom(segment), 0xffffffff),
      saveOnStopRows: Math.max(this.#options.exactBelow, Math.floor(part.rows / 5)),
    };
  }

  #plan(segment: Buildable, part: Part): SnapshotPlan | undefined {
    const { options } = segment;
    return this.#snapshots.plan(options.key, "kernel", snapshotParameters(options, part.geometry));
  }

  #finish(segment: Buildable, running: Running, reply: BuildReply): BuildOutcome {
    let snapshotError = reply.kind === "done" ? reply.snapshotError : undefined;
    if (reply.kind === "done" && reply.snapshot !== undefined) {
      if (running.discarded) this.#snapshots.removeFile(reply.snapshot.file);
      else snapshotError = this.#record(segment, reply.snapshot);
    } else if (running.job.snapshot !== undefined) this.#snapshots.unplan(running.job.snapshot);
    if (running.discarded || segment.closed) {
      // This held the memory until now.
      memoryDropped(running.part.memoryBytes);
      return { failed: false, failReason: "" };
    }
    if (reply.kind === "failed") return { failed: true, failReason: reply.reason };
    if (reply.kind === "compacted") this.#swap(segment, running, reply);
    if (snapshotError === undefined) return { failed: false, failReason: "" };
    this.#snapshots.pause(segment.options.key);
    return { failed: false, failReason: `snapshot: ${snapshotError}` };
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
    const running = this.#running.get(segment);
    if (running?.job.compact === true) running.removed.push(rowId);
  }

  /** Stops what runs for a segment; its result is thrown away when `discard`. */
  stop(segment: Buildable, discard: boolean): void {
    const running = this.#running.get(segment);
    if (running !== undefined) {
      if (discard) running.discarded = true;
      running.part.stopBuilding(discard ? STOP.discard : STOP.stop);
    }
    this.#queue.drop(segment);
  }

  status(segment: Buildable): { pending: boolean; writing: boolean; failReason: string } {
    const running = this.#running.get(segment);
    const writing = running?.job.snapshot !== undefined && running.part.graphRows === running.part.rows;
    return { ...this.#queue.status(segment), writing };
  }

  idle(segment: Buildable): Promise<void> {
    return this.#queue.idle(segment);
  }

  /** Stops everything and waits for running jobs to end. */
  close(): Promise<void> {
    for (const { part } of this.#running.values()) part.stopBuilding(STOP.stop);
    return this.#queue.close();
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
