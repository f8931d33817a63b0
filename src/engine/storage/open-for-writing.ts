import { existsSync, statSync } from "node:fs";
import { failure } from "../../errors.js";
import type { RunningDeadline } from "../../values/deadline.js";
import { failpoint } from "../failpoints.js";
import { connect } from "./connect.js";
import { watchCommits } from "./data-version.js";
import { configure, type Durability, type OpenDatabase } from "./database.js";
import { writeRefusal } from "./database-path.js";
import type { Connection } from "./driver.js";
import { inspectFile } from "./file-header.js";
import { lockFile } from "./file-lock.js";
import { migrate } from "./format.js";
import { Reserve } from "./reserve.js";
import { isBusy, isShortOfSpace } from "./sqlite-errors.js";
import { WriteAheadLog } from "./write-ahead-log.js";
import { claimWriter, fileIdentity, isWrittenHere, refuseSecondWriter, type WriterRecord } from "./writer-record.js";

/**
 * Opens a file as its one writer, made when missing.
 * @param file as `databasePath` gives it
 * @param key what it is encrypted with, or is to be
 */
export function openForWriting(file: string, durability: Durability, key?: Uint8Array): OpenDatabase {
  const lock = lockFile(file);
  const reserve = new Reserve(file);
  let sql: Connection | undefined;
  let record: WriterRecord | undefined;
  try {
    failpoint("after-lock");
    if (existsSync(file)) {
      refuseOtherName(file, key);
      inspect(file, key);
    }
    reserve.regain();
    sql = connectWriter(file, key);
    // The same file may have another name here, with another lock beside it.
    refuseSecondWriter(sql, file);
    const log = new WriteAheadLog(sql, file, durability);
    log.enter();
    const deadline = configure(sql);
    migrate(sql);
    record = claimWriter(sql, file, (work) => log.withoutSync(work));
    reserve.take();
    return new WrittenFile(sql, deadline, file, log, record, reserve, lock.release);
  } catch (error) {
    record?.remove();
    if (sql?.open === true) sql.close();
    reserve.restore();
    lock.release();
    throw writeRefusal(file, error);
  }
}

class WrittenFile implements OpenDatabase {
  readonly sql: Connection;
  readonly deadline: RunningDeadline;
  readonly path: string;
  readonly isShared = false;
  readonly reserve: Reserve;
  readonly #log: WriteAheadLog;
  readonly #record: WriterRecord;
  readonly #identity: string | undefined;
  readonly #changed: () => boolean;
  readonly #unlock: () => void;
  /** Who has written in the place of this one. */
  #successor: string | undefined;
  /** A transaction was begun. */
  #written = false;
  #closed = false;

  constructor(
    sql: Connection,
    deadline: RunningDeadline,
    path: string,
    log: WriteAheadLog,
    record: WriterRecord,
    reserve: Reserve,
    unlock: () => void,
  ) {
    this.sql = sql;
    this.reserve = reserve;
    this.deadline = deadline;
    this.path = path;
    this.#log = log;
    this.#record = record;
    this.#identity = fileIdentity(path);
    this.#changed = watchCommits(sql);
    this.#unlock = unlock;
  }

  readonly requireFile = (): void => {
    if (fileIdentity(this.path) !== this.#identity) throw this.#refusal("was removed or replaced while it was open");
    if (this.#log.isGone()) throw this.#refusal("has lost its log while it was open");
    this.#written = true;
    if (this.#log.entered) return;
    this.requireSole();
    this.#log.enter();
    // The change of mode is one of our own.
    this.#changed();
  };

  readonly requireSole = (): void => {
    if (this.#successor === undefined && this.#changed()) {
      this.#successor = this.#record.successor() ?? "another process";
    }
    if (this.#successor !== undefined) {
      throw this.#refusal(`was written by ${this.#successor} while it was open here; close it and open it again`);
    }
  };

  readonly ownCommit = (): void => {
    this.#changed();
    this.#written = true;
    // Somebody else may have written just before.
    this.#successor ??= this.#record.successor();
  };

  lazily<T>(work: () => T): T {
    return this.#log.lazily(work);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#record.remove();
      if (this.#successor === undefined) this.#log.leave(this.#written);
      this.reserve.leave(this.sql);
    } finally {
      this.sql.close();
      failpoint("before-unlock");
      this.#unlock();
    }
  }

  #refusal(what: string): Error {
    return failure("Unavailable", { reason: `the database file ${this.path} ${what}` });
  }
}

/** @throws Unavailable for a file that is not ours, or that somebody writes */
function inspect(file: string, key: Uint8Array | undefined): void {
  try {
    inspectFile(file, key, (probe) => refuseSecondWriter(probe, file));
  } catch (error) {
    // Without space for the index of the log a reader cannot read it, and no writer can be there.
    if (!isShortOfSpace((error as Error).cause)) throw error;
  }
}

/**
 * A file of several names may be open under another one, whose log is not seen from here.
 * @throws Unavailable when it is
 */
function refuseOtherName(file: string, key: Uint8Array | undefined): void {
  if ((statSync(file, { throwIfNoEntry: false })?.nlink ?? 1) < 2) return;
  const refusal = (cause?: unknown): Error =>
    failure(
      "Unavailable",
      { reason: `the database file ${file} is in use under another of its names`, inUse: true },
      cause,
    );
  // Not even looked at: a file that is closed takes the locks of the process with it.
  if (isWrittenHere(file)) throw refusal();
  if (existsSync(`${file}-wal`)) return;
  const probe = connect(file, { timeout: 0, key });
  try {
    // Whoever has a log holds a lock on the file itself as long as it is open.
    probe.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK");
  } catch (error) {
    if (isBusy(error)) throw refusal(error);
  } finally {
    probe.close();
  }
}

/** A connection that has read the file once. */
function connectWriter(file: string, key: Uint8Array | undefined): Connection {
  const sql = connect(file, { timeout: 5000, key });
  try {
    sql.exec("PRAGMA page_size = 8192");
    sql.prepare("SELECT 1 FROM sqlite_master").get();
    return sql;
  } catch (error) {
    sql.close();
    if (!isShortOfSpace(error)) throw error;
    // The index of the log, which other processes read it by, has no space: it is kept in this process alone.
    const alone = connect(file, { timeout: 5000, key });
    try {
      alone.exec("PRAGMA locking_mode = EXCLUSIVE");
      alone.prepare("SELECT 1 FROM sqlite_master").get();
      return alone;
    } catch (cause) {
      alone.close();
      throw cause;
    }
  }
}
