import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
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
import { type DoubleForm, MAX_DEPTH } from "./json-parser.js";

/** Integers of this many digits may be out of the safe range. */
const UNSAFE_DIGITS = 16;

/** What `lookOver` says of a text that needs care. */
export const NEEDS_CARE = -1;

/**
 * Looks over a JSON text in UTF-8: whether `JSON.parse` may damage something of it, numbers, and keys that some versions of V8
 * misread. What is no JSON may pass: `JSON.parse` refuses it. Bytes are looked at, for they are read several times faster than
 * characters.
 *
 * @param length where the text ends
 * @param passes the rest of a list that begins with a fraction, as vectors do, is passed over: `areFractions` tells afterwards whether
 *   it was as it began, and where it was not, nothing that was found here means anything
 * @returns how many lists were passed over, or `NEEDS_CARE`
 * @throws SyntaxError for nesting deeper than 1000
 */
export function lookOver(bytes: Uint8Array, length: number, doubles: DoubleForm, passes: boolean): number {
  let depth = 0;
  let passed = 0;
  for (let i = 0; i < length; ) {
    const c = bytes[i] as number;
    if (c >= ZERO && c <= NINE) {
      const next = endOfNumber(bytes, i, length, doubles === "JsonDouble");
      if (next < 0) return NEEDS_CARE;
      if (passes && isFirstFraction(bytes, i, next)) {
        i = bytes.indexOf(CLOSE_LIST, next);
        passed++;
        if (i < 0) return passed; // unterminated: refused in any case
      } else i = next;
      continue;
    }
    if (c === QUOTE) {
      const next = endOfString(bytes, i, length);
      if (next < 0) return passed; // unterminated: refused in any case
      if (next === MISREAD) return NEEDS_CARE;
      i = next;
      continue;
    }
    i++;
    if (c === OPEN_LIST || c === OPEN_OBJECT) {
      if (++depth <= MAX_DEPTH) continue;
      if (passed > 0) return NEEDS_CARE;
      throw new SyntaxError("exceeded max depth");
    }
    if (c === CLOSE_LIST || c === CLOSE_OBJECT) depth--;
  }
  return passed;
}

/** Whether a number with a point in it stands right behind the beginning of a list. */
function isFirstFraction(bytes: Uint8Array, start: number, end: number): boolean {
  const before = bytes[start - 1];
  if (before !== OPEN_LIST && (before !== MINUS || bytes[start - 2] !== OPEN_LIST)) return false;
  for (let i = start + 1; i < end; i++) if (bytes[i] === DOT) return true;
  return false;
}

/** No string ends at the beginning. */
const MISREAD = 0;

/** Behind the string that begins at `start`; -1 where it does not end, `MISREAD` for a key that may be misread. */
function endOfString(bytes: Uint8Array, start: number, length: number): number {
  let hasQuote = false;
  for (let i = start + 1; i < length; i++) {
    const c = bytes[i];
    if (c === BACKSLASH) {
      i++;
      hasQuote ||= bytes[i] === QUOTE;
    } else if (c === QUOTE) {
      const escaped = hasQuote || bytes[start + 1] === BACKSLASH;
      return escaped && isMisreadKey(bytes, start, i + 1, length, hasQuote) ? MISREAD : i + 1;
    }
  }
  return -1;
}

const ONE_ESCAPE = /^"\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])"$/;

/**
 * V8 (13 to 14 at least) takes a key of one escaped character for a backslash, when it has seen an object before that has the
 * same keys up to there and then the key `\\`; and a key with an escaped quote for one that ends before it in a backslash.
 */
function isMisreadKey(bytes: Uint8Array, start: number, end: number, length: number, hasQuote: boolean): boolean {
  const isOne = end - start <= 8 && ONE_ESCAPE.test(String.fromCharCode(...bytes.subarray(start, end)));
  if (!hasQuote && !isOne) return false;
  let i = end;
  while (i < length && isSpace(bytes[i] as number)) i++;
  return i < length && bytes[i] === COLON;
}

/** Behind the number whose first digit is at `at`; -1 when `JSON.parse` may lose something of it. */
function endOfNumber(bytes: Uint8Array, at: number, length: number, keepsDoubles: boolean): number {
  let i = at;
  let next = 0;
  do next = ++i < length ? (bytes[i] as number) : 0;
  while (isDigit(next));
  const digits = i - at;
  const fraction = next === DOT;
  let fractionHasValue = false;
  // A digit that keeps the number farther from every integer than it can be rounded.
  let isBetween = false;
  if (fraction) {
    next = ++i < length ? (bytes[i] as number) : 0;
    while (isDigit(next) && !isBetween) {
      if (next !== ZERO) {
        fractionHasValue = true;
        isBetween = next !== NINE && i - at < UNSAFE_DIGITS;
      }
      next = ++i < length ? (bytes[i] as number) : 0;
    }
    // Nothing depends on the digits behind that.
    while (isDigit(next)) next = ++i < length ? (bytes[i] as number) : 0;
  }
  let mayBeInteger = fraction && !isBetween && (!fractionHasValue || i - at >= UNSAFE_DIGITS);
  const exponent = (next | 32) === SMALL_E;
  if (exponent) {
    // `1e-5` and `1.25e-7` are ordinary fractions; what could be an integer is looked at closely.
    const sign = bytes[i + 1];
    const isLong = i - at >= UNSAFE_DIGITS;
    mayBeInteger = sign !== MINUS || bytes[i - 1] === ZERO;
    i += sign === MINUS || sign === PLUS ? 2 : 1;
    const power = i;
    while (i < length && isDigit(bytes[i] as number)) i++;
    // Long ones are rounded, very small ones are zero, and `e-0` takes nothing away.
    if (isLong || i - power > 2 || bytes[i - 1] === ZERO) mayBeInteger ||= isInteger(bytes, at, i);
  }
  const damaged = fraction || exponent ? keepsDoubles && mayBeInteger : digits >= UNSAFE_DIGITS;
  return damaged ? -1 : i;
}

/** Whether a number has the value of an integer, as far as it is short. */
function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 64 || Number.isInteger(Number(String.fromCharCode(...bytes.subarray(start, end))));
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= NINE;
}

function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9;
}
