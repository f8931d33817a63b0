import { open } from "node:fs/promises";
import type { Steps } from "../../values/steps.js";
import { connectBeside } from "./connect.js";
import { configure, SYNCHRONOUS } from "./database.js";
import type { Connection } from "./driver.js";
import type { OwnWriterOptions } from "./long-writes.js";
import { SlicedWrite, type SlicedWriteHooks } from "./sliced-write.js";

type SlicedWritesOptions = OwnWriterOptions<Omit<SlicedWriteHooks, "syncLog">>;

/** What the transaction has changed beyond this lies in the log before the commit, which then has little left to do. */
const CACHE_KB = 2048;

/** Writes in slices over a connection that is opened at the first of them, and stays. */
export class SlicedWrites {
  readonly #options: SlicedWritesOptions;
  readonly #hooks: SlicedWriteHooks;
  #sql: Connection | undefined;

  constructor(options: SlicedWritesOptions) {
    this.#options = options;
    this.#hooks = { ...options.hooks, syncLog: () => this.#syncLog() };
  }

  /**
   * @param make called when nothing else is written any more; what it throws is thrown
   * @param follow called in the moment of the commit, without an await between
   * @returns undefined where it could not be done: nothing is written, and whoever does it in one stretch learns why
   */
  async run<T>(
    make: () => (sql: Connection) => Steps<T>,
    follow: (result: T) => void,
  ): Promise<{ readonly result: T } | undefined> {
    const { turns, file } = this.#options;
    for (let { busy } = turns; busy !== undefined; { busy } = turns) await busy;
    file.requireFile();
    file.requireSole();
    const work = make();
    const sql = this.#begin();
    if (sql === undefined) return undefined;
    const write = new SlicedWrite(sql, work(sql), this.#hooks);
    turns.begin(write);
    const done = await write.run((result) => {
      turns.end(write);
      file.ownCommit();
      follow(result);
    });
    turns.end(write);
    return done;
  }

  close(): void {
    if (this.#sql?.open === true) this.#sql.close();
    this.#sql = undefined;
  }

  /** Begins a transaction; undefined where there is no connection, no log, or somebody else writes. */
  #begin(): Connection | undefined {
    try {
      if (this.#sql?.open !== true) this.#sql = this.#connect();
      this.#sql.exec("BEGIN IMMEDIATE");
      this.#options.file.requireSole();
      return this.#sql;
    } catch {
      this.close();
      return undefined;
    }
  }

  #connect(): Connection {
    const { path, durability, file } = this.#options;
    const sql = connectBeside(file.sql, path, { timeout: 0 });
    try {
      configure(sql);
      sql.exec(
        `PRAGMA synchronous = ${SYNCHRONOUS[durability]}; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -${CACHE_KB}`,
      );
      if (sql.prepare("PRAGMA journal_mode").pluck().get() !== "wal") throw new Error("there is no log");
      return sql;
    } catch (error) {
      sql.close();
      throw error;
    }
  }

  /** The disk takes most of the log before the commit, which then waits for the rest alone. */
  async #syncLog(): Promise<void> {
    const { path, durability } = this.#options;
    if (durability !== "full") return;
    const log = await open(`${path}-wal`, "r+");
    try {
      await log.sync();
    } finally {
      await log.close();
    }
  }
}
