import { MAX_INTEGER_DIGITS } from "./js-value.js";
import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  DOT,
  MINUS,
  NINE,
  OPEN_LIST,
  OPEN_OBJECT,
  PLUS,
  QUOTE,
  SMALL_E,
  ZERO,
} from "./json-characters.js";
import { JsonDouble } from "./json-number.js";

/** What becomes of `1.0`: told apart from `1`, or a plain number. */
export type DoubleForm = "JsonDouble" | "number";

/** Deeper nesting is refused: everything behind this walks values recursively. */
export const MAX_DEPTH = 1000;

/** Texts up to this length V8 copies out of the whole; longer ones would keep all of it in memory. */
const COPIED = 12;
/** Integers of so many digits are exact, as are their quotients by the powers of ten below. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
/** Longer images say more than the number that is made of them. */
const LONG_IMAGE = 16;

/** Doubles that are written again and again. */
const COMMON_DOUBLES: readonly JsonDouble[] = Array.from({ length: 256 }, (_, value) => new JsonDouble(value));

/**
 * Reads a JSON text value by value, and loses nothing: integers beyond 2^53 are bigint, doubles of integral value
 * `JsonDouble`. For texts that `JSON.parse` would damage; it has the last word about what is no JSON.
 */
export class JsonParser {
  readonly #text: string;
  readonly #doubles: boolean;
  #at = 0;
  #depth = 0;

  constructor(text: string, doubles: DoubleForm) {
    this.#text = text;
    this.#doubles = doubles === "JsonDouble";
  }

  /** @throws SyntaxError */
  parse(): unknown {
    const value = this.#value(this.#next());
    if (!Number.isNaN(this.#next())) this.#refuse();
    return value;
  }

  /** The next character that is no space, which is not gone past; NaN at the end. */
  #next(): number {
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c > 32 || (c !== 32 && c !== 10 && c !== 13 && c !== 9)) return c;
      this.#at++;
    }
  }

  #value(first: number): unknown {
    if ((first >= ZERO && first <= NINE) || first === MINUS) return this.#number();
    switch (first) {
      case QUOTE:
        return this.#string();
      case OPEN_LIST:
        return this.#list();
      case OPEN_OBJECT:
        return this.#object();
      default:
        return this.#word("true", true) ?? this.#word("false", false) ?? this.#null();
    }
  }

  /** A number of one digit, of which there are most; undefined for anything else. */
  #digit(first: number): number | undefined {
    if (first < ZERO || first > NINE) return undefined;
    const c = this.#text.charCodeAt(this.#at + 1);
    if (c !== COMMA && c !== CLOSE_LIST) return undefined;
    this.#at++;
    return first - ZERO;
  }

  #word(word: string, value: boolean): boolean | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined;
    this.#at += word.length;
    return value;
  }

  #null(): null {
    if (!this.#text.startsWith("null", this.#at)) this.#refuse();
    this.#at += 4;
    return null;
  }

  #list(): unknown[] {
    this.#enter();
    const list: unknown[] = [];
    let c = this.#next();
    if (c === CLOSE_LIST) return this.#leave(list);
    for (;;) {
      list.push(this.#digit(c) ?? this.#value(c));
      c = this.#next();
      if (c === CLOSE_LIST) return this.#leave(list);
      if (c !== COMMA) this.#refuse();
      this.#at++;
      c = this.#next();
    }
  }

  #object(): Record<string, unknown> {
    this.#enter();
    const object: Record<string, unknown> = {};
    let c = this.#next();
    if (c === CLOSE_OBJECT) return this.#leave(object);
    for (;;) {
      if (c !== QUOTE) this.#refuse();
      const key = this.#string();
      if (this.#next() !== COLON) this.#refuse();
      this.#at++;
      const value = this.#value(this.#next());
      // A key like any other.
      if (key === "__proto__") setOwn(object, key, value);
      else object[key] = value;
      c = this.#next();
      if (c === CLOSE_OBJECT) return this.#leave(object);
      if (c !== COMMA) this.#refuse();
      this.#at++;
      c = this.#next();
    }
  }

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxError("exceeded max depth");
    this.#at++;
  }

  #leave<T>(container: T): T {
    this.#depth--;
    this.#at++;
    return container;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    for (; at - start <= COPIED; at++) {
      const c = text.charCodeAt(at);
      if (c === QUOTE) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (c === BACKSLASH || c < 32) break;
    }
    this.#at = endOfString(text, text.indexOf('"', at));
    if (this.#at < 0) this.#refuse();
    try {
      return JSON.parse(text.slice(start - 1, this.#at)) as string;
    } catch {
      return this.#refuse();
    }
  }

  #number(): number | bigint | JsonDouble {
    const text = this.#text;
    const start = this.#at;
    const negative = text.charCodeAt(start) === MINUS;
    const first = negative ? start + 1 : start;
    let digits = 0;
    let at = first;
    let c = text.charCodeAt(at);
    for (; c >= ZERO && c <= NINE; c = text.charCodeAt(++at)) digits = digits * 10 + (c - ZERO);
    if (at === first || (at > first + 1 && text.charCodeAt(first) === ZERO)) this.#refuse();
    let point = at;
    if (c === DOT) {
      point = ++at;
      c = text.charCodeAt(at);
      for (; c >= ZERO && c <= NINE; c = text.charCodeAt(++at)) digits = digits * 10 + (c - ZERO);
      if (at === point) this.#refuse();
    }
    const fraction = at - point;
    if ((c | 32) === SMALL_E) return this.#exponent(start, at + 1);
    this.#at = at;
    if (at - first > EXACT_DIGITS) return this.#long(start, fraction > 0);
    const size = digits / (POWERS[fraction] as number);
    const value = negative ? -size : size;
    return fraction > 0 && Number.isInteger(value) ? this.#double(value, start) : value;
  }

  #exponent(start: number, from: number): number | JsonDouble {
    const text = this.#text;
    let at = from;
    let c = text.charCodeAt(at);
    if (c === PLUS || c === MINUS) c = text.charCodeAt(++at);
    const first = at;
    while (c >= ZERO && c <= NINE) c = text.charCodeAt(++at);
    if (at === first) this.#refuse();
    this.#at = at;
    return this.#long(start, true) as number | JsonDouble;
  }

  /** A number with too many digits, or with an exponent. */
  #long(start: number, isDouble: boolean): number | bigint | JsonDouble {
    const image = this.#text.slice(start, this.#at);
    const value = Number(image);
    if (isDouble) return Number.isInteger(value) ? this.#double(value, start) : value;
    if (Number.isSafeInteger(value)) return value;
    if (image.length > MAX_INTEGER_DIGITS) throw new SyntaxError(`integer of more than ${MAX_INTEGER_DIGITS} digits`);
    return BigInt(image);
  }

  #double(value: number, start: number): number | JsonDouble {
    if (!this.#doubles) return value;
    if (this.#at - start > LONG_IMAGE) return new JsonDouble(value, this.#text.slice(start, this.#at));
    return (Object.is(value, -0) ? undefined : COMMON_DOUBLES[value]) ?? new JsonDouble(value);
  }

  /** @throws SyntaxError in the words of `JSON.parse` */
  #refuse(): never {
    JSON.parse(this.#text);
    throw new SyntaxError("malformed JSON");
  }
}

function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Index after the closing quote of a string in which the next quote stands at `quote`, or -1. */
export function endOfString(text: string, quote: number): number {
  let close = quote;
  while (close >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return -1;
}
