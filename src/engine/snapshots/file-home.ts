import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { failure } from "../../errors.js";
import { entityTable } from "../entities/columns.js";
import { tablesToCopy } from "../entities/copied-tables.js";
import { failpoint } from "../failpoints.js";
import { attach, connectBeside } from "../storage/connect.js";
import type { Connection } from "../storage/driver.js";
import { inspectFormat, migrate } from "../storage/format.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import { attachedCopier, copyRows } from "./copy-rows.js";
import { checksumOf } from "./file-checksum.js";
import { requireWhole, unusable } from "./kept-file.js";
import { GrowingFile, keepFolder } from "./kept-on-disk.js";
import type { OpenCopy, Original, SnapshotHome } from "./snapshot-home.js";
import type { CollectionSnapshot, CopyFacts } from "./snapshot-table.js";
import { largestAutoId, prepareStore, readStore } from "./store-of-one.js";

const OURS = /^\d+-[0-9a-f]{12}\.db(\.part)?$/;

/**
 * Copies in files, in a folder beside the database. Each is a database file of this format. It is made over a connection of
 * its own, which sees one state of the database from its first to its last row while others go on writing.
 */
export class FileHome implements SnapshotHome {
  readonly #sql: Connection;
  readonly #database: string;
  readonly #folder: string;

  /** @param sql the database's own connection */
  constructor(sql: Connection, databasePath: string) {
    this.#sql = sql;
    this.#database = databasePath;
    this.#folder = `${databasePath}-snapshots`;
  }

  newFile(id: number): string {
    // A database that was set back to an older state counts its ids anew: it must not meet files of the time after.
    return `${id}-${randomBytes(6).toString("hex")}.db`;
  }

  location({ file }: CollectionSnapshot): string {
    return join(this.#folder, file);
  }

  async make(snapshot: CollectionSnapshot, original: Original, check: () => void): Promise<CopyFacts> {
    const path = this.location(snapshot);
    try {
      const rows = await this.#copy(partOf(path), original, check);
      const checksum = await checksumOf(partOf(path));
      check();
      failpoint("before-copy-rename");
      renameSync(partOf(path), path);
      await keepFolder(this.#folder);
      return { checksum, rows, sizeBytes: statSync(path).size };
    } catch (error) {
      this.remove(snapshot);
      throw storageFailure(wrapSqliteError(error));
    }
  }

  open(snapshot: CollectionSnapshot): Promise<OpenCopy> {
    return this.openFile(this.location(snapshot), snapshot);
  }

  async openFile(path: string, facts: CopyFacts): Promise<OpenCopy> {
    try {
      await requireWhole(path, facts);
      return this.#reach(path);
    } catch (error) {
      throw unusable(path, error);
    }
  }

  async exportTo(snapshot: CollectionSnapshot, path: string): Promise<void> {
    try {
      await copyFile(this.location(snapshot), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } catch (error) {
      throw storageFailure(error);
    }
  }

  async problem(snapshot: CollectionSnapshot): Promise<string | undefined> {
    const path = this.location(snapshot);
    if (!existsSync(path)) return "is missing";
    if (statSync(path).size !== snapshot.sizeBytes) return "has another size";
    return (await checksumOf(path)) === snapshot.checksum ? undefined : "checksum differs";
  }

  strays(known: readonly CollectionSnapshot[]): readonly string[] {
    const places = known.map((snapshot) => this.location(snapshot));
    const files = new Set([...places, ...places.map(partOf)]);
    const found = existsSync(this.#folder) ? readdirSync(this.#folder) : [];
    return found
      .filter((name) => OURS.test(name))
      .map((name) => join(this.#folder, name))
      .filter((path) => !files.has(path));
  }

  remove(snapshot: CollectionSnapshot): boolean {
    const path = this.location(snapshot);
    try {
      for (const file of [path, partOf(path)]) rmSync(file, { force: true });
      return true;
    } catch {
      // Open somewhere, on a system that does not let it go then.
      return false;
    }
  }

  bytes(snapshot: CollectionSnapshot): Uint8Array {
    return readFileSync(this.location(snapshot));
  }

  close(): void {}

  async #copy(path: string, original: Original, check: () => void): Promise<number> {
    if (this.#sql.prepare("PRAGMA journal_mode").pluck().get() !== "wal") {
      throw failure("Unavailable", {
        reason: "the database has no room for its log, without which it cannot be copied",
      });
    }
    mkdirSync(this.#folder, { recursive: true });
    rmSync(path, { force: true });
    // Whoever may not read the database may not read its copies.
    const { mode } = statSync(this.#database);
    closeSync(openSync(path, "w", mode));
    chmodSync(path, mode);
    const sql = connectBeside(this.#sql, path);
    const file = new GrowingFile(path);
    try {
      // A file that is not whole is thrown away.
      sql.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
      prepareStore(sql, original);
      attach(sql, this.#database, "source");
      sql.exec("BEGIN");
      // The first read takes hold of the state.
      sql.prepare("SELECT 1 FROM source.sqlite_master").get();
      const rows = await copyRows({
        tables: tablesToCopy(original.collection, original.collection.id),
        lastRowId: original.numbers.nextRowId - 1,
        copier: attachedCopier(sql, "source"),
        slice: (work) => work(),
        turn: file.turn,
        done() {
          failpoint("mid-collection-copy");
          check();
        },
      });
      sql.exec("COMMIT");
      await file.flush();
      return rows;
    } finally {
      sql.close();
      file.close();
    }
  }

  #reach(path: string): OpenCopy {
    const copy = current(this.#sql, path);
    const reader = connectBeside(this.#sql, copy, { readonly: true });
    let original: Original;
    try {
      original = readStore(reader);
    } finally {
      reader.close();
    }
    const sql = this.#sql;
    // One that an earlier call could not let go of.
    if (sql.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'copy'").get() !== undefined) {
      sql.exec("DETACH copy");
    }
    attach(sql, copy, "copy");
    const { collection } = original;
    return {
      ...original,
      copier: (partitions) => attachedCopier(sql, "copy", partitions),
      largestAutoId: () => largestAutoId(sql, collection, `copy.${entityTable(collection.id)}`),
      close() {
        sql.exec("DETACH copy");
        if (copy !== path) rmSync(copy, { force: true });
      },
    };
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}

/** The file itself, or one of the current format that is made from it: what was kept is never changed. */
function current(main: Connection, path: string): string {
  const reader = connectBeside(main, path, { readonly: true });
  try {
    if (inspectFormat(reader) === "current") return path;
  } finally {
    reader.close();
  }
  copyFileSync(path, partOf(path));
  const sql = connectBeside(main, partOf(path));
  try {
    migrate(sql);
    return partOf(path);
  } finally {
    sql.close();
  }
}
