import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Connection } from "./driver.js";
import { appendTail, cutTail } from "./file-tail.js";

/** What dropping a collection of some hundred megabytes takes in the log. */
const MOST_BYTES = 1024 * 1024;
/** What dropping any takes. */
const LEAST_BYTES = 256 * 1024;
/** A disk with less is nearly full. */
const PLENTY = 4 * MOST_BYTES;

/**
 * Space on the disk that is given up when something is to be removed and the disk is full: removing takes space first. While
 * the database is open a file of zeros beside it holds the space, while it is closed a tail of zeros behind its last page, so
 * that it is there when others have filled the disk meanwhile. Nothing depends on it; without it a full disk stays full.
 */
export class Reserve {
  readonly #database: string;
  readonly #path: string;
  /** What the tail held at opening. */
  #regained = 0;

  constructor(databasePath: string) {
    this.#database = databasePath;
    this.#path = `${databasePath}-reserve`;
  }

  /** Call when the file is locked, before it is opened: what its tail holds goes into the file beside it. Never fails. */
  regain(): void {
    try {
      if (existsSync(`${this.#database}-wal`)) return;
      this.#regained = cutTail(this.#database, MOST_BYTES);
      if (this.#regained > 0) this.#write(this.#regained);
    } catch {
      // There is no file yet, or it cannot be written.
    }
  }

  /** Call when the file could not be opened and is closed again: it is as it was. Never fails. */
  restore(): void {
    try {
      if (this.#regained > 0 && this.free()) appendTail(this.#database, this.#regained);
    } catch {
      // The file cannot be written any more.
    }
  }

  /** Takes the space where there is plenty of it. Never fails. */
  take(): void {
    if (this.#isPlenty()) this.#write(MOST_BYTES);
  }

  /** Gives the space up. Never fails. @returns whether there was any */
  free(): boolean {
    try {
      if (!this.#isOurs()) return false;
      rmSync(this.#path);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Call before the connection is closed: what lies beside the file goes, and its last page is followed by as much as dropping
   * something will take. Where others have the file open, the space is kept beside it while the disk is nearly full. Never fails.
   */
  leave(sql: Connection): void {
    try {
      // Nobody reads while this process closes the file; who reads now is not waited for.
      sql.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      try {
        if (existsSync(`${this.#database}-wal`)) throw new Error("others need the log");
        if (!this.free() && !this.#isPlenty()) return;
        const { size } = statSync(this.#database);
        appendTail(this.#database, Math.max(LEAST_BYTES, Math.min(MOST_BYTES, size)));
      } finally {
        sql.exec("ROLLBACK");
      }
    } catch {
      if (this.#isPlenty()) this.free();
    }
  }

  #write(bytes: number): void {
    try {
      const file = openSync(this.#path, "wx", 0o600);
      try {
        writeSync(file, Buffer.alloc(bytes));
      } finally {
        closeSync(file);
      }
    } catch {
      // It is there already, or the disk is full after all.
    }
  }

  #isPlenty(): boolean {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path));
      return bavail * bsize >= PLENTY;
    } catch {
      return false;
    }
  }

  /** A file of zeros, whole or as far as it came. */
  #isOurs(): boolean {
    const stat = lstatSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > MOST_BYTES) return false;
    return readFileSync(this.#path).every((byte) => byte === 0);
  }
}
