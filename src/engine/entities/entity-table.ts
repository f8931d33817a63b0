import { BoundedMap } from "../../values/bounded-map.js";
import type { Collection } from "../model/collection.js";
import { type FieldSchema, primaryField } from "../model/schema.js";
import type { Connection, Statement } from "../storage/driver.js";
import { entityTable, fieldColumn, META_COLUMN, scalarFields, vectorFields, vectorTable } from "./columns.js";

/** The prepared statements of one collection at one schema version. */
export class EntityTable {
  readonly collectionId: number;
  readonly name: string;
  readonly scalars: readonly FieldSchema[];
  readonly vectors: readonly FieldSchema[];
  readonly key: FieldSchema;
  readonly keyColumn: string;
  /** Position of the key in an encoded row. */
  readonly keyIndex: number;
  readonly columns: readonly string[];
  readonly #sql: Connection;
  readonly #collection: Collection;
  readonly #vectorInserts = new Map<FieldSchema, Statement>();
  #insertRow: Statement | undefined;
  #findKey: Statement | undefined;
  readonly #statements = new BoundedMap<string, Statement>({ entries: 256 });

  constructor(sql: Connection, collection: Collection) {
    this.#sql = sql;
    this.#collection = collection;
    this.collectionId = collection.id;
    this.name = entityTable(collection.id);
    this.scalars = scalarFields(collection);
    this.vectors = vectorFields(collection);
    this.key = primaryField(collection.schema);
    this.keyColumn = fieldColumn(this.key.id);
    this.keyIndex = this.scalars.indexOf(this.key);
    this.columns = [...this.scalars.map((f) => fieldColumn(f.id)), ...(collection.schema.dynamic ? [META_COLUMN] : [])];
  }

  vectorTable(field: FieldSchema): string {
    return vectorTable(this.#collection.id, field.id);
  }

  /** A statement by its text, prepared once; at most a few hundred are kept. */
  statement(text: string): Statement {
    return this.#statements.getOrMake(text, () => this.#sql.prepare(text));
  }

  /** Parameters: row id, partition id, milliseconds, then `columns`. Does nothing when the key is taken. */
  get insertRow(): Statement {
    this.#insertRow ??= this.#sql.prepare(this.#insertText());
    return this.#insertRow;
  }

  #insertText(): string {
    const left = this.#collection.leftovers.filter(({ filler }) => filler !== undefined);
    const columns = [...this.columns, ...left.map(({ name }) => name)].join(",");
    const values = [...this.columns.map(() => "?"), ...left.map(({ filler }) => filler)].join(",");
    return `INSERT INTO ${this.name} (row_id,partition_id,ts,${columns}) VALUES (?,?,?,${values}) ON CONFLICT(${this.keyColumn}) DO NOTHING`;
  }

  insertVector(field: FieldSchema): Statement {
    let insert = this.#vectorInserts.get(field);
    if (insert === undefined) {
      insert = this.#sql.prepare(`INSERT INTO ${this.vectorTable(field)} (row_id,data) VALUES (?,?)`);
      this.#vectorInserts.set(field, insert);
    }
    return insert;
  }

  /** Row id and partition of a key. */
  get findKey(): Statement {
    this.#findKey ??= this.#sql.prepare(`SELECT row_id, partition_id FROM ${this.name} WHERE ${this.keyColumn}=?`);
    return this.#findKey;
  }
}
