import type { StoredColumn } from "../../engine/contract/column.js";
import type { EntityData } from "../../engine/contract/reply.js";
import { shortestFloat } from "../../values/float32.js";
import { parseJsonText } from "../../values/json-text.js";
import { type Int64Form, plainReader } from "./show-value.js";

export type Row = Record<string, unknown>;

/**
 * The rows of a result as objects, as the documentation shows them: dynamic keys beside the declared fields; for hits, the
 * primary key as `id` and the score as `distance` in front.
 */
export function rowObjects(data: EntityData, int64: Int64Form): (row: number) => Row {
  const batch = "topks" in data ? data.fields : data;
  const options = { int64, timeZone: batch.timeZone };
  const declared = batch.columns.filter((column) => column.dynamic !== true);
  const names = declared.map((column) => column.name);
  const readers = declared.map((column) => plainReader(column, options));
  const dynamic = dynamicTexts(batch.columns);
  const keyText = int64 === "text" && "topks" in data && data.primaryKey.type === "Int64";
  return (row) => {
    const object: Row = {};
    if ("topks" in data) {
      const key = data.ids[row];
      object["id"] = keyText ? String(key) : key;
      object["distance"] = shortestFloat(data.scores[row] as number);
    }
    for (let i = 0; i < readers.length; i++) define(object, names[i] as string, readers[i]?.(row));
    const text = dynamic?.[row];
    if (text !== undefined && text !== "{}") {
      // Last, so that a declared field of the same name wins.
      for (const [key, value] of Object.entries(parseJsonText(text) as Row)) define(object, key, value);
    }
    return object;
  };
}

/** The texts of the dynamic field, one per row; undefined where it is not among the columns. */
export function dynamicTexts(columns: readonly StoredColumn[]): readonly string[] | undefined {
  return columns.find((column) => column.dynamic === true)?.values as readonly string[] | undefined;
}

/** Sets a key unless it is there; `__proto__` is a key like any other. */
function define(object: Row, key: string, value: unknown): void {
  if (Object.hasOwn(object, key)) return;
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}
