import type { Worker } from "node:worker_threads";
import { closeWorker, startWorker } from "../../runtime/worker.js";
import { keyOf } from "./connect.js";
import type { Connection } from "./driver.js";
import type { ReaderData, ReadJob, ReadReply } from "./read-job.js";
import { fileIdentity } from "./writer-record.js";

type Rows = NonNullable<ReadReply["rows"]>;

/**
 * A second connection to the file that is open here for writing, on a thread of its own: it reads what takes long, in the state that
 * was committed last. The thread is started when it is first needed.
 */
export class ReadingThread {
  readonly #path: string;
  readonly #key: Uint8Array | undefined;
  /** Another file may lie there by the time a second connection is needed. */
  readonly #identity: string | undefined;
  readonly #waiting = new Map<number, (rows: Rows | undefined) => void>();
  #worker: Promise<Worker | undefined> | undefined;
  #lastId = 0;
  #closed = false;

  /**
   * @param sql has the file open
   * @param path of the file
   */
  constructor(sql: Connection, path: string) {
    this.#path = path;
    this.#key = keyOf(sql);
    this.#identity = fileIdentity(path);
  }

  /**
   * The rows of a statement, as arrays, with integers as bigint.
   *
   * @returns undefined where it could not be read there: there is no thread, the statement has failed, or a parameter means
   * something in this thread alone
   */
  async rows(text: string, params: readonly unknown[], endsAt: number | undefined): Promise<Rows | undefined> {
    if (this.#closed || params.some((param) => param instanceof Uint8Array)) return undefined;
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    if (worker === undefined || this.#closed) return undefined;
    const id = ++this.#lastId;
    // A process that waits for nothing else must not end before the answer comes.
    worker.ref();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage({ id, text, params, endsAt } satisfies ReadJob);
    });
  }

  /** Closes the connection; what is being read comes to its end. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker;
    if (worker !== undefined) await closeWorker(worker);
  }

  async #start(): Promise<Worker | undefined> {
    const { readWorkerCode } = await import("./read-worker-code.js");
    if (fileIdentity(this.#path) !== this.#identity) return undefined;
    let worker: Worker;
    try {
      worker = startWorker("elanus-read", readWorkerCode, { path: this.#path, key: this.#key } satisfies ReaderData);
    } catch {
      return undefined;
    }
    worker.on("message", ({ id, rows }: ReadReply) => this.#settle(worker, id, rows));
    worker.on("error", () => this.#lose(worker));
    worker.on("exit", () => this.#lose(worker));
    worker.unref();
    return worker;
  }

  #settle(worker: Worker, id: number, rows: Rows | undefined): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) worker.unref();
    resolve?.(rows);
  }

  /** The thread has ended: nobody is asked any more. */
  #lose(worker: Worker): void {
    this.#worker = Promise.resolve(undefined);
    for (const id of [...this.#waiting.keys()]) this.#settle(worker, id, undefined);
  }
}
