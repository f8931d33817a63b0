import { BUILDER_WORK, CONTROL } from "../kernel/kernel.js";
import { Part } from "../part.js";
import { writeSnapshot } from "../snapshot/snapshot-writer.js";
import { type BuildJob, type BuildReply, STOP } from "./build-job.js";

/** How a job shares the thread it runs on. */
export interface Pace {
  /** Rows to link or to copy before `turn` is asked. */
  readonly linkRows: number;
  readonly copyRows: number;
  /** Undefined to go on at once; else a promise of the next turn. */
  turn(): Promise<void> | undefined;
  /** How long a build that has caught up may block its thread to wait for more rows. */
  readonly lingerMs: number;
}

/** Does a job on this thread. Never rejects. */
export async function runBuildJob(job: BuildJob, pace: Pace): Promise<BuildReply> {
  try {
    return await (job.compact ? compact(job, pace) : build(job, pace));
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

function stopWord(part: Part): number {
  return Atomics.load(part.words, CONTROL.stop);
}

/** Links rows into the graph of `part` until all are in it. False when told to stop by the word in `told`. */
async function extendGraph(job: BuildJob, part: Part, told: Part, pace: Pace): Promise<boolean> {
  for (;;) {
    if (stopWord(told) !== STOP.run) return false;
    const done = part.linked(() => part.kernel.insert(pace.linkRows, job.efConstruction));
    if (done < 0) throw new Error("no memory for the graph");
    if (done === 0) return true;
    const pause = pace.turn();
    if (pause !== undefined) await pause;
  }
}

/** Waits for more rows than `rows`; false when none came. */
function waitForRows(part: Part, rows: number, ms: number): boolean {
  if (ms === 0 || stopWord(part) !== STOP.run || Atomics.load(part.words, CONTROL.hurry) !== 0) return false;
  const words = new Int32Array(part.words.buffer, 0, 64);
  Atomics.wait(words, CONTROL.rows, rows, ms);
  return stopWord(part) === STOP.run && Atomics.load(words, CONTROL.rows) !== rows;
}

async function build(job: BuildJob, pace: Pace): Promise<BuildReply> {
  const part = new Part(job.geometry, job.memory, false);
  part.kernel.takeWork(BUILDER_WORK);
  const before = part.graphRows;
  try {
    do {
      await extendGraph(job, part, part, pace);
    } while (waitForRows(part, part.graphRows, pace.lingerMs));
  } finally {
    part.kernel.keepWork(BUILDER_WORK);
  }
  const rows = part.graphRows;
  const stop = stopWord(part);
  const wanted =
    stop === STOP.run
      ? rows >= job.snapshotFromRows
      : stop === STOP.stop && rows - before >= job.saveOnStopRows && rows >= job.snapshotFromRows;
  if (job.snapshot === undefined || !wanted || rows === 0) return { kind: "done" };
  try {
    const snapshot = await writeSnapshot(job.snapshot, part, rows, () => pace.turn());
    part.kernel.keepWork(BUILDER_WORK);
    return { kind: "done", snapshot };
  } catch (error) {
    // The graph is good; only its copy on disk is missing.
    return { kind: "done", snapshotError: String(error) };
  }
}

async function compact(job: BuildJob, pace: Pace): Promise<BuildReply> {
  const old = new Part(job.geometry, job.memory, false);
  const fresh = new Part(job.geometry);
  if (!job.geometry.holdsVectors) fresh.scale = old.scale;
  let taken = 0;
  for (;;) {
    const rows = Atomics.load(old.words, CONTROL.rows);
    old.adoptIds(rows);
    while (taken < rows && stopWord(old) === STOP.run) {
      const end = Math.min(rows, taken + pace.copyRows);
      copyLive(old, fresh, taken, end);
      taken = end;
      const pause = pace.turn();
      if (pause !== undefined) await pause;
    }
    if (stopWord(old) !== STOP.run) return { kind: "failed", reason: "stopped" };
    if (job.graph && !(await extendGraph(job, fresh, old, pace))) return { kind: "failed", reason: "stopped" };
    // What came meanwhile, unless it is little enough for the owner to take over at the swap.
    if (Atomics.load(old.words, CONTROL.rows) - taken <= 500) break;
  }
  fresh.kernel.keepWork(BUILDER_WORK);
  return { kind: "compacted", memory: fresh.memory, taken, rows: fresh.rows };
}

/** Copies what is live among rows `[from, to)` of one part behind the rows of another. */
function copyLive(old: Part, fresh: Part, from: number, to: number): void {
  const ordinals = old.liveOrdinals(from, to);
  if (!fresh.reserve(ordinals.length)) throw new Error("no memory for the rows");
  fresh.stageFrom(0, old, ordinals);
  fresh.publish(ordinals.length);
}
