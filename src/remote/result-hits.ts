import type { HighlightedTexts, RecordBatch, SearchHits } from "../engine/contract/column.js";
import { toInteger } from "../values/int64.js";
import { shownText } from "../values/shown-text.js";
import type { WireRow } from "./answer.js";
import type { JsonForms } from "./json-forms.js";
import { columnSchema, resultColumns } from "./result-columns.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/** What a search asks for, as far as its answer depends on it. */
export interface AskedSearch {
  /** Single elements of struct arrays are found. */
  readonly elements: boolean;
  readonly highlighted: boolean;
  readonly timeZone: string | undefined;
}

/** Where the position of an element stands in a row. */
const ELEMENT = "offset";
const HIGHLIGHT = "highlight";

/** Keys of a hit that are no fields. */
export function keysOfHits({ elements, highlighted }: AskedSearch): ReadonlySet<string> {
  return new Set(["id", "distance", ...(elements ? [ELEMENT] : []), ...(highlighted ? [HIGHLIGHT] : [])]);
}

/** The hits of an answer as columns. */
export function resultHits(
  rows: readonly WireRow[],
  topks: readonly number[],
  schema: KnownSchema & { readonly primary: KnownField },
  forms: JsonForms,
  asked: AskedSearch,
): SearchHits {
  const fields = resultColumns(rows, schema, forms, keysOfHits(asked));
  return {
    topks,
    ids: rows.map(({ id }) => keyOf(id, schema.primary)),
    scores: rows.map(({ distance }) => Math.fround(Number(distance))),
    fields: inZone(fields, asked.timeZone ?? schema.timeZone),
    primaryKey: columnSchema(schema.primary),
    ...(asked.elements && { elements: rows.map((row) => Number(row[ELEMENT])) }),
    ...(asked.highlighted && { highlights: highlightsOf(rows) }),
  };
}

function keyOf(id: unknown, { type }: KnownField): number | bigint | string {
  const key = type === "Int64" ? toInteger(id, "Int64") : typeof id === "string" ? id : undefined;
  if (key === undefined) throw new TypeError(`${shownText(id)} is no key of type ${type}`);
  return key;
}

function highlightsOf(rows: readonly WireRow[]): readonly HighlightedTexts[] {
  const marked = rows.map((row) => (row[HIGHLIGHT] ?? {}) as Readonly<Record<string, readonly string[]>>);
  const names = new Set(marked.flatMap((texts) => Object.keys(texts)));
  return [...names].map((name) => ({ name, fragments: marked.map((texts) => texts[name] ?? []) }));
}

/** Rows of a query; where single elements are meant, each is a row of its own. */
export function resultRows(
  rows: readonly WireRow[],
  schema: KnownSchema,
  forms: JsonForms,
  asked: Pick<AskedSearch, "elements" | "timeZone">,
): RecordBatch {
  const batch = resultColumns(rows, schema, forms, asked.elements ? new Set([ELEMENT]) : undefined);
  const zoned = inZone(batch, asked.timeZone ?? schema.timeZone);
  return asked.elements ? { ...zoned, elements: rows.map((row) => [Number(row[ELEMENT])]) } : zoned;
}

function inZone(batch: RecordBatch, timeZone: string | undefined): RecordBatch {
  return timeZone === undefined ? batch : { ...batch, timeZone };
}
