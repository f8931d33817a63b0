import { parentPort, workerData } from "node:worker_threads";
import { connect } from "./connect.js";
import { configure } from "./database.js";
import type { ReadJob, ReadReply } from "./read-job.js";

/** Reads a file that the thread beside it writes: one statement in, its rows out. */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const { path } = workerData as { readonly path: string };
// What holds the file back now is not waited for: the thread beside can read it.
const sql = connect(path, { readonly: true, timeout: 0 });
const deadline = configure(sql);

function answer({ id, text, params, endsAt }: ReadJob): ReadReply {
  try {
    const statement = sql.prepare(text).raw().safeIntegers(true);
    return { id, rows: deadline.during(endsAt, () => statement.all(...params)) as unknown[][] };
  } catch {
    return { id, rows: undefined };
  }
}

port.on("message", (job: ReadJob | "close") => {
  if (job !== "close") return port.postMessage(answer(job));
  sql.close();
  port.close();
});
