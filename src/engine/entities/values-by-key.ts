import { isVectorType } from "../model/data-type.js";
import type { FieldSchema, PrimaryKey } from "../model/schema.js";
import { fieldColumn } from "./columns.js";
import type { EntityTable } from "./entity-table.js";
import { type Condition, type Selection, whereClause } from "./read-rows.js";

/** Above this a list in the text of a statement costs more than it saves, and SQLite bounds its parameters. */
const FEW_KEYS = 500;

/** The rows that have one of the keys. */
export function amongKeys(table: EntityTable, keys: readonly PrimaryKey[]): Condition {
  const column = table.keyColumn;
  if (keys.length <= FEW_KEYS) return { text: `${column} IN (${keys.map(() => "?").join(",")})`, params: keys };
  const list = keys.map((value) => (typeof value === "bigint" ? String(value) : JSON.stringify(value)));
  return { text: `${column} IN (SELECT value FROM json_each(?))`, params: [`[${list.join(",")}]`] };
}

/** What a field holds in the rows of a selection, by the text of their keys; `null` where it holds nothing. */
export function valuesByKey(
  table: EntityTable,
  field: FieldSchema,
  selection: Selection,
): ReadonlyMap<string, Uint8Array | string | null> {
  const where = whereClause(selection);
  const vector = isVectorType(field.type);
  const value = vector ? "v.data" : `e.${fieldColumn(field.id)}`;
  const join = vector ? ` LEFT JOIN ${table.vectorTable(field)} AS v ON v.row_id=e.row_id` : "";
  const rows = table
    .statement(`SELECT e.${table.keyColumn}, ${value} FROM (SELECT * FROM ${table.name}${where.text}) AS e${join}`)
    .raw()
    .safeIntegers()
    .all(...where.params) as [PrimaryKey, Uint8Array | string | null][];
  return new Map(rows.map(([key, held]) => [String(key), held]));
}
