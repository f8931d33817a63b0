import { parentPort, workerData } from "node:worker_threads";
import { tickFunction } from "../../expr/sql/tick.js";
import { endThread } from "../../runtime/end-thread.js";
import { RunningDeadline } from "../../values/deadline.js";
import { readWithin } from "../model/answer-size.js";
import { connect } from "./connect.js";
import type { ReaderData, ReadJob, ReadReply } from "./read-job.js";
import { SETTINGS } from "./settings.js";

/**
 * Reads a file that the thread beside it writes: one statement in, its rows out. Of the functions that filters call only the
 * commonest is known here, since the code of all would be carried twice: a statement that calls others fails.
 */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const { path, key } = workerData as ReaderData;
// What holds the file back now is not waited for: the thread beside can read it.
const sql = connect(path, { readonly: true, timeout: 0, key });
sql.exec(SETTINGS);
const deadline = new RunningDeadline();
const { name, deterministic, fn } = tickFunction(deadline);
sql.function(name, { deterministic }, fn);

function answer({ id, text, params, endsAt }: ReadJob): ReadReply {
  try {
    const prepared = sql.prepare(text);
    if (!prepared.reader) {
      prepared.run(...params);
      return { id, rows: [] };
    }
    const statement = prepared.raw().safeIntegers(true);
    const rows = () => readWithin(statement.iterate(...params) as Iterable<readonly unknown[]>);
    return { id, rows: deadline.during(endsAt, rows) };
  } catch {
    return { id, rows: undefined };
  }
}

port.on("message", (job: ReadJob | "close") => {
  if (job !== "close") return port.postMessage(answer(job));
  sql.close();
  endThread(port);
});
