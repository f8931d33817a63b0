import { failure } from "../../errors.js";
import { isList } from "../../values/js-value.js";
import type { SqlValue, StoredRow } from "../entities/batch.js";
import { appendElements, countElements, removeElements } from "../model/types/array.js";
import { absentValue, type ScalarSlot } from "./batch-builder.js";

/** What an upsert does with the array that a row has: puts elements behind it, or takes all equal ones out of it. */
export type ArrayChange = "ARRAY_APPEND" | "ARRAY_REMOVE";

/** By the names of their fields. */
export type ArrayChanges = ReadonlyMap<string, ArrayChange>;

/**
 * The stored array of a row after a change. A row that is not there yet gets the elements that are appended, and of what is removed
 * nothing, an empty array; null changes nothing, and nothing is removed from null.
 *
 * @param c the position of the slot
 * @throws InvalidParameter, ArrayBeyondCapacity, and what the type refuses the elements with
 */
export function changedArray(
  { field, type, target }: ScalarSlot,
  change: ArrayChange,
  elements: unknown,
  base: StoredRow | undefined,
  c: number,
  row: number,
): SqlValue {
  if (elements === null || elements === undefined) {
    return base === undefined ? absentValue(field, row) : (base.columns[c] as SqlValue);
  }
  const limit = Number(field.params["max_capacity"]);
  if (change === "ARRAY_APPEND" && isList(elements) && elements.length > limit) {
    throw failure("InvalidParameter", {
      text: `ARRAY_APPEND payload for field "${field.name}" row ${row} has length ${elements.length} exceeding max_capacity ${limit}`,
    });
  }
  if (change === "ARRAY_REMOVE") {
    // What is taken out is stored nowhere: it may be longer than the field allows.
    const gone = String(type.encodeCell(elements, { ...target, late: () => {} }, row));
    if (base === undefined) return "[]";
    const stored = base.columns[c] as SqlValue;
    return stored === null ? null : removeElements(String(stored), gone, field);
  }
  if (base === undefined) return type.encodeCell(elements, target, row);
  const stored = String(base.columns[c] ?? "[]");
  const changed = appendElements(stored, String(type.encodeCell(elements, target, row)));
  const length = countElements(changed, field);
  if (length > limit) throw failure("ArrayBeyondCapacity", { length, limit });
  return changed;
}
