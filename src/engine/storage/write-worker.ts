import { closeSync, fsyncSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { endThread } from "../../runtime/end-thread.js";
import { attach, connect } from "./connect.js";
import type { Connection } from "./driver.js";
import { SETTINGS } from "./settings.js";
import { type WriteJob, WriteState } from "./write-job.js";

/**
 * Runs one transaction on a file that the thread beside it has open, up to its commit, which that thread asks for: what it keeps in
 * memory follows in the same moment.
 */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const { path, key, synchronous, job } = workerData as {
  readonly path: string;
  readonly key: Uint8Array | undefined;
  readonly synchronous: string;
  readonly job: WriteJob;
};
const state = new Int32Array(job.state);

let reached: number = WriteState.failed;
let sql: Connection | undefined;
try {
  // A lock of another process is not waited for.
  sql = connect(path, { timeout: 0, key });
  // What has changed is written to the log as the work goes on, so that little is left for the commit.
  const own = `PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192`;
  sql.exec(`${SETTINGS}; ${own}`);
  if (job.attached !== undefined) attach(sql, job.attached.path, job.attached.schema);
  sql.exec("BEGIN IMMEDIATE");
  if (job.unless === undefined || sql.prepare(job.unless).get() === undefined) {
    for (const { text, params } of job.statements) sql.prepare(text).run(...params);
    if (synchronous !== "OFF") syncLog();
    // Unless nobody waits any more.
    if (Atomics.compareExchange(state, 0, WriteState.running, WriteState.ready) === WriteState.running) {
      Atomics.notify(state, 0);
      port.postMessage("ready");
      Atomics.wait(state, 0, WriteState.ready);
      sql.exec("COMMIT");
      reached = WriteState.committed;
    }
  }
} catch {
  // Whoever has asked does it himself, and learns why it cannot be done.
}
// What was begun and not committed is undone before anybody else may write.
if (sql?.open === true) sql.close();
Atomics.store(state, 0, reached);
Atomics.notify(state, 0);
port.postMessage("ended");
endThread(port);

/** The disk takes most of the log before the commit, which then waits for the rest alone. */
function syncLog(): void {
  const log = openSync(`${path}-wal`, "r+");
  try {
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}
