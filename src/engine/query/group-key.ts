import type { PathStep } from "../../expr/index.js";
import { JsonDouble } from "../../values/json-number.js";
import { parseJson } from "../../values/json-reader.js";
import { jsonText } from "../../values/json-text.js";
import type { StoredColumn, StoredValue } from "../contract/column.js";
import { fieldColumn } from "../entities/columns.js";
import type { EntityTable } from "../entities/entity-table.js";
import { type ColumnHead, columnHead, META_HEAD } from "../entities/growing-column.js";
import { ColumnReader } from "../entities/read-columns.js";
import type { FieldSchema } from "../model/schema.js";
import { fieldValues } from "./field-values.js";

/** What of a row names its group; null is a group of its own. */
export interface GroupKey {
  /** The column that shows the group of each hit. */
  readonly head: ColumnHead;
  /** The column of the rows' table that holds it; undefined where none does. */
  readonly column?: string;
  /** One per row, in their order. */
  valuesOf(table: EntityTable, rowIds: readonly number[]): readonly StoredValue[];
}

/** What names the group of one hit: a value of each key. */
export type GroupValues = readonly StoredValue[];

/** The group of each row, in their order. */
export function groupsOf(table: EntityTable, keys: readonly GroupKey[], rowIds: readonly number[]): GroupValues[] {
  const columns = keys.map((key) => key.valuesOf(table, rowIds));
  return rowIds.map((_, i) => columns.map((values) => values[i] ?? null));
}

/** The same for hits of one group, and for no others. */
export function groupIdentity(values: GroupValues): StoredValue {
  const [only = null] = values;
  if (values.length === 1) return only;
  return values.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value))).join();
}

/** The value of a declared field. */
export function fieldKey(field: FieldSchema): GroupKey {
  return {
    head: columnHead(field),
    column: fieldColumn(field.id),
    valuesOf: (table, rowIds) => fieldValues(table, field, rowIds),
  };
}

/** What lies at a path in a JSON field, as JSON text. A row without it, and one that has null there, are of the null group. */
export function jsonKey(name: string, field: FieldSchema, steps: readonly PathStep[]): GroupKey {
  return {
    head: { ...columnHead(field), name },
    valuesOf: (table, rowIds) => fieldValues(table, field, rowIds).map((text) => valueAt(text, steps)),
  };
}

/** What lies at a path in the dynamic field. */
export function dynamicKey(name: string, steps: readonly PathStep[]): GroupKey {
  const { dynamic: _, ...head } = META_HEAD;
  return {
    head: { ...head, name },
    valuesOf(table, rowIds) {
      const keys = new Set([steps[0]?.text ?? ""]);
      const reader = new ColumnReader(table, { fields: [], dynamicKeys: keys });
      const gone = reader.addByRowId(rowIds);
      const texts = (reader.columns()[0] as StoredColumn).values as readonly StoredValue[];
      let next = 0;
      return rowIds.map((_row, i) => (gone?.has(i) === true ? null : valueAt(texts[next++] ?? null, steps)));
    },
  };
}

/** Numbers that are equal are one group, however they are written. */
function valueAt(text: StoredValue, steps: readonly PathStep[]): string | null {
  if (typeof text !== "string") return null;
  let value: unknown = parseJson(text);
  for (const { text: step } of steps) {
    if (typeof value !== "object" || value === null || value instanceof JsonDouble || !Object.hasOwn(value, step)) {
      return null;
    }
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  if (value === null || value === undefined) return null;
  return jsonText(value instanceof JsonDouble ? Number(value) : value);
}
