import { MAX_INTEGER_DIGITS } from "./js-value.js";
import { JsonDouble } from "./json-number.js";

/**
 * JSON without lost digits. `JSON.parse` rounds integers above 2^53 and forgets that `1.0` was no integer;
 * both matter here (an Int64 key, a double in a dynamic field). A scan of the text says whether `JSON.parse` would lose
 * anything; it nearly never does, so vectors go through the native parser, and the rest through `Reader` below.
 */

/** Deeper nesting is refused: everything behind this walks values recursively. */
const MAX_DEPTH = 1000;
/** Integers of this many digits may be out of the safe range. */
const UNSAFE_DIGITS = 16;

const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

/** What becomes of `1.0`: told apart from `1`, or a plain number. */
export type DoubleForm = "JsonDouble" | "number";

/**
 * Parses a JSON text. Integers are `number` when safe, else `bigint`; numbers written as floats whose value is an
 * integer (`1.0`, `1e3`) are `JsonDouble` unless asked otherwise; other floats `number`. Keys named `__proto__` stay plain keys.
 *
 * @throws SyntaxError for anything that is no JSON, or is nested more than 1000 deep
 */
export function parseJson(text: string, doubles: DoubleForm = "JsonDouble"): unknown {
  if (nativeParseIsLossless(text)) return JSON.parse(text);
  return new Reader(text, doubles).document();
}

/** True when `JSON.parse` keeps every digit of the text and nothing in it is nested too deep. */
function nativeParseIsLossless(text: string): boolean {
  const length = text.length;
  let depth = 0;
  for (let i = 0; i < length; ) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = endOfString(text, i);
      if (i < 0) return true; // unterminated: the native parser reports it
    } else if (c >= ZERO && c <= NINE) {
      const start = i;
      do i++;
      while (isDigit(text.charCodeAt(i)));
      const digits = i - start;
      let next = text.charCodeAt(i);
      let fractionHasValue = false;
      const fraction = next === DOT;
      if (fraction) {
        next = text.charCodeAt(++i);
        while (isDigit(next)) {
          if (next !== ZERO) fractionHasValue = true;
          next = text.charCodeAt(++i);
        }
      }
      if ((next | 32) === 101) {
        // An exponent: `1e-5` and `1.25e-7` are ordinary fractions; what could be an integer is looked at closely.
        if (text.charCodeAt(i + 1) !== MINUS || text.charCodeAt(i - 1) === ZERO) return false;
        for (i += 2; isDigit(text.charCodeAt(i)); i++);
      } else if (fraction) {
        if (!fractionHasValue) return false;
        // Too many digits before the point for the fraction to survive: the value is an integer now.
        if (digits >= UNSAFE_DIGITS) return false;
      } else if (digits >= UNSAFE_DIGITS) return false;
    } else {
      if (c === 123 || c === 91) {
        if (++depth > MAX_DEPTH) return false;
      } else if (c === 125 || c === 93) depth--;
      i++;
    }
  }
  return true;
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= NINE;
}

/** Index after the closing quote of the string that opens at `open`, or -1. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return -1;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;

/** The exact reader, for texts that the native parser would damage. */
class Reader {
  readonly #text: string;
  readonly #doubles: DoubleForm;
  #at = 0;
  #depth = 0;

  constructor(text: string, doubles: DoubleForm) {
    this.#text = text;
    this.#doubles = doubles;
  }

  document(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#unexpected();
    return value;
  }

  #value(): unknown {
    this.#space();
    const c = this.#text.charCodeAt(this.#at);
    if (c === QUOTE) return this.#string();
    if (c === 123) return this.#object();
    if (c === 91) return this.#array();
    if (c === MINUS || isDigit(c)) return this.#number();
    return this.#word();
  }

  #object(): Record<string, unknown> {
    this.#enter();
    const object: Record<string, unknown> = {};
    if (this.#closes("}")) return object;
    for (;;) {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== QUOTE) this.#unexpected();
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ":") this.#unexpected();
      this.#at++;
      const value = this.#value();
      if (key === "__proto__") {
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      } else object[key] = value;
      if (this.#endsAfterItem("}")) return object;
    }
  }

  #array(): unknown[] {
    this.#enter();
    const array: unknown[] = [];
    if (this.#closes("]")) return array;
    for (;;) {
      array.push(this.#value());
      if (this.#endsAfterItem("]")) return array;
    }
  }

  #enter(): void {
    this.#at++;
    if (++this.#depth > MAX_DEPTH) throw new SyntaxError("exceeded max depth");
  }

  #closes(bracket: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    this.#depth--;
    return true;
  }

  #endsAfterItem(bracket: string): boolean {
    if (this.#closes(bracket)) return true;
    if (this.#text[this.#at] !== ",") this.#unexpected();
    this.#at++;
    return false;
  }

  #string(): string {
    const start = this.#at;
    const end = endOfString(this.#text, start);
    if (end < 0) throw new SyntaxError("unexpected end of JSON input");
    this.#at = end;
    // The native parser knows the escapes and refuses bare control characters.
    return JSON.parse(this.#text.slice(start, end)) as string;
  }

  #number(): number | bigint | JsonDouble {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) this.#unexpected();
    const [text, fraction, exponent] = match as RegExpExecArray;
    this.#at += text.length;
    const value = Number(text);
    if (fraction !== undefined || exponent !== undefined) {
      if (this.#doubles !== "JsonDouble" || !Number.isInteger(value)) return value;
      return new JsonDouble(value, text.length > UNSAFE_DIGITS ? text : undefined);
    }
    if (Number.isSafeInteger(value)) return value;
    if (text.length > MAX_INTEGER_DIGITS) throw new SyntaxError(`integer of more than ${MAX_INTEGER_DIGITS} digits`);
    return BigInt(text);
  }

  #word(): boolean | null {
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#unexpected();
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #unexpected(): never {
    const c = this.#text[this.#at];
    throw new SyntaxError(
      c === undefined ? "unexpected end of JSON input" : `unexpected ${JSON.stringify(c)} at position ${this.#at}`,
    );
  }
}

const WORDS: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
