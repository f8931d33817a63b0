import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { buildWithHnswlib } from "../hnswlib/hnswlib-builder.js";
import { adoptKernelModule, CONTROL } from "../kernel/kernel.js";
import { Part } from "../part.js";
import { writeSnapshot } from "../snapshot/snapshot-writer.js";
import { type BuildJob, type BuildReply, STOP } from "./build-job.js";

// One job per worker: when the thread ends, everything it held is free.

// On Linux a priority is the thread's own: builds take what is left, and the caller's thread does not wait for a core.
// Elsewhere it would be the whole process's.
const BACKGROUND_NICENESS = 5;
if (process.platform === "linux") {
  try {
    setPriority(0, BACKGROUND_NICENESS);
  } catch {
    // A sandbox may forbid it: the build is only less polite then.
  }
}

const ROWS_PER_CALL = 64;
const COPY_ROWS = 4096;

function stopWord(part: Part): number {
  return Atomics.load(part.words, CONTROL.stop);
}

/** Extends the graph until it has caught up with the rows, or is told to stop. */
function extendGraph(job: BuildJob, part: Part): void {
  if (job.builder === "hnswlib") {
    buildWithHnswlib(job, part);
    return;
  }
  while (stopWord(part) === STOP.run) {
    const done = part.kernel.insert(ROWS_PER_CALL, job.efConstruction);
    if (done < 0) throw new Error("no memory for the graph");
    if (done === 0) return;
  }
}

/** Waits for more rows than `rows`; false when none came. */
function waitForRows(part: Part, rows: number, ms: number): boolean {
  if (stopWord(part) !== STOP.run || Atomics.load(part.words, CONTROL.hurry) !== 0) return false;
  const words = new Int32Array(part.words.buffer, 0, 64);
  Atomics.wait(words, CONTROL.rows, rows, ms);
  return stopWord(part) === STOP.run && Atomics.load(words, CONTROL.rows) !== rows;
}

function build(job: BuildJob): BuildReply {
  const part = new Part(job.geometry, job.memory, false);
  part.kernel.takeWork();
  const before = part.graphRows;
  try {
    do {
      extendGraph(job, part);
    } while (waitForRows(part, part.graphRows, job.lingerMs));
  } finally {
    part.kernel.keepWork();
  }
  const rows = part.graphRows;
  const stop = stopWord(part);
  const wanted =
    stop === STOP.run
      ? rows >= job.snapshotFromRows
      : stop === STOP.stop && rows - before >= job.saveOnStopRows && rows >= job.snapshotFromRows;
  if (job.snapshot === undefined || !wanted || rows === 0) return { kind: "done" };
  try {
    const snapshot = writeSnapshot(job.snapshot, part, rows);
    part.kernel.keepWork();
    return { kind: "done", snapshot };
  } catch (error) {
    // The graph is good; only its copy on disk is missing.
    return { kind: "done", snapshotError: String(error) };
  }
}

function compact(job: BuildJob): BuildReply {
  const old = new Part(job.geometry, job.memory, false);
  const fresh = new Part(job.geometry);
  let taken = 0;
  for (;;) {
    const rows = Atomics.load(old.words, CONTROL.rows);
    old.adoptIds(rows);
    while (taken < rows && stopWord(old) === STOP.run) {
      const end = Math.min(rows, taken + COPY_ROWS);
      copyLive(old, fresh, taken, end);
      taken = end;
    }
    if (stopWord(old) !== STOP.run) return { kind: "failed", reason: "stopped" };
    if (job.graph && !extendWhile(job, fresh, old)) return { kind: "failed", reason: "stopped" };
    // What came meanwhile, unless it is little enough for the owner to take over at the swap.
    if (Atomics.load(old.words, CONTROL.rows) - taken <= 500) break;
  }
  fresh.kernel.keepWork();
  return { kind: "compacted", memory: fresh.memory, taken, rows: fresh.rows };
}

/** Builds the new graph; the stop word is that of the old memory. */
function extendWhile(job: BuildJob, fresh: Part, old: Part): boolean {
  if (job.builder === "hnswlib") {
    buildWithHnswlib(job, fresh);
    return stopWord(old) === STOP.run;
  }
  for (;;) {
    if (stopWord(old) !== STOP.run) return false;
    const done = fresh.kernel.insert(ROWS_PER_CALL, job.efConstruction);
    if (done < 0) throw new Error("no memory for the graph");
    if (done === 0) return true;
  }
}

/** Copies what is live among rows `[from, to)` of one part behind the rows of another. */
function copyLive(old: Part, fresh: Part, from: number, to: number): void {
  const ordinals = new Uint32Array(to - from);
  let n = 0;
  for (let i = from; i < to; i++) if (!old.isRemoved(i)) ordinals[n++] = i;
  if (!fresh.reserve(n)) throw new Error("no memory for the rows");
  fresh.stageFrom(0, old, ordinals.subarray(0, n));
  fresh.publish(n);
}

if (parentPort !== null) {
  const job = workerData as BuildJob;
  adoptKernelModule(job.module);
  let reply: BuildReply;
  try {
    reply = job.compact ? compact(job) : build(job);
  } catch (error) {
    reply = { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
  parentPort.postMessage(reply);
}
