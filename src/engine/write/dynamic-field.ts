import { failure } from "../../errors.js";
import { saidValue } from "../../values/js-value.js";
import { parseStoredObject } from "../../values/json-text.js";
import { DYNAMIC_FIELD } from "../model/schema.js";
import type { Target } from "../model/types/field-type.js";
import { json } from "../model/types/json.js";

/**
 * The JSON text of a row's dynamic keys. Keys of fields are passed over; keys that are stored already stay unless they are
 * given anew.
 *
 * @param keys the keys of `values`
 * @param nulls what becomes of null values: of rows a server skips them, a column is kept as it is
 * @param stored the JSON object of the row that a partial upsert builds on
 * @throws BadRow
 */
export function encodeDynamic(
  values: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  fieldNames: ReadonlySet<string>,
  stored: string | undefined,
  target: Target,
  row: number,
  nulls: "skipped" | "kept" = "skipped",
): string {
  const extra: Record<string, unknown> = Object.create(null);
  if (stored !== undefined && stored !== "{}") Object.assign(extra, parseStoredObject(stored));
  let count = 0;
  for (const key of keys) {
    if (fieldNames.has(key)) continue;
    if (key === DYNAMIC_FIELD) {
      throw failure("BadRow", {
        detail: `use the invalid field name(${DYNAMIC_FIELD}) when enable dynamicField: invalid parameter`,
      });
    }
    const value = saidValue(values[key]);
    if (value === undefined || (value === null && nulls === "skipped")) continue;
    extra[key] = value;
    count++;
  }
  if (count === 0) return stored ?? "{}";
  return String(json.encode(extra, target, row));
}
