import { entityTable } from "../entities/columns.js";
import { type CopiedTable, tablesToCopy } from "../entities/copied-tables.js";
import { failpoint } from "../failpoints.js";
import { connect, connectCopy } from "../storage/connect.js";
import { MEMORY } from "../storage/database-path.js";
import type { Connection } from "../storage/driver.js";
import { connectionCopier, copyRows } from "./copy-rows.js";
import { requireWhole, unusable } from "./kept-file.js";
import type { OpenCopy, Original, SnapshotHome } from "./snapshot-home.js";
import type { CollectionSnapshot, CopyFacts } from "./snapshot-table.js";
import { largestAutoId, prepareStore, readStore } from "./store-of-one.js";

/**
 * Copies in memory, of a database in memory. Rows never change where they are: new ones have ids above those that are copied,
 * and those that go meanwhile are kept aside by a trigger, so a copy is of one moment though others write.
 */
export class MemoryHome implements SnapshotHome {
  readonly #sql: Connection;
  readonly #copies = new Map<number, Connection>();
  /** Copies that were there from the beginning and nobody has asked for. */
  readonly #given: Map<number, Uint8Array>;

  constructor(sql: Connection, given: ReadonlyMap<number, Uint8Array> = new Map()) {
    this.#sql = sql;
    this.#given = new Map(given);
  }

  newFile(): string {
    return "";
  }

  location(): string {
    return "";
  }

  async make(snapshot: CollectionSnapshot, original: Original, check: () => void): Promise<CopyFacts> {
    const sql = connect(MEMORY);
    const tables = tablesToCopy(original.collection, original.collection.id);
    try {
      prepareStore(sql, original);
      for (const table of tables) this.#keepAside(snapshot, table);
      const rows = await copyRows({
        tables: withAside(snapshot, tables),
        lastRowId: original.numbers.nextRowId - 1,
        copier: connectionCopier(this.#sql, sql),
        slice: (work) => work(),
        done() {
          failpoint("mid-collection-copy");
          check();
        },
      });
      this.#copies.set(snapshot.id, sql);
      return { checksum: "", rows, sizeBytes: 0 };
    } catch (error) {
      sql.close();
      throw error;
    } finally {
      for (const table of tables) this.#leaveAside(snapshot, table);
    }
  }

  async open(snapshot: CollectionSnapshot): Promise<OpenCopy> {
    return this.#reach(this.#copy(snapshot), () => {});
  }

  async openFile(path: string, facts: CopyFacts): Promise<OpenCopy> {
    try {
      await requireWhole(path, facts);
      const sql = connect(path, { readonly: true });
      return this.#reach(sql, () => void sql.close());
    } catch (error) {
      throw unusable(path, error);
    }
  }

  async exportTo(snapshot: CollectionSnapshot, path: string): Promise<void> {
    this.#copy(snapshot).prepare<[string]>("VACUUM INTO ?").run(path);
  }

  #copy({ id }: CollectionSnapshot): Connection {
    const given = this.#given.get(id);
    if (given !== undefined) {
      this.#copies.set(id, connectCopy(given));
      this.#given.delete(id);
    }
    const sql = this.#copies.get(id);
    if (sql === undefined) throw new Error(`there is no copy ${id}`);
    return sql;
  }

  #reach(sql: Connection, close: () => void): OpenCopy {
    const original = readStore(sql);
    const { collection } = original;
    return {
      ...original,
      copier: (partitions) => connectionCopier(sql, this.#sql, partitions),
      largestAutoId: () => largestAutoId(sql, collection, entityTable(collection.id)),
      close,
    };
  }

  async problem(snapshot: CollectionSnapshot): Promise<string | undefined> {
    return this.#copies.has(snapshot.id) || this.#given.has(snapshot.id) ? undefined : "is missing";
  }

  strays(): readonly string[] {
    return [];
  }

  remove(snapshot: CollectionSnapshot): boolean {
    this.#copies.get(snapshot.id)?.close();
    this.#copies.delete(snapshot.id);
    this.#given.delete(snapshot.id);
    return true;
  }

  bytes(snapshot: CollectionSnapshot): Uint8Array {
    return this.#given.get(snapshot.id) ?? this.#copy(snapshot).serialize();
  }

  close(): void {
    for (const sql of this.#copies.values()) sql.close();
    this.#copies.clear();
  }

  #keepAside(snapshot: CollectionSnapshot, table: CopiedTable): void {
    const { from, columns } = table;
    const aside = asideOf(snapshot, table);
    const old = columns.map((column) => `OLD.${column}`);
    this.#sql.exec(`CREATE TABLE ${aside} (${columns.join(",")})`);
    this.#sql.exec(`CREATE INDEX ${aside}_rows ON ${nameIn(aside)} (row_id)`);
    this.#sql.exec(
      `CREATE TEMP TRIGGER ${nameIn(aside)}_trigger BEFORE DELETE ON main.${from}
        BEGIN INSERT INTO ${nameIn(aside)} VALUES (${old.join(",")}); END`,
    );
  }

  #leaveAside(snapshot: CollectionSnapshot, table: CopiedTable): void {
    const aside = asideOf(snapshot, table);
    // A table that was dropped has taken its trigger along.
    this.#sql.exec(`DROP TRIGGER IF EXISTS ${aside}_trigger`);
    this.#sql.exec(`DROP TABLE IF EXISTS ${aside}`);
  }
}

/**
 * What has gone from a table while it was copied comes behind it, and what goes later has been copied already. All rows come before
 * what belongs to them.
 */
function withAside(snapshot: CollectionSnapshot, tables: readonly CopiedTable[]): readonly CopiedTable[] {
  return tables.flatMap((table) => [table, { ...table, from: asideOf(snapshot, table) }]);
}

/** Where rows of a table that go during a copy are kept. */
function asideOf({ id }: CollectionSnapshot, { from }: CopiedTable): string {
  return `temp.aside_${id}_${from}`;
}

function nameIn(table: string): string {
  return table.slice("temp.".length);
}
