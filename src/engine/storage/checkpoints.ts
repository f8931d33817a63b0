import type { Worker } from "node:worker_threads";
import { closeWorker, startWorker } from "../../runtime/worker.js";
import { keyOf } from "./connect.js";
import type { Durability } from "./database.js";
import type { Connection, Statement } from "./driver.js";
import { fileIdentity } from "./writer-record.js";

/** Pages of the log that are worth moving into the file. */
const WORTH = 1000;
/** With more of them writers wait until they are moved, so that the log does not grow without end. */
const MOST = 4000;
/** With so many SQLite moves them itself, in the commit that comes to it: where nobody waits, or nothing is moved. */
const EVER = 4 * MOST;
/** The log is measured after a commit that took so many milliseconds, and after so many others. */
const LONG_MS = 2;
const COMMITS = 16;

const NOTHING = { log: 0, checkpointed: 0 };

/**
 * Moves the log into the file behind the writer, on a thread of its own: moving it takes as long as the disk wants, and SQLite would
 * do it in whatever commit comes to it. Where there is no thread, it does.
 */
export class Checkpoints {
  readonly #sql: Connection;
  readonly #path: string;
  readonly #durability: Durability;
  /** Another file may lie there by the time the thread is needed. */
  readonly #identity: string | undefined;
  readonly #measure: Statement<[], { readonly log: number; readonly checkpointed: number }>;
  #worker: Promise<Worker | undefined> | undefined;
  #moving: Promise<boolean> | undefined;
  #answered: (moved: boolean) => void = () => {};
  #commits = 0;
  #waits = false;
  #closed = false;

  /** @param sql writes the file */
  constructor(sql: Connection, path: string, durability: Durability) {
    this.#sql = sql;
    this.#path = path;
    this.#durability = durability;
    this.#identity = fileIdentity(path);
    this.#measure = sql.prepare("PRAGMA wal_checkpoint(NOOP)");
    // Another process may hold the file for itself alone: then nobody else can open it, and SQLite goes on as it does.
    if (sql.prepare("PRAGMA locking_mode").pluck().get() === "exclusive") this.#closed = true;
    else this.#leaveToSqlite(EVER);
  }

  /** Call after each commit. @param took milliseconds */
  committed(took: number): void {
    if (this.#closed || (took < LONG_MS && ++this.#commits < COMMITS)) return;
    this.#commits = 0;
    const { log, checkpointed } = this.#lengths();
    this.#waits = log >= MOST && checkpointed < log;
    if (log - checkpointed >= WORTH) void this.move();
  }

  /** Undefined while the log is small; else resolves when it has been moved as far as possible. Never rejects. */
  pressure(): Promise<void> | undefined {
    if (!this.#waits || this.#closed) return undefined;
    this.#waits = false;
    return this.#moveAll();
  }

  /** Moves what is in the log now. Never rejects. @returns whether it could be moved */
  move(): Promise<boolean> {
    this.#moving ??= this.#move().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  /** Moves what there is, so that the end of the log is short work. */
  async close(): Promise<void> {
    if (this.#worker !== undefined) await this.#moveAll();
    this.#closed = true;
    const worker = await this.#worker;
    if (worker !== undefined) await closeWorker(worker);
  }

  #lengths(): { readonly log: number; readonly checkpointed: number } {
    try {
      return this.#measure.get() ?? NOTHING;
    } catch {
      // What was committed is committed.
      return NOTHING;
    }
  }

  async #moveAll(): Promise<void> {
    // One that has begun before leaves what was written since.
    await this.#moving;
    if (!this.#closed) await this.move();
  }

  async #move(): Promise<boolean> {
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    if (worker === undefined) return false;
    worker.ref();
    const moved = await new Promise<boolean>((resolve) => {
      this.#answered = resolve;
      worker.postMessage("move");
    });
    worker.unref();
    return moved;
  }

  async #start(): Promise<Worker | undefined> {
    const { checkpointWorkerCode } = await import("./checkpoint-worker-code.js");
    if (fileIdentity(this.#path) !== this.#identity) return this.#lose();
    try {
      const synchronous = this.#durability === "off" ? "OFF" : "NORMAL";
      const data = { path: this.#path, key: keyOf(this.#sql), synchronous };
      const worker = startWorker("elanus-checkpoint", checkpointWorkerCode, data);
      worker.on("message", (moved: boolean) => this.#answered(moved));
      worker.on("error", () => this.#lose());
      worker.on("exit", () => this.#lose());
      worker.unref();
      return worker;
    } catch {
      return this.#lose();
    }
  }

  /** There is no thread, or none any more. */
  #lose(): undefined {
    this.#worker = Promise.resolve(undefined);
    this.#answered(false);
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sql.open) this.#leaveToSqlite(WORTH);
  }

  #leaveToSqlite(pages: number): void {
    this.#sql.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
  }
}
