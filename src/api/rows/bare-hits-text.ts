import type { SearchHits } from "../../engine/contract/column.js";
import { AsciiText, NUMBER_BYTES } from "../../values/ascii-text.js";
import type { Int64Form } from "./show-value.js";

const KEY = '{"id":';
const SCORE = ',"distance":';
const ROW_BYTES = KEY.length + SCORE.length + 2 * NUMBER_BYTES + 4;

const text = new AsciiText();

/** Whether hits show nothing but numbers as their keys, and scores. */
export function areBareHits({ fields, primaryKey, highlights, elements }: SearchHits): boolean {
  const alone = fields.columns.length === 0 && highlights === undefined && elements === undefined;
  return alone && primaryKey.type === "Int64";
}

/** The rows of bare hits as JSON text, with commas between. */
export function bareHitsText({ ids, scores }: SearchHits, int64: Int64Form, from: number, to: number): string {
  const [before, after] = int64 === "text" ? [`${KEY}"`, `"${SCORE}`] : [KEY, SCORE];
  text.begin((to - from) * ROW_BYTES);
  for (let row = from; row < to; row++) {
    if (row > from) text.text(",");
    text.text(before);
    const key = ids[row];
    if (typeof key === "number") text.integer(key);
    else text.text(String(key));
    text.text(after);
    text.float32(scores[row] as number);
    text.text("}");
  }
  return text.end();
}
