import { failure } from "../../errors.js";
import { failpoint } from "../failpoints.js";
import { contentsOf } from "./contents.js";
import type { Connection } from "./driver.js";
import { migrations } from "./migrations.js";
import { storageFailure } from "./sqlite-errors.js";
import { readPragma } from "./statements.js";

/** `ELNS`: marks the SQLite files of this package. */
export const APPLICATION_ID = 0x454c4e53;

/** The format that this version writes (`PRAGMA user_version`). */
export const FORMAT_VERSION = migrations.length;

export type FileFormat = "empty" | "older" | "current";

/** What the first page of a file says. */
export interface FileSigns {
  readonly isDatabase: boolean;
  readonly applicationId: number;
  readonly version: number;
  /** There is no table yet. */
  readonly isEmpty: boolean;
}

/** @throws FileDamaged for what is no database, Unavailable for a file of a newer format or of another application */
export function formatOf({ isDatabase, applicationId, version, isEmpty }: FileSigns): FileFormat {
  if (!isDatabase) {
    throw failure("FileDamaged", { reason: "the file is not a database, or is encrypted and needs its key" });
  }
  if (applicationId === 0 && version === 0 && isEmpty) return "empty";
  if (applicationId !== APPLICATION_ID) {
    throw failure("Unavailable", { reason: "the file is an SQLite database of another application" });
  }
  if (version > FORMAT_VERSION) {
    throw failure("Unavailable", {
      reason: `the database file has format ${version}, this version of elanus reads formats up to ${FORMAT_VERSION}; open it with a newer version`,
    });
  }
  return version === FORMAT_VERSION ? "current" : "older";
}

/**
 * The same through a connection; nothing is written. Call it before any pragma that writes (`journal_mode`).
 *
 * @throws Unavailable as `formatOf`, and for a file that is locked or cannot be read
 */
export function inspectFormat(db: Connection): FileFormat {
  try {
    return formatOf({
      isDatabase: true,
      applicationId: readPragma(db, "application_id"),
      version: readPragma(db, "user_version"),
      isEmpty: db.prepare("SELECT 1 FROM sqlite_master").get() === undefined,
    });
  } catch (error) {
    throw storageFailure(error);
  }
}

/**
 * Brings a file to the current format in one transaction; does nothing to a current one.
 *
 * @throws Unavailable as `inspectFormat`, and for a file that would have to be changed but is open read-only
 */
export function migrate(db: Connection): void {
  const format = inspectFormat(db);
  if (format === "current") return;
  if (db.readonly) {
    const reason =
      format === "empty"
        ? "the file is empty and the database is opened read-only"
        : "the file has an older format and the database is opened read-only; open it once for writing";
    throw failure("Unavailable", { reason });
  }
  try {
    db.exec("BEGIN IMMEDIATE");
    upgrade(db);
    db.exec("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw storageFailure(error);
  }
}

function upgrade(db: Connection): void {
  // Another process may have been first: look again under the write lock.
  if (inspectFormat(db) === "current") return;
  bringToFormat(db);
}

/** Brings a file that nobody else has to the current format; its errors are as they come. */
export function bringToFormat(db: Connection): void {
  const version = readPragma(db, "user_version");
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  if (version === 0) fill(db);
  else for (const sql of migrations.slice(version)) db.exec(sql);
  failpoint("mid-migration");
  db.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
}

/** What an empty database becomes, as SQL: read off the first one that the migrations have filled in this process. */
let filled: string | undefined;

function fill(db: Connection): void {
  if (filled === undefined) {
    for (const sql of migrations) db.exec(sql);
    filled = contentsOf(db);
  } else {
    db.exec(filled);
    db.exec("UPDATE databases SET created_at = unixepoch() * 1000");
  }
}

/** The tables of the catalogue. */
const TABLES = migrations.flatMap((sql) =>
  [...sql.matchAll(/^ *CREATE TABLE (\w+)/gm)].map(([, name]) => name as string),
);

/** Looks for the tables of the current format: statements are prepared late, and would tell in the middle of something else. */
export function requireTables(db: Connection): void {
  const there = new Set(db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all());
  const missing = TABLES.find((name) => !there.has(name));
  if (missing !== undefined) throw new Error(`no such table: ${missing}`);
}
