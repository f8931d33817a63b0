import { statSync } from "node:fs";
import type { Durability } from "./database.js";
import type { Connection } from "./driver.js";
import { HeldFile } from "./held-file.js";
import { isBusy, isShortOfSpace } from "./sqlite-errors.js";

/**
 * The log beside the file of a writer (SQLite's WAL mode): readers see the last commit while the next one is written. It is
 * entered at opening and left at closing, so that a closed file needs nothing beside it.
 */
export class WriteAheadLog {
  readonly #sql: Connection;
  readonly #file: string;
  readonly #path: string;
  readonly #durability: Durability;
  #entered = false;
  #held: HeldFile | undefined;

  constructor(sql: Connection, file: string, durability: Durability) {
    this.#sql = sql;
    this.#file = file;
    this.#path = `${file}-wal`;
    this.#durability = durability;
  }

  get entered(): boolean {
    return this.#entered;
  }

  /**
   * Enters the mode unless it has been. Where that is not possible now (a full disk, a reader in the middle of a call) the
   * file is written without a log until it is.
   */
  enter(): void {
    if (this.#entered) return;
    const enter = (): void => {
      this.#entered = this.#switch("WAL", 100);
    };
    // Two bytes of the first page: whichever of them a power cut leaves, the rest of the page is the same. But a file must
    // have its first page for good before anything is in its log: the log of an empty file counts for nothing.
    if (statSync(this.#file).size === 0) enter();
    else this.withoutSync(enter);
    this.#setLevel();
  }

  /** Runs what may be lost in a power cut without harm, and need not be waited for. */
  withoutSync(work: () => void): void {
    this.#sql.exec("PRAGMA synchronous = OFF");
    try {
      work();
    } finally {
      this.#setLevel();
    }
  }

  /** Runs transactions that are on the disk for good when the next one that is waited for is: it brings the whole log there. */
  lazily<T>(work: () => T): T {
    if (!this.#entered || this.#durability !== "full") return work();
    this.#sql.exec("PRAGMA synchronous = NORMAL");
    try {
      return work();
    } finally {
      this.#setLevel();
    }
  }

  #setLevel(): void {
    const level = { full: "FULL", normal: this.#entered ? "NORMAL" : "FULL", off: "OFF" }[this.#durability];
    this.#sql.exec(`PRAGMA synchronous = ${level}`);
  }

  /** The file under the log's name is not the one that is written to: what is committed would be lost. */
  isGone(): boolean {
    if (!this.#entered) return false;
    this.#held ??= new HeldFile(this.#path);
    return this.#held.isGone();
  }

  /**
   * Moves the log into the file and removes it; stays in the mode where others read the file, or the disk is full.
   * @param written something that must not be lost lies in the log
   */
  leave(written: boolean): void {
    try {
      if (written) this.#sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      this.withoutSync(() => {
        if (!written) this.#sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        this.#switch("DELETE", 0);
      });
    } catch {
      // What was committed stays in the log and is read from there at the next opening.
    }
  }

  #switch(mode: "WAL" | "DELETE", patience: number): boolean {
    try {
      this.#sql.exec(`PRAGMA busy_timeout = ${patience}`);
      return this.#sql.prepare(`PRAGMA journal_mode = ${mode}`).pluck().get() === mode.toLowerCase();
    } catch (error) {
      if (isBusy(error) || isShortOfSpace(error)) return false;
      throw error;
    } finally {
      this.#sql.exec("PRAGMA busy_timeout = 5000");
    }
  }
}
