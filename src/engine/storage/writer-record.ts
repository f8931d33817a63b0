import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { failure } from "../../errors.js";
import { nowText } from "../../values/clock.js";
import type { Connection } from "./driver.js";
import { isAlive, isSameProcess, type ProcessIdentity, thisProcess } from "./process-identity.js";
import { isBusy, isShortOfSpace } from "./sqlite-errors.js";
import { prepare } from "./statements.js";

/**
 * Who writes to a file, noted in the file itself: a second writer is refused even when the lock file was removed, and one
 * that came in all the same is noticed.
 */
interface Writer extends ProcessIdentity {
  /** One per opening. */
  readonly token: string;
  readonly since: string;
  /** Device and number of the database file: a copy of it has no writer. */
  readonly file: string;
}

/** Tokens of the files that this thread has open for writing, and their identities; shared by all copies of this package in it. */
const TOKENS = Symbol.for("elanus.writers");

function openTokens(): Map<string, string> {
  const home = globalThis as { [TOKENS]?: Map<string, string> };
  home[TOKENS] ??= new Map();
  return home[TOKENS];
}

/** Whether this thread has a file open for writing, under whatever name. */
export function isWrittenHere(path: string): boolean {
  const identity = fileIdentity(path);
  return identity !== undefined && [...openTokens().values()].includes(identity);
}

/** Device and number of a file; undefined when there is none. */
export function fileIdentity(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev} ${stat.ino}`;
}

/** @throws Unavailable when a process that still lives has this file open for writing */
export function refuseSecondWriter(sql: Connection, path: string): void {
  const writer = readWriter(sql);
  if (writer === undefined || writer.file !== fileIdentity(path)) return;
  const self = isSameProcess(writer, thisProcess());
  if (self ? !openTokens().has(writer.token) : !isAlive(writer, writer.since)) return;
  throw failure("Unavailable", {
    reason: `the database file ${path} is in use by ${nameOf(writer)}; close it there or open with { readonly: true }`,
    inUse: true,
  });
}

export interface WriterRecord {
  /** The one who has written since in the place of this one, in words. */
  successor(): string | undefined;
  /** Takes the name out of the file. Never fails: it is of no use to others once the process is gone. */
  remove(): void;
}

/**
 * Writes this opening into the file. Where there is no space for it the lock alone must do.
 * @param withoutSync runs what need not survive a power cut: the process does not either
 */
export function claimWriter(sql: Connection, path: string, withoutSync: (work: () => void) => void): WriterRecord {
  const token = randomUUID();
  const { pid, host, started } = thisProcess();
  const claim = prepare<unknown[]>(sql, "INSERT OR REPLACE INTO writer VALUES (1, ?, ?, ?, ?, ?, ?)");
  const identity = fileIdentity(path) ?? "";
  openTokens().set(token, identity);
  try {
    withoutSync(() => claim.run(token, pid, host, started, nowText(), identity));
    // Into the file itself: the log lies beside one of its names only.
    if (statSync(path).nlink > 1) sql.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    if (!isShortOfSpace(error) && !isBusy(error)) {
      openTokens().delete(token);
      throw error;
    }
  }
  return {
    successor() {
      const writer = readWriter(sql);
      return writer === undefined || writer.token === token ? undefined : nameOf(writer);
    },
    remove() {
      openTokens().delete(token);
      try {
        withoutSync(() => prepare<[string]>(sql, "DELETE FROM writer WHERE token = ?").run(token));
      } catch {
        // A full disk.
      }
    },
  };
}

/** Undefined when nobody has the file open, or its format has no such table. */
function readWriter(sql: Connection): Writer | undefined {
  try {
    return prepare<[], Writer>(sql, "SELECT token, pid, host, started, since, file FROM writer").get();
  } catch {
    return undefined;
  }
}

function nameOf(writer: Writer): string {
  const self = isSameProcess(writer, thisProcess()) ? " (this one)" : "";
  return `process ${writer.pid}${self} on ${writer.host} since ${writer.since}`;
}
