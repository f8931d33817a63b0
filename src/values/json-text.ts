import {
  dateMilliseconds,
  isHugeInteger,
  isPlainObject,
  kindOf,
  MAX_INTEGER_DIGITS,
  requireContents,
  saidValue,
  typedArrayName,
} from "./js-value.js";
import { doubleText, JsonDouble } from "./json-number.js";
import { parseJson } from "./json-reader.js";

/**
 * Characters that a text may have, as many as any request brings. A value of a program's may say more than it holds: an array of
 * holes, one list in a thousand places.
 */
const MAX_CHARACTERS = 2 ** 26;
/** Of the text that is being made. */
let left = 0;

/**
 * Once so many characters are made, long parts are remembered: a list that holds another one twice, which holds a third one twice
 * and so on, has a text without an end, and is refused as soon as that is known.
 */
const MANY_CHARACTERS = 2 ** 20;
const LONG_PART = 1024;
/** A part of a value, with its text and how deep it stood: deeper down it might be too deep. */
let parts = new Map<object, { readonly text: string; readonly depth: number }>();

/** SQLite reads JSON nested up to 1000 deep. */
const MAX_DEPTH = 990;

/**
 * JSON text of a value, for JSON columns and the dynamic field: integers of any size digit by digit, `1.0` stays `1.0`. As
 * `JSON.stringify` has it: keys whose value is undefined are skipped, holes and undefined in arrays become null, a Date its ISO
 * text, an object with a `toJSON` what that gives. Unlike it: typed arrays are arrays, `bigint` is an integer, and what JSON
 * cannot say is refused instead of left out.
 *
 * @throws TypeError for what JSON cannot say (functions, symbols, NaN, infinities, Map, Set, ...), for nesting that SQLite could
 *   not read, and for more than any request brings; whatever a getter or a Proxy of the caller's throws
 */
export function jsonText(value: unknown): string {
  left = MAX_CHARACTERS;
  try {
    const text = valueText(value, 0) ?? "null";
    // V8 puts the pieces together when somebody looks at them: here, and not in the transaction that writes the text.
    text.charCodeAt(0);
    return text;
  } finally {
    if (parts.size > 0) parts = new Map();
  }
}

/** Counts a piece of the text that holds no other. */
function counted(piece: string): string {
  left -= piece.length + 1;
  if (left < 0) throw new TypeError(`more than ${MAX_CHARACTERS} characters of JSON`);
  return piece;
}

/** Undefined for an object that says it is. */
function valueText(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case "string":
      return counted(JSON.stringify(value.isWellFormed() ? value : value.toWellFormed()));
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no JSON value`);
      // An integer beyond the safe range is the double that it is: its digits may say less, and would be read as exact.
      return counted(Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : doubleText(value));
    case "bigint":
      if (isHugeInteger(value)) throw new TypeError(`an integer of more than ${MAX_INTEGER_DIGITS} digits`);
      return counted(String(value));
    case "boolean":
      return counted(String(value));
    case "object":
      return value === null ? counted("null") : objectText(value, depth);
    default:
      throw new TypeError(`${kindOf(value)} is no JSON value`);
  }
}

function objectText(value: object, depth: number): string | undefined {
  if (depth > MAX_DEPTH) throw new TypeError(`nested more than ${MAX_DEPTH} deep`);
  counted("");
  const known = parts.get(value);
  if (known !== undefined && depth <= known.depth) return counted(known.text);
  const text = partText(value, depth);
  if (text !== undefined && text.length >= LONG_PART && left < MAX_CHARACTERS - MANY_CHARACTERS) {
    parts.set(value, { text, depth });
  }
  return text;
}

function partText(value: object, depth: number): string | undefined {
  if (Array.isArray(value)) return listText(value, depth);
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (
    (prototype === Object.prototype || prototype === null) &&
    typeof (value as { toJSON?: unknown }).toJSON !== "function"
  ) {
    return membersText(value, depth);
  }
  if (value instanceof JsonDouble) return doubleText(Number(value));
  if (typedArrayName(value) !== undefined) {
    requireContents(value as Uint8Array);
    return listText(value as Uint8Array, depth);
  }
  const date = dateMilliseconds(value);
  if (date !== undefined) {
    if (Number.isNaN(date)) throw new TypeError("an invalid Date is no JSON value");
    return `"${new Date(date).toISOString()}"`;
  }
  const said = saidValue(value);
  if (said !== value) return said === undefined ? undefined : valueText(said, depth + 1);
  if (!isPlainObject(value)) throw new TypeError(`${kindOf(value)} is no JSON value`);
  return membersText(value, depth);
}

function membersText(value: object, depth: number): string {
  const keys = Object.keys(value);
  const member = (key: string): string | undefined => {
    const item = (value as Record<string, unknown>)[key];
    const text = item === undefined ? undefined : valueText(item, depth + 1);
    return text === undefined ? undefined : `${valueText(key, depth)}:${text}`;
  };
  if (keys.length > MOST_PIECES) return `{${joined(keys.length, (i) => member(keys[i] as string))}}`;
  let text = "";
  for (const key of keys) {
    const next = member(key);
    if (next !== undefined) text += text === "" ? next : `,${next}`;
  }
  return `{${text}}`;
}

/** By index: an iterator passes over no holes, `map` and `join` do. */
function listText(list: ArrayLike<unknown>, depth: number): string {
  const numbers = wholeNumbers(list);
  if (numbers !== undefined) return counted(JSON.stringify(numbers));
  const itemText = (i: number): string => {
    const item = list[i];
    return (item === undefined ? undefined : valueText(item, depth + 1)) ?? counted("null");
  };
  if (list.length > MOST_PIECES) return `[${joined(list.length, itemText)}]`;
  let text = "";
  for (let i = 0; i < list.length; i++) text += i === 0 ? itemText(i) : `,${itemText(i)}`;
  return `[${text}]`;
}

/** A copy of a list whose text is that of its numbers: no holes, no zero with a sign. */
function wholeNumbers(list: ArrayLike<unknown>): number[] | undefined {
  if (list.length > MOST_PIECES) return undefined;
  const numbers: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (!Number.isSafeInteger(item) || Object.is(item, -0)) return undefined;
    numbers.push(item as number);
  }
  return numbers;
}

/** More pieces than this are not put together one by one. */
const MOST_PIECES = 4096;

/**
 * Many pieces with commas between them, run by run: a text that grows piece by piece is kept as a tree of all of them, which
 * takes fifty times the room of the text. Undefined ones are left out.
 */
function joined(count: number, piece: (i: number) => string | undefined): string {
  const runs: string[] = [];
  let run: string[] = [];
  for (let i = 0; i < count; i++) {
    const next = piece(i);
    if (next !== undefined) run.push(next);
    if (run.length < MOST_PIECES) continue;
    runs.push(run.join());
    run = [];
  }
  if (run.length > 0) runs.push(run.join());
  return runs.join();
}

/** The value of stored JSON text: integers beyond the safe range become bigint, every other number a number. */
export function parseJsonText(text: string): unknown {
  return parseJson(text, "number");
}

/** A stored JSON object to be changed and written back: `1.0` stays a double. */
export function parseStoredObject(text: string): Record<string, unknown> {
  return parseJson(text, "JsonDouble") as Record<string, unknown>;
}
