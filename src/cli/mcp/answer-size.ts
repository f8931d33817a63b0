import { stringifyJson } from "../../api/json.js";

export const MAX_ROWS = 100;
/** UTF-8 bytes of an answer. */
export const MAX_BYTES = 100_000;
/** UTF-8 bytes of an error of the protocol, which repeats what it was sent. */
const MAX_ERROR_BYTES = 1_000;

/** As many items from the front as a part of an answer holds, and how many were left out. */
export function fitting<T>(items: readonly T[], most: number, bytes: number): { shown: readonly T[]; left?: number } {
  let room = bytes;
  const end = items.slice(0, most).findIndex((item) => {
    room -= Buffer.byteLength(stringifyJson(item)) + 1;
    return room < 0;
  });
  const shown = items.slice(0, end < 0 ? most : end);
  return shown.length === items.length ? { shown } : { shown, left: items.length - shown.length };
}

/** A text that is no longer than an answer may be: of another the front, and how long it was. */
export function answerText(text: string): string {
  return cutText(text, MAX_BYTES);
}

export function errorText(text: string): string {
  return cutText(text, MAX_ERROR_BYTES);
}

function cutText(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const note = `… (${bytes.length} bytes)`;
  let end = most - Buffer.byteLength(note);
  // No character is cut in two.
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}${note}`;
}
