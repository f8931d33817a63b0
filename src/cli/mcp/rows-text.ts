import { stringifyJson } from "../../api/json.js";
import { MAX_BYTES, MAX_ROWS } from "./answer-size.js";

/** What is said around the rows. */
const ROOM = 500;
/** Characters that are left of a text in a row that alone would be too long. */
const CUT_TEXT = 1_000;

type Row = Readonly<Record<string, unknown>>;

/** Rows as JSON, as many as an answer holds, and how many were left out. */
export function rowsText(rows: readonly Row[]): string {
  const texts: string[] = [];
  let bytes = ROOM;
  for (const row of rows.slice(0, MAX_ROWS)) {
    const text = rowText(row);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_BYTES) break;
    texts.push(text);
  }
  const left = rows.length - texts.length;
  const note =
    left === 0
      ? ""
      : `,"left_out":${left},"note":"the answer would be longer than 100 KB: ask for fewer fields or rows"`;
  return `{"rows":[${texts.join(",")}]${note}}`;
}

function rowText(row: Row): string {
  const whole = stringifyJson(row);
  if (Buffer.byteLength(whole) <= MAX_BYTES - ROOM) return whole;
  const parts = Object.entries(row).map(([name, value]) => [name, shortened(value)] as const);
  const cut = stringifyJson(Object.fromEntries(parts));
  if (Buffer.byteLength(cut) <= MAX_BYTES - ROOM) return cut;
  // Hundreds of columns, each of them long: what names the row stands first.
  return stringifyJson(Object.fromEntries(parts.slice(0, 20)));
}

function shortened(value: unknown): unknown {
  const text = typeof value === "string" ? value : stringifyJson(value);
  return text.length <= CUT_TEXT ? value : `${text.slice(0, CUT_TEXT)}… (${text.length} characters)`;
}
