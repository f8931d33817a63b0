import { isDenseType } from "../api/grpc/columns/types.js";
import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import { invalidParameter } from "../errors.js";
import { jsonText, parseJsonText } from "../values/json-text.js";
import { rowFields } from "./row-fields.js";
import type { DescribedCollection } from "./side.js";

/** What takes the place of values that are not to be moved. */
export interface Redaction {
  change(rows: RecordBatch): RecordBatch;
  /** Names of the fields that are others then. */
  readonly changed: ReadonlySet<string>;
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
 * Takes the values out of some fields and dynamic keys: null where a field takes it, else the blank of its type.
 *
 * @throws InvalidParameter for what is no field, and for keys, by which rows are told apart
 */
export function redaction(names: readonly string[], collections: readonly DescribedCollection[]): Redaction {
  const wanted = new Set(names);
  const known = new Set<string>();
  let dynamic = false;
  for (const { description } of collections) {
    dynamic ||= description.enableDynamicField;
    for (const { name, struct, described } of rowFields(description)) {
      known.add(name);
      if (struct !== undefined && wanted.has(struct)) wanted.add(name);
      if (struct !== undefined) known.add(struct);
      if (wanted.has(name) && (described.primaryKey || described.partitionKey)) {
        throw invalidParameter(`field ${name} of ${description.collectionName} is a key and cannot be redacted`);
      }
    }
  }
  const keys = names.filter((name) => !known.has(name));
  if (keys.length > 0 && !dynamic) throw invalidParameter(`there is no field ${keys[0]} to be redacted`);
  const changed = new Set([...wanted, ...(keys.length > 0 ? ["$meta"] : [])]);
  return {
    changed,
    change(rows) {
      if (wanted.size === 0) return rows;
      const columns = rows.columns.map((column) => {
        if (column.dynamic === true) return withoutKeys(column, wanted);
        return wanted.has(column.name) ? blank(column, rows.rowCount) : column;
      });
      return { ...rows, columns };
    },
  };
}

function withoutKeys(column: StoredColumn, keys: ReadonlySet<string>): StoredColumn {
  const values = (column.values as readonly string[]).map((text) => {
    const object = parseJsonText(text) as Readonly<Record<string, unknown>>;
    const kept = Object.entries(object).filter(([key]) => !keys.has(key));
    return jsonText(Object.fromEntries(kept));
  });
  return { ...column, values };
}

function blank(column: StoredColumn, rowCount: number): StoredColumn {
  const { type, values, nullable } = column;
  if (isDenseType(type)) {
    const zeros = new Uint8Array((values as Uint8Array).length);
    return { ...column, values: zeros, ...(nullable === true && { valid: new Uint8Array(rowCount) }) };
  }
  if (nullable === true) return { ...column, values: new Array<null>(rowCount).fill(null) };
  if (type.endsWith("Vector")) return { ...column, values: new Array<Uint8Array>(rowCount).fill(new Uint8Array(0)) };
  return { ...column, values: new Array<string | number>(rowCount).fill(BLANKS[type] ?? 0) };
}
