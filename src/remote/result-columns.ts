import { beginsAsAggregate } from "../engine/contract/aggregate-name.js";
import type { ColumnSchema, RecordBatch, StoredColumn, StoredValue } from "../engine/contract/column.js";
import type { Target } from "../engine/model/types/field-type.js";
import { FIELD_TYPES } from "../engine/model/types/table.js";
import { JsonDouble } from "../values/json-number.js";
import { jsonText } from "../values/json-text.js";
import type { WireRow } from "./answer.js";
import type { JsonForms } from "./json-forms.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/**
 * Rows of an answer as columns in stored form: what the surfaces of this process and the typed calls print again. Values are read
 * by the rows of their types, as those of an insert are.
 *
 * @param own keys that stand in each row beside its fields
 * @throws what a type says of a value that is none of it
 */
export function resultColumns(
  rows: readonly WireRow[],
  schema: KnownSchema,
  forms: JsonForms,
  own: ReadonlySet<string> = NONE,
): RecordBatch {
  const names = new Set(rows.flatMap((row) => Object.keys(row)).filter((name) => !own.has(name)));
  const columns: StoredColumn[] = [];
  for (const field of schema.fields) {
    if (field.struct === undefined) {
      if (names.delete(field.name))
        columns.push(fieldColumn(field, valuesOf(rows, field.name), forms, schema.timeZone));
    } else if (showsElements(rows, field)) {
      columns.push(fieldColumn(field, elementsOf(rows, field), forms, schema.timeZone));
    }
  }
  for (const struct of schema.structs.keys()) names.delete(struct);
  for (const name of [...names].filter(beginsAsAggregate)) {
    names.delete(name);
    columns.push(aggregateColumn(name, valuesOf(rows, name)));
  }
  if (names.size > 0) columns.push(dynamicColumn(rows, names));
  return { rowCount: rows.length, columns, outputFields: columns.map(({ name }) => name) };
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Whether a row has a key that no field explains: the collection may be another one by now. Where keys are of the caller's choice, one
 * only counts beside a field that is missing.
 *
 * @param own keys that stand in each row beside its fields
 * @param whole all fields were asked for
 */
export function hasStrangers(
  rows: readonly WireRow[],
  schema: KnownSchema,
  { own = NONE, whole }: { readonly own?: ReadonlySet<string> | undefined; readonly whole: boolean },
): boolean {
  const isKnown = (name: string) =>
    own.has(name) || schema.byName.has(name) || schema.structs.has(name) || beginsAsAggregate(name);
  const isComplete = (row: WireRow) =>
    schema.fields.every(({ name, struct = name, computed }) => computed || Object.hasOwn(row, struct));
  const explained = (row: WireRow) =>
    Object.keys(row).every(isKnown) || (schema.dynamic && (!whole || isComplete(row)));
  return !rows.every(explained);
}

function valuesOf(rows: readonly WireRow[], name: string): readonly unknown[] {
  return rows.map((row) => row[name]);
}

/** Whether elements are shown with a field of theirs: all have the same ones, and where there is no element nothing is left out. */
function showsElements(rows: readonly WireRow[], { name, struct = "" }: KnownField): boolean {
  const lists = rows.filter((row) => Object.hasOwn(row, struct)).map((row) => row[struct]);
  const filled = lists.find((list): list is [WireRow, ...WireRow[]] => Array.isArray(list) && list.length > 0);
  return filled === undefined ? lists.length > 0 : Object.hasOwn(filled[0], keyInStruct(name, struct));
}

function keyInStruct(name: string, struct: string): string {
  return name.slice(struct.length + 1, -1);
}

/** What the elements of a struct hold in one of its fields. */
function elementsOf(rows: readonly WireRow[], { name, struct }: KnownField): readonly unknown[] {
  const key = keyInStruct(name, struct as string);
  return valuesOf(rows, struct as string).map((list) =>
    Array.isArray(list) ? list.map((element: WireRow) => element[key]) : undefined,
  );
}

/** The values of a field, in stored form; undefined and null are null. */
export function fieldColumn(
  field: KnownField,
  values: readonly unknown[],
  forms: JsonForms,
  timeZone: string | undefined,
): StoredColumn {
  const type = FIELD_TYPES[field.type];
  // Lengths and capacities were the server's to check.
  const target: Target = { field, timeZone, late: () => {} };
  const column = { ...columnSchema(field), fieldId: field.id, primaryKey: field.primaryKey };
  const encoded = <T>(encode: (value: unknown, row: number) => T) =>
    values.map((value, row) => (value === undefined || value === null ? null : encode(value, row)));
  switch (type.family) {
    case "scalar":
      return { ...column, values: encoded((value, row) => type.encode(forms.read(field, value), target, row)) };
    case "sparse":
    case "list":
      return { ...column, values: encoded((value, row) => type.codec.encode(value, target, row)) };
    case "dense": {
      const bytes = new Uint8Array(values.length * type.bytesPerVector(column.dimension ?? 0));
      const write = type.codec.writer(bytes, target);
      const valid = Uint8Array.from(
        encoded((value, row) => write(value, row)),
        (written) => (written === null ? 0 : 1),
      );
      return { ...column, values: bytes, ...(valid.includes(0) && { valid }) };
    }
  }
}

export function columnSchema({ name, type, elementType, params, struct, nullable }: KnownField): ColumnSchema {
  return {
    name,
    type,
    nullable,
    ...(elementType !== undefined && { elementType }),
    ...(params["dim"] !== undefined && { dimension: Number(params["dim"]) }),
    ...(struct !== undefined && { struct }),
  };
}

/** What a query has computed; its values say what they are. */
function aggregateColumn(name: string, values: readonly unknown[]): StoredColumn {
  const known = values.filter((value) => value !== null && value !== undefined);
  const isText = known.some((value) => typeof value === "string");
  const isDouble = known.some((value) => value instanceof JsonDouble || !Number.isInteger(Number(value)));
  const stored = values.map((value): StoredValue => {
    if (value === null || value === undefined) return null;
    return value instanceof JsonDouble ? Number(value) : (value as StoredValue);
  });
  const type = isText ? "VarChar" : isDouble ? "Double" : "Int64";
  return { name, type, fieldId: 0, primaryKey: false, values: stored };
}

function dynamicColumn(rows: readonly WireRow[], names: ReadonlySet<string>): StoredColumn {
  const values = rows.map((row) =>
    jsonText(Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)))),
  );
  return { name: "$meta", type: "JSON", dynamic: true, fieldId: 1, primaryKey: false, values };
}
