import type { HighlightedTexts, StoredColumn } from "../../engine/contract/column.js";
import type { EntityData } from "../../engine/contract/reply.js";
import { shortestFloat } from "../../values/float32.js";
import { parseJsonText } from "../../values/json-text.js";
import type { Int64Form } from "./show-value.js";
import { plainValues } from "./struct-values.js";

export type Row = Record<string, unknown>;

/**
 * The rows of a result as objects, as the documentation shows them: dynamic keys beside the declared fields; for hits, the
 * primary key as `id` and the score as `distance` in front.
 */
export function rowObjects(data: EntityData, int64: Int64Form): (row: number) => Row {
  const batch = "topks" in data ? data.fields : data;
  const options = { int64, timeZone: batch.timeZone };
  const hits = "topks" in data ? data : undefined;
  const marked = hits?.highlights;
  const elements = hits?.elements;
  const bare = hits?.fields.columns.length === 0 && marked === undefined && elements === undefined;
  if (hits !== undefined && bare && int64 === "number") {
    return (row) => ({ id: hits.ids[row], distance: shortestFloat(hits.scores[row] as number) });
  }
  const keyText = int64 === "text" && hits?.primaryKey.type === "Int64";
  const taken = takenNames(data);
  const names: string[] = [];
  const readers: ((row: number) => unknown)[] = [];
  for (const { name, read } of plainValues(batch.columns, options)) {
    if (taken.has(name)) continue;
    taken.add(name);
    names.push(name);
    readers.push(read);
  }
  const dynamic = dynamicTexts(batch.columns);
  const places = elementPlaces(data);
  return (shown) => {
    const object: Row = {};
    const [row, element] = places?.[shown] ?? [shown, undefined];
    if (element !== undefined) object[ELEMENT] = element;
    if (hits !== undefined) {
      const key = hits.ids[row];
      object["id"] = keyText ? String(key) : key;
      object["distance"] = shortestFloat(hits.scores[row] as number);
      if (elements !== undefined) object[ELEMENT] = elements[row];
    }
    for (let i = 0; i < readers.length; i++) {
      set(object, names[i] as string, (readers[i] as (row: number) => unknown)(row));
    }
    const text = dynamic?.[row];
    if (text !== undefined && text !== "{}") {
      const meta = parseJsonText(text) as Row;
      for (const key of Object.keys(meta)) if (!taken.has(key)) set(object, key, meta[key]);
    }
    if (marked !== undefined) object["highlight"] = highlightOf(marked, row);
    return object;
  };
}

/** Under which name a row says which element of it is meant, as the Python client does. */
export const ELEMENT = "offset";

/** Of rows of which single elements are meant: the row and the position of each. */
export function elementPlaces(data: EntityData): readonly (readonly [row: number, position: number])[] | undefined {
  if ("topks" in data) return undefined;
  return data.elements?.flatMap((positions, row) => positions.map((position) => [row, position] as const));
}

/** Names of the row of a hit that no field can have there. */
export function takenNames(data: EntityData): Set<string> {
  if (!("topks" in data)) return new Set(data.elements === undefined ? [] : [ELEMENT]);
  const taken = new Set(["id", "distance"]);
  if (data.highlights !== undefined) taken.add("highlight");
  if (data.elements !== undefined) taken.add(ELEMENT);
  return taken;
}

/** The marked texts of a hit, by field. */
export function highlightOf(marked: readonly HighlightedTexts[], row: number): Readonly<Record<string, unknown>> {
  return Object.fromEntries(marked.map(({ name, fragments }) => [name, fragments[row] ?? []]));
}

/** The texts of the dynamic field, one per row; undefined where it is not among the columns. */
export function dynamicTexts(columns: readonly StoredColumn[]): readonly string[] | undefined {
  return columns.find((column) => column.dynamic === true)?.values as readonly string[] | undefined;
}

/** Plain assignment, but `__proto__` is a key like any other. */
function set(object: Row, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}
