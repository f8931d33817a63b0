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
import { type DoubleForm, endOfString, MAX_DEPTH } from "./json-parser.js";

/** Integers of this many digits may be out of the safe range. */
const UNSAFE_DIGITS = 16;

/**
 * Whether `JSON.parse` may damage something of a text: numbers, and keys that some versions of V8 misread. What is no JSON
 * may pass: `JSON.parse` refuses it.
 * @throws SyntaxError for nesting deeper than 1000
 */
export function needsCare(text: string, doubles: DoubleForm): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const c = text.charCodeAt(i);
    if (c >= ZERO && c <= NINE) {
      const end = endOfNumber(text, i, doubles === "JsonDouble");
      if (end < 0) return true;
      i = end;
      continue;
    }
    if (c === QUOTE) {
      const quote = text.indexOf('"', i + 1);
      const end = endOfString(text, quote);
      if (end < 0) return false; // unterminated: refused in any case
      if (
        (end !== quote + 1 || text.charCodeAt(i + 1) === BACKSLASH) &&
        isMisreadKey(text, i, end, end !== quote + 1)
      ) {
        return true;
      }
      i = end;
      continue;
    }
    i++;
    if (c === OPEN_LIST || c === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) throw new SyntaxError("exceeded max depth");
    } else if (c === CLOSE_LIST || c === CLOSE_OBJECT) depth--;
  }
  return false;
}

const ONE_ESCAPE = /^"\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])"$/;

/**
 * V8 (13 to 14 at least) takes a key of one escaped character for a backslash, when it has seen an object before that has the
 * same keys up to there and then the key `\\`; and a key with an escaped quote for one that ends before it in a backslash.
 */
function isMisreadKey(text: string, start: number, end: number, hasQuote: boolean): boolean {
  if (!hasQuote && (end - start > 8 || !ONE_ESCAPE.test(text.slice(start, end)))) return false;
  let i = end;
  while (isSpace(text.charCodeAt(i))) i++;
  return text.charCodeAt(i) === COLON;
}

/** Behind the number whose first digit is at `at`; -1 when `JSON.parse` may lose something of it. */
function endOfNumber(text: string, at: number, keepsDoubles: boolean): number {
  let i = at;
  do i++;
  while (isDigit(text.charCodeAt(i)));
  const digits = i - at;
  let next = text.charCodeAt(i);
  const fraction = next === DOT;
  let fractionHasValue = false;
  // A digit that keeps the number farther from every integer than it can be rounded.
  let isBetween = false;
  if (fraction) {
    next = text.charCodeAt(++i);
    while (isDigit(next)) {
      if (next !== ZERO) {
        fractionHasValue = true;
        if (next !== NINE && i - at < UNSAFE_DIGITS) isBetween = true;
      }
      next = text.charCodeAt(++i);
    }
  }
  let mayBeInteger = fraction && !isBetween && (!fractionHasValue || i - at >= UNSAFE_DIGITS);
  const exponent = (next | 32) === SMALL_E;
  if (exponent) {
    // `1e-5` and `1.25e-7` are ordinary fractions; what could be an integer is looked at closely.
    const sign = text.charCodeAt(i + 1);
    mayBeInteger = sign !== MINUS || text.charCodeAt(i - 1) === ZERO;
    i += sign === MINUS || sign === PLUS ? 2 : 1;
    while (isDigit(text.charCodeAt(i))) i++;
  }
  const damaged = fraction || exponent ? keepsDoubles && mayBeInteger : digits >= UNSAFE_DIGITS;
  return damaged ? -1 : i;
}

function isDigit(c: number): boolean {
  return c >= ZERO && c <= NINE;
}

function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9;
}
