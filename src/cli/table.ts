import { stringifyJson } from "../api/json.js";
import { cellText, valueIn } from "../inspect/values.js";
import type { SearchHits } from "../namespaces.js";
import { facetRows } from "./facet-rows.js";
import type { Io } from "./io.js";

/** Columns of a terminal that does not say how many it has, and of what is no terminal. */
const WIDTH = 100;
const LEAST_CELL = 6;
const MOST_CELL = 40;
/** Characters of a value that are looked at. */
const MOST_TEXT = 200;
const GAP = "  ";

type Row = Readonly<Record<string, unknown>>;
type Output = Pick<Io, "columns" | "colour">;

/** A result as a table: a list as rows, facets in the place of hits, an object as its names and values. */
export function tableOf(data: unknown, output: Output): string {
  if (Array.isArray(data)) {
    const { aggregations } = data as Partial<SearchHits>;
    const items: readonly unknown[] = aggregations === undefined ? data : facetRows(aggregations);
    if (items.length === 0) return "no rows\n";
    return rowTable(
      items.map((item) => (isRow(item) ? item : { value: item })),
      output,
    );
  }
  if (isRow(data) && Object.keys(data).length > 0) return pairs(data, output);
  return "done\n";
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rows under the names of their columns; where these do not fit beside each other, each row by itself. */
export function rowTable(rows: readonly Row[], output: Output): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => cellOf(valueIn(row, name))));
  const widths = names.map((name, i) =>
    Math.min(MOST_CELL, Math.max(widthOf(safe(name)), ...cells.map((row) => widthOf(row[i] as string)))),
  );
  const width = output.columns ?? WIDTH;
  const total = () => widths.reduce((sum, own) => sum + own, 0) + GAP.length * (names.length - 1);
  // The widest give way first.
  while (total() > width && Math.max(...widths) > LEAST_CELL) widths[widths.indexOf(Math.max(...widths))]!--;
  if (total() > width) return rows.map((row) => pairs(row, output)).join("\n");
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => fitted(text, widths[i] as number))
      .join(GAP)
      .trimEnd();
  const head = line(names.map(safe));
  return `${[bold(head, output), ...cells.map(line)].join("\n")}\n`;
}

/** A value as a terminal can take it; nothing where there is none. */
function cellOf(value: unknown): string {
  return value === undefined ? "" : safe(cellText(value, MOST_TEXT, stringifyJson));
}

/** Names and values, a line each. */
function pairs(row: Row, output: Output): string {
  const names = Object.keys(row);
  const width = output.columns ?? WIDTH;
  const room = Math.min(Math.max(...names.map((name) => widthOf(safe(name)))), Math.floor(width / 2));
  const lines = names.map((name) => {
    const value = fitted(cellOf(row[name]), width - room - GAP.length);
    return `${bold(fitted(safe(name), room), output)}${GAP}${value}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

function bold(text: string, { colour }: Output): string {
  return colour === true ? `\x1b[1m${text}\x1b[22m` : text;
}

/** What is in data must not steer a terminal. */
export function safe(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, "\ufffd");
}

/** Characters that take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{Mn}/u.test(character) ? 0 : 1;
  return width;
}

/** A text in exactly so many columns. */
export function fitted(text: string, width: number): string {
  const own = widthOf(text);
  if (own <= width) return text + " ".repeat(width - own);
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…${" ".repeat(Math.max(0, width - 1 - widthOf(kept)))}`;
}
