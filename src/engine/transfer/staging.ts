import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { atOnce } from "../../values/steps.js";
import { adoptRows, READY, replacedRows } from "../entities/adopted-rows.js";
import type { EncodedBatch } from "../entities/batch.js";
import { EntityStore } from "../entities/entity-store.js";
import { openPurges, type Purges } from "../entities/purges.js";
import { RowChanges } from "../entities/row-changes.js";
import type { Collection } from "../model/collection.js";
import { attach, connectBeside } from "../storage/connect.js";
import type { Connection } from "../storage/driver.js";
import { bringToFormat } from "../storage/format.js";
import type { ReadyFile, ReadyRows } from "../write/take-over.js";

const OURS = /-import-[0-9a-f]{12}$/;

/**
 * Rows on their way into a collection, in a file of their own: nobody sees them before all of them are there. The file is of no
 * use to anybody after a crash, and costs no wait for the disk.
 */
export class Staging {
  readonly #path: string;
  readonly #folder: string | undefined;
  readonly #sql: Connection;
  readonly #collection: Collection;
  readonly #entities: EntityStore;
  readonly #purges: Purges;
  readonly #now: () => number;
  readonly #partitions = new Set<number>();
  #lastRowId = 0;

  /**
   * @param sql the connection that will have the rows
   * @param database beside which the file lies; undefined for one in memory
   */
  constructor(sql: Connection, database: string | undefined, collection: Collection, now: () => number) {
    this.#folder = database === undefined ? mkdtempSync(join(tmpdir(), "elanus-")) : undefined;
    const beside = database ?? join(this.#folder ?? "", "memory.db");
    this.#path = `${beside}-import-${randomBytes(6).toString("hex")}`;
    this.#collection = collection;
    this.#now = now;
    try {
      // Whoever may not read the database may not read what will be in it.
      writeFileSync(this.#path, "", { mode: database === undefined ? 0o600 : statSync(database).mode });
      this.#sql = connectBeside(sql, this.#path);
      this.#sql.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
      bringToFormat(this.#sql);
      this.#purges = openPurges(this.#sql, () => collection);
      this.#entities = new EntityStore(this.#sql, now);
      this.#entities.createTables(collection);
      this.#sql.exec("BEGIN");
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Rows of the batch stay in their order; of rows with the same key the last one stays. */
  write(batch: EncodedBatch, partitionOf: (position: number) => number): void {
    const changes = new RowChanges(this.#entities.table(this.#collection));
    atOnce(changes.write(batch, this.#lastRowId + 1, this.#now(), partitionOf));
    for (const partitionId of changes.added.keys()) this.#partitions.add(partitionId);
    if (changes.leavesVectors) while (this.#purges.purge(batch.count) > 0);
    this.#lastRowId += batch.count;
  }

  /** Ends the writing. */
  finish(): ReadyFile {
    this.#sql.exec("COMMIT");
    this.#sql.close();
    return { path: this.#path, rowIds: this.#lastRowId, partitions: [...this.#partitions] };
  }

  /** Lets a connection to the database have the rows. @param take must take them before it returns */
  handOver(sql: Connection, ready: ReadyFile, take: (ready: ReadyRows) => void): void {
    attach(sql, this.#path, READY);
    try {
      take({
        ...ready,
        replaced: () => replacedRows(sql, this.#entities.table(this.#collection)),
        copy: (firstRowId) => adoptRows(sql, this.#collection, firstRowId),
      });
    } finally {
      sql.exec(`DETACH ${READY}`);
    }
  }

  /** Takes the file away. */
  remove(): void {
    if (this.#sql?.open) this.#sql.close();
    rmSync(this.#folder ?? this.#path, { recursive: true, force: true });
  }
}

/** Takes away what a process that has died has left beside a database. Never fails. */
export function removeStaged(database: string): void {
  const folder = dirname(database);
  const name = basename(database);
  try {
    for (const file of readdirSync(folder)) {
      if (file.startsWith(name) && OURS.test(file.slice(name.length)) && file.length === name.length + 20) {
        rmSync(join(folder, file), { force: true });
      }
    }
  } catch {
    // Tried again at the next opening.
  }
}
