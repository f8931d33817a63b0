import { subFieldName } from "../api/grpc/columns/struct-names.js";
import { isDenseType } from "../api/grpc/columns/types.js";
import type { CollectionDescription } from "../engine/contract/collections.js";
import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import { invalidParameter } from "../errors.js";
import { jsonText, parseJsonText } from "../values/json-text.js";
import { didYouMean } from "../values/nearest-name.js";
import { rowFields } from "./row-fields.js";

/** What takes the place of values that are not to be moved. */
export interface Redaction {
  change(rows: RecordBatch): RecordBatch;
  /** Names of the fields that are others then. */
  readonly changed: ReadonlySet<string>;
  /** What a plan tells of a collection: names that it has no field of. */
  remarks(collection: CollectionDescription): readonly string[];
}

/** What stands for a value where there must be one. */
const BLANKS: Readonly<Record<string, string | number>> = {
  VarChar: "",
  Text: "",
  JSON: "{}",
  Array: "[]",
  Geometry: "POINT (0 0)",
};

/**
 * Takes the values out of all that has one of the names: fields, structs, fields of structs, dynamic keys. Null takes their place where a
 * field takes it, else the blank of its type.
 *
 * @throws InvalidParameter for what is no field, and for keys, by which rows are told apart
 */
export function redaction(names: readonly string[], collections: readonly CollectionDescription[]): Redaction {
  const wanted = new Set(names);
  const known = new Set<string>();
  for (const collection of collections) {
    for (const { name, struct, described } of rowFields(collection)) {
      const names = namesOf(name, struct);
      for (const each of names) known.add(each);
      if (!names.some((each) => wanted.has(each))) continue;
      if (described.primaryKey || described.partitionKey) {
        throw invalidParameter(`field ${name} of ${collection.collectionName} is a key and cannot be redacted`);
      }
      wanted.add(name);
    }
  }
  const keys = names.filter((name) => !known.has(name));
  if (keys[0] !== undefined && !collections.some(({ enableDynamicField }) => enableDynamicField)) {
    throw invalidParameter(`there is no field ${keys[0]} to be redacted${didYouMean(keys[0], [...known])}`);
  }
  return {
    changed: new Set([...wanted, ...(collections.some((each) => mayBeKeys(names, each)) ? ["$meta"] : [])]),
    change(rows) {
      if (wanted.size === 0) return rows;
      const columns = rows.columns.map((column) => {
        if (column.dynamic === true) return withoutKeys(column, wanted);
        return wanted.has(column.name) ? blank(column, rows.rowCount, wanted) : column;
      });
      return { ...rows, columns };
    },
    remarks({ enableDynamicField }) {
      if (!enableDynamicField) return [];
      return keys.map((key) => `dynamic keys ${key} stay there: no field has this name${didYouMean(key, [...known])}`);
    },
  };
}

/** Whether rows of a collection may have dynamic keys of these names. */
function mayBeKeys(names: readonly string[], collection: CollectionDescription): boolean {
  const own = new Set(rowFields(collection).map(({ name, struct = name }) => struct));
  return collection.enableDynamicField && names.some((name) => !own.has(name));
}

/** All by which a field may be named. */
function namesOf(name: string, struct: string | undefined): readonly string[] {
  return struct === undefined ? [name] : [name, struct, subFieldName(struct, name)];
}

function withoutKeys(column: StoredColumn, keys: ReadonlySet<string>): StoredColumn {
  const values = (column.values as readonly string[]).map((text) => {
    const object = parseJsonText(text) as Readonly<Record<string, unknown>>;
    const kept = Object.entries(object).filter(([key]) => !keys.has(key));
    return jsonText(Object.fromEntries(kept));
  });
  return { ...column, values };
}

function blank(column: StoredColumn, rowCount: number, wanted: ReadonlySet<string>): StoredColumn {
  const { type, values, nullable, struct } = column;
  if (struct !== undefined && !wanted.has(struct)) return withSameLengths(column);
  if (isDenseType(type)) {
    const zeros = new Uint8Array((values as Uint8Array).length);
    return { ...column, values: zeros, ...(nullable === true && { valid: new Uint8Array(rowCount) }) };
  }
  if (nullable === true) return { ...column, values: new Array<null>(rowCount).fill(null) };
  if (type.endsWith("Vector")) return { ...column, values: new Array<Uint8Array>(rowCount).fill(new Uint8Array(0)) };
  return { ...column, values: new Array<string | number>(rowCount).fill(BLANKS[type] ?? 0) };
}

/** Lists of a struct whose other fields keep theirs: a blank for each element. */
function withSameLengths(column: StoredColumn): StoredColumn {
  const { type, elementType = "VarChar" } = column;
  if (type !== "Array") {
    const lists = column.values as readonly (Uint8Array | null)[];
    return { ...column, values: lists.map((list) => list && new Uint8Array(list.length)) };
  }
  const lists = column.values as readonly (string | null)[];
  const element = elementType === "Bool" ? false : (BLANKS[elementType] ?? 0);
  const blanked = (list: string) => jsonText((parseJsonText(list) as readonly unknown[]).map(() => element));
  return { ...column, values: lists.map((list) => list && blanked(list)) };
}
