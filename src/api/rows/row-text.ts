import type { EntityData } from "../../engine/contract/reply.js";
import { shortestFloat } from "../../values/float32.js";
import { dropMembers } from "../../values/json-members.js";
import { dynamicTexts, ELEMENT, elementPlaces, highlightOf, takenNames } from "./row-objects.js";
import type { Int64Form } from "./show-value.js";
import { textValues } from "./struct-values.js";

/**
 * The rows of a result as JSON text, straight from the columns: what `rowObjects` would print, without the objects.
 * Stored JSON is not read again.
 */
export function rowText(data: EntityData, int64: Int64Form): (row: number) => string {
  const batch = "topks" in data ? data.fields : data;
  const options = { int64, timeZone: batch.timeZone };
  const front = "topks" in data ? hitFront(data, int64) : elementFront(data);
  const places = elementPlaces(data);
  const taken = takenNames(data);
  const marked = "topks" in data ? data.highlights : undefined;
  const keys: string[] = [];
  const readers: ((row: number) => string)[] = [];
  for (const { name, read } of textValues(batch.columns, options)) {
    if (taken.has(name)) continue;
    taken.add(name);
    keys.push(`${keys.length === 0 && front === undefined ? "" : ","}${JSON.stringify(name)}:`);
    readers.push(read);
  }
  const dynamic = dynamicTexts(batch.columns);
  return (shown) => {
    let text = front === undefined ? "{" : front(shown);
    const row = places?.[shown]?.[0] ?? shown;
    for (let i = 0; i < readers.length; i++) text += (keys[i] as string) + (readers[i] as (row: number) => string)(row);
    const meta = dynamic?.[row];
    if (meta !== undefined && meta !== "{}") {
      const members = dropMembers(meta, taken).slice(1, -1);
      if (members !== "") text += text === "{" ? members : `,${members}`;
    }
    if (marked !== undefined) text += `,"highlight":${JSON.stringify(highlightOf(marked, row))}`;
    return `${text}}`;
  };
}

function elementFront(data: EntityData): ((row: number) => string) | undefined {
  const places = elementPlaces(data);
  return places && ((row) => `{"${ELEMENT}":${places[row]?.[1]}`);
}

function hitFront(data: Extract<EntityData, { topks: unknown }>, int64: Int64Form): (row: number) => string {
  const { ids, scores, elements } = data;
  const quoted = data.primaryKey.type !== "Int64" || int64 === "text";
  return (row) => {
    const key = ids[row];
    const id = !quoted ? String(key) : typeof key === "string" ? JSON.stringify(key) : `"${key}"`;
    const element = elements === undefined ? "" : `,"${ELEMENT}":${elements[row]}`;
    return `{"id":${id},"distance":${shortestFloat(scores[row] as number)}${element}`;
  };
}
