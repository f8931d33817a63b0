import type { Worker } from "node:worker_threads";
import { startWorker } from "../../runtime/worker.js";
import { elapsed } from "../../values/clock.js";
import { keyOf } from "./connect.js";
import { SYNCHRONOUS } from "./database.js";
import type { LongWrite, OwnWriterOptions } from "./long-writes.js";
import { type WriteJob, WriteState } from "./write-job.js";

/** A thread that says nothing for so long has gone. */
const LOST_MS = 60_000;

interface Running extends LongWrite {
  readonly began: number;
  readonly state: Int32Array;
  /** Called in the moment of the commit. */
  readonly committed: () => void;
  /** Tells that it has ended, and how; or what was thrown when memory was to follow. */
  readonly end: (committed: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Long transactions on another thread, over a connection of its own: the engine's goes on reading, what it reads changes in one moment
 * between two calls, and memory follows in the same.
 */
export class WriteElsewhere {
  readonly #options: OwnWriterOptions;

  constructor(options: OwnWriterOptions) {
    this.#options = options;
  }

  /**
   * Writes on another thread.
   *
   * @param make called when nothing else is written any more
   * @param committed called in the moment of the commit, without an await between
   * @returns false where it could not be done there: nothing is written
   */
  async run(make: () => Omit<WriteJob, "state">, committed: () => void): Promise<boolean> {
    const { writeWorkerCode } = await import("./write-worker-code.js");
    const { path, durability, file, turns } = this.#options;
    for (let { busy } = turns; busy !== undefined; { busy } = turns) await busy;
    file.requireFile();
    file.requireSole();
    const state = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const job: WriteJob = { ...make(), state };
    let worker: Worker;
    try {
      const synchronous = SYNCHRONOUS[durability];
      const data = { path, key: keyOf(file.sql), synchronous, job };
      worker = startWorker("elanus-write", writeWorkerCode, data);
    } catch {
      return false;
    }
    return new Promise((resolve, reject) => {
      const running: Running = {
        began: elapsed(),
        state: new Int32Array(state),
        committed,
        end: resolve,
        fail: reject,
        ended: exited(worker),
        settle: () => this.#settle(running),
      };
      turns.begin(running);
      const look = running.settle;
      worker.on("message", look);
      worker.on("error", () => {
        Atomics.compareExchange(running.state, 0, WriteState.running, WriteState.failed);
        look();
      });
    });
  }

  #settle(running: Running): void {
    const { file, turns, hooks } = this.#options;
    if (!turns.has(running)) return;
    const { began, state, committed, end, fail } = running;
    const asked = waitFor(state, WriteState.running) === WriteState.ready;
    if (asked) {
      Atomics.store(state, 0, WriteState.commit);
      Atomics.notify(state, 0);
    }
    const reached = waitFor(state, WriteState.commit);
    // What follows may write itself.
    turns.end(running);
    if (reached !== WriteState.committed) {
      if (asked) hooks.doubtful();
      end(false);
      return;
    }
    try {
      file.ownCommit();
      committed();
      hooks.committed(elapsed() - began);
      end(true);
    } catch (error) {
      fail(error);
    }
  }
}

/** Waits while the other thread is at a point. @returns where it has come to: one that says nothing for long has failed */
function waitFor(state: Int32Array, point: number): number {
  if (Atomics.wait(state, 0, point, LOST_MS) === "timed-out") {
    // Should it come to life again, it commits nothing that nobody follows.
    Atomics.compareExchange(state, 0, WriteState.running, WriteState.failed);
  }
  return Atomics.load(state, 0);
}

function exited(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once("exit", () => resolve()));
}
