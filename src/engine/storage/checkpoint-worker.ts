import { parentPort, workerData } from "node:worker_threads";
import { endThread } from "../../runtime/end-thread.js";
import { connect } from "./connect.js";

/** Moves the log of a file that the thread beside it writes into the file, each time it is asked to. */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");

const { path, key, synchronous } = workerData as {
  readonly path: string;
  readonly key: Uint8Array | undefined;
  readonly synchronous: string;
};
const sql = connect(path, { timeout: 0, key });
sql.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = 0`);

port.on("message", (asked: "move" | "close") => {
  if (asked === "close") {
    sql.close();
    endThread(port);
    return;
  }
  try {
    sql.exec("PRAGMA wal_checkpoint(PASSIVE)");
    port.postMessage(true);
  } catch {
    // A full disk, or a lock of another process: tried again after a later commit.
    port.postMessage(false);
  }
});
