import { COMMON_DOUBLES, type Cuts, type DoubleForm, findCuts } from "./json-scan.js";

/**
 * JSON without lost digits. `JSON.parse` rounds integers above 2^53 and forgets that `1.0` was no integer; both matter here
 * (an Int64 key, a double in a dynamic field). A scan finds the numbers that would be damaged. There are nearly never any;
 * else each is cut out, `JSON.parse` reads the text with a mark in its place, and what was cut out is put in for the mark.
 * So the cost is never far from that of `JSON.parse` itself.
 */

/**
 * Parses a JSON text. Integers are `number` when safe, else `bigint`; numbers written as floats whose value is an
 * integer (`1.0`, `1e3`) are `JsonDouble` unless asked otherwise; other floats `number`. Keys named `__proto__` stay plain keys.
 *
 * @throws SyntaxError for anything that is no JSON, is nested more than 1000 deep, or holds an integer beyond all use
 */
export function parseJson(text: string, doubles: DoubleForm = "JsonDouble"): unknown {
  const cuts = findCuts(text, doubles);
  return cuts.starts.length === 0 ? JSON.parse(text) : parseCut(text, cuts);
}

function parseCut(text: string, cuts: Cuts): unknown {
  const mark = markFor(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(withMarks(text, cuts, mark));
  } catch {
    // The text itself is at fault: its own message speaks of no marks.
    return JSON.parse(text);
  }
  const uncut = new Uncut(mark, cuts);
  if (typeof parsed === "string") return uncut.valueOf(parsed) ?? parsed;
  uncut.putIn(parsed);
  return parsed;
}

/** Pieces that are joined at a time. */
const MOST_PIECES = 8192;

function withMarks(text: string, { starts, ends, ids }: Cuts, mark: string): string {
  const common = COMMON_DOUBLES.map((_, id) => `"${mark}${id}"`);
  let marked = "";
  let pieces: string[] = [];
  let at = 0;
  for (let i = 0; i < starts.length; i++) {
    const id = ids[i] as number;
    pieces.push(text.slice(at, starts[i]), common[id] ?? (id < 0 ? `"${mark}k${-1 - id}"` : `"${mark}${id}"`));
    at = ends[i] as number;
    if (pieces.length >= MOST_PIECES) {
      marked += pieces.join("");
      pieces = [];
    }
  }
  return marked + pieces.join("") + text.slice(at);
}

/** What no string of the text begins with: one character of Latin-1, which keeps the text as small as it is, or many. */
function markFor(text: string): string {
  for (let code = 0x80; code < 0x100; code++) {
    const character = String.fromCharCode(code);
    if (text.includes(character) || new RegExp(`\\\\u00${code.toString(16)}`, "i").test(text)) continue;
    return character;
  }
  return `cut${Math.random().toString(36).slice(2)}-`;
}

/** Puts what was cut out in the place of the marks. */
class Uncut {
  readonly #mark: string;
  readonly #first: number;
  readonly #values: readonly unknown[];
  readonly #keys: readonly string[];

  constructor(mark: string, { values, keys }: Cuts) {
    this.#mark = mark;
    this.#first = mark.charCodeAt(0);
    this.#values = values;
    this.#keys = keys;
  }

  /** What a mark stands for; undefined for every other string. */
  valueOf(found: string): unknown {
    if (found.charCodeAt(0) !== this.#first || !found.startsWith(this.#mark)) return undefined;
    return this.#values[Number(found.slice(this.#mark.length))];
  }

  putIn(container: unknown): void {
    if (Array.isArray(container)) {
      for (let i = 0; i < container.length; i++) {
        const item = container[i] as unknown;
        if (typeof item === "string") container[i] = this.valueOf(item) ?? item;
        else if (typeof item === "object" && item !== null) this.putIn(item);
      }
      return;
    }
    if (typeof container !== "object" || container === null) return;
    const object = container as Record<string, unknown>;
    const keys = Object.keys(object);
    if (this.#keys.length > 0 && keys.some((key) => key.startsWith(this.#mark))) this.#rename(object, keys);
    for (const key of this.#keys.length > 0 ? Object.keys(object) : keys) {
      const item = object[key];
      if (typeof item === "string") {
        const value = this.valueOf(item);
        // An own `__proto__` is a key like any other.
        if (value !== undefined) object[key] = value;
      } else if (typeof item === "object" && item !== null) this.putIn(item);
    }
  }

  /** Gives the members of an object their own keys again, in their order. */
  #rename(object: Record<string, unknown>, keys: readonly string[]): void {
    const members = keys.map((key) => [key, object[key]] as const);
    for (const key of keys) delete object[key];
    for (const [key, value] of members) {
      const name = key.startsWith(this.#mark) ? (this.#keys[Number(key.slice(this.#mark.length + 1))] as string) : key;
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    }
  }
}
