import { failure } from "../../errors.js";
import { compactInteger } from "../../values/int64.js";
import { parseStoredObject } from "../../values/json-text.js";
import type { Collection } from "../model/collection.js";
import { bytesPerVector, DYNAMIC_FIELD, type FieldSchema, type PrimaryKey, primaryField } from "../model/schema.js";
import type { ScalarFieldType, StoredScalar, Target, TypedField } from "../model/types/field-type.js";
import { json } from "../model/types/json.js";
import { denseCodec, scalarType } from "../model/types/table.js";
import { scalarFields, vectorFields } from "./columns.js";

/** What better-sqlite3 binds. Safe integers travel as numbers: a STRICT INTEGER column turns them back exactly. */
export type SqlValue = StoredScalar | null;

/** Rows in stored form, ready to be written. */
export interface EncodedBatch {
  readonly count: number;
  /** One per row: the columns of `scalarFields(collection)` in order, then `meta` when the schema is dynamic. */
  readonly columns: readonly SqlValue[][];
  /** Vectors by field id: row-major, little-endian, in the width of their type; each begins at the start of its buffer. */
  readonly vectors: ReadonlyMap<number, Uint8Array>;
  /** As callers see them: number where exact. */
  readonly ids: readonly (number | bigint | string)[];
}

/** A stored row that a partial upsert builds on. */
export interface StoredRow {
  readonly columns: readonly SqlValue[];
  /** By field id. */
  readonly vectors: ReadonlyMap<number, Uint8Array>;
}

export interface EncodeOptions {
  readonly operation: "insert" | "upsert";
  /** Fresh keys for autoID rows. */
  readonly autoIds: (count: number) => readonly bigint[];
  /** Partial upsert: the row of a key, if there is one. */
  readonly existing?: (key: PrimaryKey) => StoredRow | undefined;
}

/**
 * Validates and converts a whole batch before anything is written; one bad row refuses all.
 * @param rows as decoded from JSON or given in process
 * @throws BadRow (1804) first, then the schema-level 1100 errors, as the server orders them
 */
export function encodeBatch(collection: Collection, rows: readonly unknown[], options: EncodeOptions): EncodedBatch {
  if (rows.length === 0) throw failure("BadRow", { detail: "missing required parameters" });
  const { schema } = collection;
  const scalars = scalarFields(collection);
  const dense = vectorFields(collection);
  const key = primaryField(schema);
  const keyColumn = scalars.indexOf(key);
  const keyMayBeGiven = options.operation === "upsert" || collection.properties["allow_insert_auto_id"] === "true";
  const timeZone = collection.properties["timezone"];
  const known = new Set(schema.fields.map((f) => f.name));
  const vectors = new Map(dense.map((f) => [f.id, new Uint8Array(rows.length * bytesPerVector(f))]));
  const columns: SqlValue[][] = [];
  let firstLate: Error | undefined;
  const late = (error: Error) => {
    firstLate ??= error;
  };
  const targetOf = (field: TypedField): Target => ({ field, timeZone, late });
  const encoders = scalars.map((field) => ({ field, type: scalarType(field.type), target: targetOf(field) }));
  const keyEncoder = encoders[keyColumn] as Encoder;
  const writers = dense.map((field) => {
    const bytes = vectors.get(field.id) as Uint8Array;
    return { field, bytes, size: bytesPerVector(field), write: denseCodec(field.type).writer(bytes, targetOf(field)) };
  });
  const dynamicTarget = targetOf(DYNAMIC);

  const keyless: number[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    if (row === null || typeof row !== "object" || Array.isArray(row)) throw notAnObject(row);
    const values = row as Readonly<Record<string, unknown>>;
    const base = options.existing === undefined ? undefined : baseRow(keyEncoder, values, index, options.existing);
    const encoded: SqlValue[] = new Array(scalars.length + (schema.dynamic ? 1 : 0));
    let seen = 0;
    for (let c = 0; c < encoders.length; c++) {
      const { field, type, target } = encoders[c] as Encoder;
      const present = Object.hasOwn(values, field.name);
      if (present) seen++;
      const value = present ? values[field.name] : undefined;
      if (field === key && key.autoId) {
        if (value === undefined || value === null) {
          if (options.operation === "upsert") throw missing(index, field);
          keyless.push(index);
          continue;
        }
        if (!keyMayBeGiven) {
          throw failure("BadRow", {
            detail: `no need to pass pk field(${field.name}) when autoid==true in insert: invalid parameter`,
          });
        }
      }
      if (value !== undefined && value !== null) encoded[c] = type.encode(value, target, index);
      else if (!present && base !== undefined) encoded[c] = base.columns[c] as SqlValue;
      else encoded[c] = absentValue(field, index);
    }
    for (const { field, bytes, size, write } of writers) {
      const present = Object.hasOwn(values, field.name);
      if (present) seen++;
      const kept = present ? undefined : base?.vectors.get(field.id);
      if (kept !== undefined) bytes.set(kept, index * size);
      else write(present ? values[field.name] : undefined, index);
    }
    const keys = Object.keys(values);
    if (schema.dynamic) {
      const stored = base === undefined ? undefined : (base.columns[scalars.length] as string);
      encoded[scalars.length] =
        keys.length === seen && stored === undefined ? "{}" : encodeDynamic(values, keys, known, stored, dynamicTarget);
    } else if (keys.length > seen && keys.some((k) => values[k] !== undefined && !known.has(k))) {
      throw failure("BadRow", {
        detail: "has pass more field without dynamic schema, please check it: invalid parameter",
      });
    }
    columns.push(encoded);
  }
  if (firstLate !== undefined) throw firstLate;
  fillAutoIds(columns, keyless, keyColumn, key, options.autoIds);
  return {
    count: rows.length,
    columns,
    vectors,
    ids: columns.map((row) => {
      const id = row[keyColumn] as SqlValue;
      return typeof id === "bigint" ? compactInteger(id) : (id as number | string);
    }),
  };
}

/** The dynamic field as its type sees it. */
const DYNAMIC: TypedField = { name: DYNAMIC_FIELD, type: "JSON", params: {} };

interface Encoder {
  readonly field: FieldSchema;
  readonly type: ScalarFieldType;
  readonly target: Target;
}

function fillAutoIds(
  columns: SqlValue[][],
  keyless: readonly number[],
  keyColumn: number,
  key: FieldSchema,
  autoIds: (count: number) => readonly bigint[],
): void {
  if (keyless.length === 0) return;
  const fresh = autoIds(keyless.length);
  for (let i = 0; i < keyless.length; i++) {
    const id = fresh[i] as bigint;
    (columns[keyless[i] as number] as SqlValue[])[keyColumn] = key.type === "VarChar" ? String(id) : compactInteger(id);
  }
}

function baseRow(
  { field, type, target }: Encoder,
  values: Readonly<Record<string, unknown>>,
  index: number,
  existing: (key: PrimaryKey) => StoredRow | undefined,
): StoredRow | undefined {
  const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
  if (value === undefined || value === null) throw missing(index, field);
  const encoded = type.encode(value, target, index);
  return existing(typeof encoded === "number" ? BigInt(encoded) : (encoded as PrimaryKey));
}

function missing(row: number, field: FieldSchema): Error {
  return failure("BadRow", { detail: `row ${row} does not has field ${field.name}` });
}

function notAnObject(row: unknown): Error {
  const kind =
    row === null
      ? 0
      : row === false
        ? 1
        : typeof row === "number" || typeof row === "bigint"
          ? 2
          : typeof row === "string"
            ? 3
            : row === true
              ? 4
              : 5;
  return failure("BadRow", {
    detail: `NULL:0, FALSE:1, NUMBER:2, STRING:3, TRUE:4, JSON:5: invalid parameter[expected=5][actual=${kind}]`,
  });
}

/** The stored value of a field that a row leaves out (or gives as null). */
function absentValue(field: FieldSchema, row: number): SqlValue {
  if (field.defaultValue !== undefined) return field.defaultValue;
  if (field.nullable) return null;
  throw missing(row, field);
}

/** The JSON text of a row's extra keys; null values are skipped, a partial upsert merges key by key. */
function encodeDynamic(
  values: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  known: ReadonlySet<string>,
  stored: string | undefined,
  target: Target,
): string {
  const extra: Record<string, unknown> = Object.create(null);
  if (stored !== undefined && stored !== "{}") Object.assign(extra, parseStoredObject(stored));
  let count = 0;
  for (const key of keys) {
    if (known.has(key)) continue;
    if (key === DYNAMIC_FIELD) {
      throw failure("BadRow", {
        detail: `use the invalid field name(${DYNAMIC_FIELD}) when enable dynamicField: invalid parameter`,
      });
    }
    const value = values[key];
    if (value === null || value === undefined) continue;
    extra[key] = value;
    count++;
  }
  if (count === 0) return stored ?? "{}";
  return String(json.encode(extra, target, 0));
}
