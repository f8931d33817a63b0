import { MAX_INTEGER_DIGITS } from "./js-value.js";
import { JsonDouble } from "./json-number.js";

/** Finds what `JSON.parse` would damage in a text. */

/** Deeper nesting is refused: everything behind this walks values recursively. */
const MAX_DEPTH = 1000;
/** Integers of this many digits may be out of the safe range. */
const UNSAFE_DIGITS = 16;

const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const SMALL_E = 101;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** What becomes of `1.0`: told apart from `1`, or a plain number. */
export type DoubleForm = "JsonDouble" | "number";

/** Parts of the text that `JSON.parse` would damage, numbers or lists of numbers: where they lie and what they are. */
export interface Cuts {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /**
   * Places among `values`: the common doubles come first, and stand for all that are written like them. Below zero: places
   * among `keys`, counted from -1.
   */
  readonly ids: readonly number[];
  readonly values: readonly unknown[];
  readonly keys: readonly string[];
}

/**
 * The parts of a text that `JSON.parse` would damage. What is no JSON may pass: `JSON.parse` refuses it.
 * @throws SyntaxError for nesting deeper than 1000, and for an integer beyond all use
 */
export function findCuts(text: string, doubles: DoubleForm): Cuts {
  return new Scan(text, doubles).cuts();
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= NINE;
}

function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9;
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

/** Lists with fewer such numbers are left to `JSON.parse`, with a mark for each. */
const DENSE = 4;

const ONE_ESCAPE = /^"\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])"/;

class Scan {
  readonly #text: string;
  readonly #doubles: boolean;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #ids: number[] = [];
  /** The common doubles, and a list of its own as soon as there are others: most texts need none. */
  #values: readonly unknown[] = COMMON_DOUBLES;
  readonly #keys: string[] = [];
  /** Behind the number that was read last. */
  #end = 0;

  constructor(text: string, doubles: DoubleForm) {
    this.#text = text;
    this.#doubles = doubles === "JsonDouble";
  }

  cuts(): Cuts {
    const text = this.#text;
    let depth = 0;
    /** Where the innermost list opened, and how many cuts there were, as long as it holds only numbers. */
    let list = -1;
    let before = 0;
    for (let i = 0; i < text.length; ) {
      const c = text.charCodeAt(i);
      if (isDigit(c)) {
        const start = i > 0 && text.charCodeAt(i - 1) === MINUS ? i - 1 : i;
        if (this.#isDamaged(i)) this.#cut(start, this.#end);
        i = this.#end;
        continue;
      }
      if (c === QUOTE) {
        list = -1;
        const start = i;
        const quote = text.indexOf('"', i + 1);
        i = endOfString(text, quote);
        if (i < 0) break; // unterminated: refused in any case
        const quoted = i !== quote + 1;
        if (quoted || text.charCodeAt(start + 1) === BACKSLASH) this.#cutKey(start, i, quoted);
        continue;
      }
      i++;
      if (c === OPEN_LIST || c === OPEN_OBJECT) {
        if (++depth > MAX_DEPTH) throw new SyntaxError("exceeded max depth");
        list = c === OPEN_LIST ? i - 1 : -1;
        before = this.#starts.length;
      } else if (c === CLOSE_LIST || c === CLOSE_OBJECT) {
        depth--;
        if (c === CLOSE_LIST && list >= 0 && this.#starts.length - before >= DENSE) this.#cutList(list, i, before);
        list = -1;
      } else if (c !== COMMA && c !== MINUS && !isSpace(c)) list = -1;
    }
    return { starts: this.#starts, ends: this.#ends, ids: this.#ids, values: this.#values, keys: this.#keys };
  }

  /**
   * V8 (13 to 14 at least) takes a key of one escaped character for a backslash, when it has seen an object before that has the
   * same keys up to there and then the key `\\`; and a key with an escaped quote for one that ends before it in a backslash.
   */
  #cutKey(start: number, end: number, quoted: boolean): void {
    const { length } = ONE_ESCAPE.exec(this.#text.slice(start, Math.min(end, start + 8)))?.[0] ?? "";
    if (!(quoted || length === end - start) || !this.#isKey(end)) return;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#ids.push(-this.#keys.push(JSON.parse(this.#text.slice(start, end)) as string));
  }

  /** Reads the number whose first digit is at `at`. Would `JSON.parse` lose something of it? */
  #isDamaged(at: number): boolean {
    const text = this.#text;
    let i = at;
    do i++;
    while (isDigit(text.charCodeAt(i)));
    const digits = i - at;
    let next = text.charCodeAt(i);
    const fraction = next === DOT;
    let fractionHasValue = false;
    if (fraction) {
      next = text.charCodeAt(++i);
      while (isDigit(next)) {
        if (next !== ZERO) fractionHasValue = true;
        next = text.charCodeAt(++i);
      }
    }
    let mayBeInteger = fraction && (!fractionHasValue || digits >= UNSAFE_DIGITS);
    const exponent = (next | 32) === SMALL_E;
    if (exponent) {
      // `1e-5` and `1.25e-7` are ordinary fractions; what could be an integer is looked at closely.
      const sign = text.charCodeAt(i + 1);
      mayBeInteger = sign !== MINUS || text.charCodeAt(i - 1) === ZERO;
      i += sign === MINUS || sign === PLUS ? 2 : 1;
      while (isDigit(text.charCodeAt(i))) i++;
    }
    this.#end = i;
    if (fraction || exponent) return this.#doubles && mayBeInteger;
    return digits >= UNSAFE_DIGITS;
  }

  /** Notes a number, if it stands where a value may, is well-formed, and would indeed come out as something else. */
  #cut(start: number, end: number): void {
    if (endOfNumber(this.#text, start) !== end || this.#isKey(end)) return;
    const value = exactNumber(this.#text, start, end);
    if (typeof value !== "number") this.#note(start, end, value);
  }

  #note(start: number, end: number, value: unknown): void {
    const common = value instanceof JsonDouble ? Number(value) : -1;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#ids.push(COMMON_DOUBLES[common] === value ? common : this.#add(value));
  }

  /** @returns its place among the values */
  #add(value: unknown): number {
    const values = this.#values === COMMON_DOUBLES ? [...COMMON_DOUBLES] : (this.#values as unknown[]);
    this.#values = values;
    return values.push(value) - 1;
  }

  #isKey(end: number): boolean {
    let i = end;
    while (isSpace(this.#text.charCodeAt(i))) i++;
    return this.#text.charCodeAt(i) === COLON;
  }

  /** A list of numbers with many cuts, as one; what is no such list after all is left for `JSON.parse` to refuse. */
  #cutList(start: number, end: number, before: number): void {
    if (this.#isKey(end)) return;
    const list = this.#numbers(start + 1, end - 1, before);
    if (list === undefined) return;
    for (const column of [this.#starts, this.#ends, this.#ids]) column.length = before;
    this.#note(start, end, list);
  }

  /** The numbers between two places, with commas between them; undefined when there is anything else. */
  #numbers(from: number, to: number, before: number): unknown[] | undefined {
    const text = this.#text;
    const numbers: unknown[] = [];
    let next = before;
    for (let at = from; ; at++) {
      while (isSpace(text.charCodeAt(at))) at++;
      const start = at;
      if (this.#starts[next] === start) {
        numbers.push(this.#values[this.#ids[next] as number]);
        at = this.#ends[next++] as number;
      } else {
        at = endOfNumber(text, start);
        if (at < 0) return undefined;
        numbers.push(Number(text.slice(start, at)));
      }
      while (isSpace(text.charCodeAt(at))) at++;
      if (at === to) return numbers;
      if (text.charCodeAt(at) !== COMMA) return undefined;
    }
  }
}

/** Behind the number that begins at `start`, or -1 when there is none. */
function endOfNumber(text: string, start: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  let at = text.charCodeAt(first) === ZERO ? first + 1 : endOfDigits(text, first);
  if (at >= 0 && text.charCodeAt(at) === DOT) at = endOfDigits(text, at + 1);
  if (at >= 0 && (text.charCodeAt(at) | 32) === SMALL_E) {
    const sign = text.charCodeAt(at + 1);
    at = endOfDigits(text, sign === MINUS || sign === PLUS ? at + 2 : at + 1);
  }
  return at;
}

/** Behind the digits that begin at `start`, or -1 when there are none. */
function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === start ? -1 : at;
}

/** Doubles that are written again and again: the first values of every `Cuts`. */
export const COMMON_DOUBLES: readonly JsonDouble[] = Array.from({ length: 256 }, (_, value) => new JsonDouble(value));

/** The number that is written there; a plain one, if `JSON.parse` would not damage it after all. */
function exactNumber(text: string, start: number, end: number): number | bigint | JsonDouble {
  const first = text.charCodeAt(start);
  // Most are `0.0` and `1.0`.
  if (end - start === 3 && isDigit(first) && text.charCodeAt(start + 1) === DOT)
    return COMMON_DOUBLES[first - ZERO] as JsonDouble;
  const image = text.slice(start, end);
  const value = Number(image);
  if (/[.eE]/.test(image)) {
    if (!Number.isInteger(value)) return value;
    if (image.length > UNSAFE_DIGITS) return new JsonDouble(value, image);
    return (first === MINUS ? undefined : COMMON_DOUBLES[value]) ?? new JsonDouble(value);
  }
  if (Number.isSafeInteger(value)) return value;
  if (image.length > MAX_INTEGER_DIGITS) throw new SyntaxError(`integer of more than ${MAX_INTEGER_DIGITS} digits`);
  return BigInt(image);
}
