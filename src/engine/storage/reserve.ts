import { closeSync, lstatSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** What dropping a collection of some hundred megabytes takes in the log. */
const RESERVE_BYTES = 1024 * 1024;
/** A disk with less is nearly full. */
const PLENTY = 4 * RESERVE_BYTES;

/**
 * Space on the disk, held by a file of zeros beside the database while it is open, and given up when something is to be
 * removed and the disk is full: removing takes space first. Nothing depends on the file; without it a full disk stays full.
 */
export class Reserve {
  readonly #path: string;

  constructor(databasePath: string) {
    this.#path = `${databasePath}-reserve`;
  }

  /** Takes the space where there is plenty of it. Never fails. */
  take(): void {
    if (!this.#isPlenty()) return;
    try {
      const file = openSync(this.#path, "wx", 0o600);
      try {
        writeSync(file, Buffer.alloc(RESERVE_BYTES));
      } finally {
        closeSync(file);
      }
    } catch {
      // It is there already, or the disk is full after all.
    }
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

  /** Call when the database is closed: on a disk that is nearly full the space is kept for the next opening. */
  leave(): void {
    if (this.#isPlenty()) this.free();
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
    if (stat === undefined || !stat.isFile() || stat.size > RESERVE_BYTES) return false;
    return readFileSync(this.#path).every((byte) => byte === 0);
  }
}
