import { compactInteger } from "../../values/int64.js";
import type { DataType, ElementType } from "../model/data-type.js";
import type { FieldSchema } from "../model/schema.js";
import type { StoredScalar } from "../model/types/field-type.js";
import { scalarType } from "../model/types/table.js";
import type { Connection } from "../storage/driver.js";
import { parseStrings, prepare } from "../storage/statements.js";

interface FieldRow {
  readonly id: number;
  readonly name: string;
  readonly type: DataType;
  readonly description: string;
  readonly primary_key: number;
  readonly auto_id: number;
  readonly partition_key: number;
  readonly clustering_key: number;
  readonly nullable: number;
  readonly element_type: ElementType | null;
  readonly default_value: string | null;
  readonly params: string;
}

/** Integers as digits (JSON would round them), everything else as JSON. */
function encodeDefault(value: StoredScalar): string {
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

function decodeDefault(type: DataType, text: string): StoredScalar {
  if (scalarType(type).column !== "INTEGER") return JSON.parse(text) as StoredScalar;
  // Bool values were once written as words.
  return text === "true" ? 1 : text === "false" ? 0 : compactInteger(BigInt(text));
}

function toField(row: FieldRow): FieldSchema {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    description: row.description,
    primaryKey: row.primary_key === 1,
    autoId: row.auto_id === 1,
    partitionKey: row.partition_key === 1,
    clusteringKey: row.clustering_key === 1,
    nullable: row.nullable === 1,
    ...(row.element_type === null ? {} : { elementType: row.element_type }),
    ...(row.default_value === null ? {} : { defaultValue: decodeDefault(row.type, row.default_value) }),
    params: parseStrings(row.params),
  };
}

/** SQL of the table `fields`. */
export interface FieldTable {
  of(collectionId: number): FieldSchema[];
  insert(collectionId: number, field: FieldSchema): void;
  change(collectionId: number, fieldId: number, change: Pick<FieldSchema, "description" | "params">): void;
  rename(collectionId: number, fieldId: number, change: Pick<FieldSchema, "name" | "nullable">): void;
  remove(collectionId: number, fieldId: number): void;
  removeAll(collectionId: number): void;
}

export function fieldTable(db: Connection): FieldTable {
  const of = prepare<[number], FieldRow>(
    db,
    `SELECT id, name, type, description, primary_key, auto_id, partition_key, clustering_key, nullable, element_type,
      default_value, params FROM fields WHERE collection_id = ? ORDER BY id`,
  );
  const insert = prepare<unknown[]>(db, "INSERT INTO fields VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const update = prepare<[string, string, number, number]>(
    db,
    "UPDATE fields SET description = ?, params = ? WHERE collection_id = ? AND id = ?",
  );
  const rename = prepare<[string, number, number, number]>(
    db,
    "UPDATE fields SET name = ?, nullable = ? WHERE collection_id = ? AND id = ?",
  );
  const remove = prepare<[number, number]>(db, "DELETE FROM fields WHERE collection_id = ? AND id = ?");
  const removeAll = prepare<[number]>(db, "DELETE FROM fields WHERE collection_id = ?");
  return {
    of: (collectionId) => of.all(collectionId).map(toField),
    insert(collectionId, field) {
      insert.run(
        collectionId,
        field.id,
        field.name,
        field.type,
        field.description,
        Number(field.primaryKey),
        Number(field.autoId),
        Number(field.partitionKey),
        Number(field.clusteringKey),
        Number(field.nullable),
        field.elementType ?? null,
        field.defaultValue === undefined ? null : encodeDefault(field.defaultValue),
        JSON.stringify(field.params),
      );
    },
    change(collectionId, fieldId, { description, params }) {
      update.run(description, JSON.stringify(params), collectionId, fieldId);
    },
    rename(collectionId, fieldId, { name, nullable }) {
      rename.run(name, Number(nullable), collectionId, fieldId);
    },
    remove(collectionId, fieldId) {
      remove.run(collectionId, fieldId);
    },
    removeAll(collectionId) {
      removeAll.run(collectionId);
    },
  };
}
