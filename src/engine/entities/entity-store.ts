import { jsonPathIndexExpression } from "../../expr/index.js";
import type { Collection, IndexDescription } from "../model/collection.js";
import { isVectorType } from "../model/data-type.js";
import { type FieldSchema, fieldByName } from "../model/schema.js";
import { scalarType } from "../model/types/table.js";
import { addColumn, defaultLiteral } from "../storage/add-column.js";
import type { Connection, Statement } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import {
  createIndexText,
  entityTable,
  fieldColumn,
  META_COLUMN,
  scalarFields,
  scalarIndexName,
  takesNull,
  vectorFields,
  vectorTable,
} from "./columns.js";
import { EntityTable } from "./entity-table.js";
import { livingRows } from "./expiry.js";
import { dropOrLeave, emptyOrReplace } from "./gone-tables.js";
import { indexedPath } from "./indexed-path.js";
import { dropPurges } from "./purges.js";
import { ReadMoments } from "./read-moments.js";

/** 32 MB in a file, half of that in memory. */
const PAGES_AT_ONCE = 4096;

/**
 * The tables of rows, one STRICT table per collection and one of vectors per vector field. What changes them is called
 * inside `ctx.transaction`.
 */
export class EntityStore {
  readonly sql: Connection;
  readonly #now: () => number;
  readonly #versions = new Map<number, number>();
  readonly #pageCount: Statement<[], number>;
  /** Tables whose rows are being computed: they belong to no field yet, and are not left over. */
  readonly filling = new Set<string>();
  /** Rows that have expired since are still read. */
  readonly moments: ReadMoments;
  /** Undefined when it is to be asked for. */
  #pages: number | undefined;
  readonly #tables = new Map<number, { readonly schemaVersion: number; readonly table: EntityTable }>();

  constructor(sql: Connection, now: () => number) {
    this.sql = sql;
    this.#now = now;
    this.moments = new ReadMoments(now);
    this.#pageCount = prepare<[], number>(sql, "PRAGMA page_count").pluck();
  }

  /** Prepared access to the rows of a collection. */
  table(collection: Collection): EntityTable {
    const known = this.#tables.get(collection.id);
    if (known !== undefined && known.schemaVersion === collection.schemaVersion) return known.table;
    const table = new EntityTable(this.sql, collection);
    this.#tables.set(collection.id, { schemaVersion: collection.schemaVersion, table });
    return table;
  }

  /** Rises with every committed write; what was learnt of the rows before is stale. */
  version(collectionId: number): number {
    return this.#versions.get(collectionId) ?? 0;
  }

  /** Call after each committed write to the rows of a collection. */
  rowsChanged(collectionId: number): void {
    this.#versions.set(collectionId, this.version(collectionId) + 1);
    this.#pages = undefined;
  }

  /**
   * Whether all rows there are, of all collections, are read in some milliseconds by a filter: nobody need look at the
   * deadline on the way.
   * @param cost of the filter for a row, in plain comparisons
   */
  isReadAtOnce(cost: number): boolean {
    this.#pages ??= this.#pageCount.get() as number;
    return this.#pages * cost <= PAGES_AT_ONCE;
  }

  createTables(collection: Collection): void {
    const name = entityTable(collection.id);
    const columns = scalarFields(collection).map(columnDefinition);
    if (collection.schema.dynamic) columns.push(`${META_COLUMN} TEXT NOT NULL`);
    this.sql.exec(
      `CREATE TABLE ${name} (row_id INTEGER PRIMARY KEY, partition_id INTEGER NOT NULL, ts INTEGER NOT NULL, ${columns.join(", ")}) STRICT`,
    );
    const key = scalarFields(collection).find((f) => f.primaryKey) as FieldSchema;
    this.sql.exec(`CREATE UNIQUE INDEX ${name}_key ON ${name} (${fieldColumn(key.id)})`);
    this.sql.exec(createIndexText(`${name}_partition`, name, "partition_id"));
    for (const field of vectorFields(collection)) this.createVectorTable(collection, field);
  }

  /** A table of vectors that are still to come: it belongs to no field yet. */
  createVectorTable(collection: Collection, field: FieldSchema): void {
    this.sql.exec(
      `CREATE TABLE ${vectorTable(collection.id, field.id)} (row_id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT`,
    );
  }

  /** Removes all rows of a collection. */
  empty(collection: Collection): void {
    const vectors = vectorFields(collection).map((field) => vectorTable(collection.id, field.id));
    emptyOrReplace(this.sql, collection.id, [entityTable(collection.id), ...vectors]);
    dropPurges(this.sql, collection.id);
  }

  /** Drops what tables there are, also of a collection that the catalogue does not know yet. */
  dropTables({ id }: Pick<Collection, "id">): void {
    this.#tables.delete(id);
    const found = this.sql
      .prepare<[string, string], string>(
        "SELECT name FROM sqlite_master WHERE type='table' AND (name=? OR name GLOB ?)",
      )
      .pluck()
      .all(entityTable(id), vectorTable(id, "*"));
    dropOrLeave(this.sql, id, found);
    dropPurges(this.sql, id);
  }

  /** Makes room for the values of a field that is new in the schema: rows that are there read its default. */
  addField(collection: Collection, field: FieldSchema): void {
    if (isVectorType(field.type)) {
      this.createVectorTable(collection, field);
      return;
    }
    const { column } = scalarType(field.type);
    const value = field.defaultValue;
    const otherwise = value === undefined ? "" : ` DEFAULT ${defaultLiteral(value, column)}`;
    addColumn(this.sql, entityTable(collection.id), `${fieldColumn(field.id)} ${column}${otherwise}`);
  }

  /** Makes room for the dynamic field, which is empty in the rows that are there. */
  addDynamicField(collection: Collection): void {
    addColumn(this.sql, entityTable(collection.id), `${META_COLUMN} TEXT NOT NULL DEFAULT '{}'`);
  }

  /** Makes a SQLite index for a scalar index (also for a JSON path); nothing for vector fields. */
  createScalarIndex(collection: Collection, index: IndexDescription): void {
    const text = this.scalarIndexText(collection, index);
    if (text !== undefined) this.sql.exec(text);
  }

  /** The same as text; undefined where SQLite has no use for one. */
  scalarIndexText(collection: Collection, index: IndexDescription): string | undefined {
    const target = scalarIndexTarget(collection, index);
    if (target === undefined) return undefined;
    return createIndexText(scalarIndexName(collection.id, index.id), entityTable(collection.id), target);
  }

  dropScalarIndex(collection: Collection, index: IndexDescription): void {
    this.sql.exec(`DROP INDEX IF EXISTS ${scalarIndexName(collection.id, index.id)}`);
  }

  /** Rows of a partition that have a vector in a field. */
  countVectors(collection: Collection, fieldId: number, partitionId: number): number {
    return this.table(collection)
      .statement(
        `SELECT count(*) FROM ${entityTable(collection.id)} AS e JOIN ${vectorTable(collection.id, fieldId)} AS v ON v.row_id=e.row_id WHERE e.partition_id=?`,
      )
      .pluck()
      .get(partitionId) as number;
  }

  /** Live rows, expired ones (TTL) excluded. */
  countRows(collection: Collection, partitionId?: number): number {
    const conditions: string[] = [];
    const params: unknown[] = [];
    if (partitionId !== undefined) {
      conditions.push("partition_id=?");
      params.push(partitionId);
    }
    const living = livingRows(collection, this.#now());
    if (living !== undefined) {
      conditions.push(living.text);
      params.push(...living.params);
    }
    const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    return this.table(collection)
      .statement(`SELECT count(*) FROM ${entityTable(collection.id)}${where}`)
      .pluck()
      .get(...params) as number;
  }
}

function columnDefinition(field: FieldSchema): string {
  return `${fieldColumn(field.id)} ${scalarType(field.type).column}${takesNull(field) ? "" : " NOT NULL"}`;
}

/** What an index covers in SQL; undefined where SQLite has no use for one (vectors, whole arrays, geometry, whole JSON). */
export function scalarIndexTarget(collection: Collection, index: Omit<IndexDescription, "id">): string | undefined {
  const field = fieldByName(collection.schema, index.fieldName);
  if (index.metricType !== "") return undefined;
  const path = indexedPath(collection, index);
  if (path !== undefined) return jsonPathIndexExpression(path.column, path.path);
  if (field === undefined || field.type === "JSON" || field.type === "Array" || field.type === "Geometry") {
    return undefined;
  }
  return fieldColumn(field.id);
}
