import { BoundedMap } from "../../values/bounded-map.js";
import { bind, type SqlFragment } from "./fragment.js";
import { handleOf, namedBy } from "./handles.js";

/** Texts in filters that are read by a function of ours. SQLite would copy a long one with every row: it goes by its handle. */

/** Shorter texts are copied as fast as they are looked up. */
const LONG = 256;

/** What a function is handed for a constant. */
export type Handed = string | Uint8Array;

class LongText {
  readonly text: string;
  /** What functions have made of it, by who makes it. */
  readonly made = new Map<(text: string) => unknown, unknown>();

  constructor(text: string) {
    this.text = text;
  }
}

/** A constant as `?`, for a function that reads it by `textOf` or `remembered`. */
export function constant(text: string): SqlFragment {
  return bind(text.length < LONG ? text : handleOf(new LongText(text)));
}

export function textOf(given: Handed): string {
  return typeof given === "string" ? given : (namedBy(given) as LongText).text;
}

/** Keeps what was made of the last constants, which come with every row; a long one keeps it itself, however large it is. */
export function remembered<T>(make: (text: string) => T): (given: Handed) => T {
  const known = new BoundedMap<string, T>({ entries: 64 });
  return (given) => {
    if (typeof given === "string") return known.getOrMake(given, make);
    const { text, made } = namedBy(given) as LongText;
    if (!made.has(make)) made.set(make, make(text));
    return made.get(make) as T;
  };
}
