import type { TextRange } from "../text-range.js";
import type { Expression, ListLiteral } from "./ast.js";

/** Long lists of whole numbers are read at once: their elements are only made for who looks at them one by one. */

/** Shorter lists are read like all others. */
const LEAST_ELEMENTS = 8;
/** So many digits are exact as a number. */
const MOST_DIGITS = 15;

const [TAB, LINE_FEED, RETURN, SPACE, COMMA, MINUS, ZERO, NINE, OPEN, CLOSE] = [9, 10, 13, 32, 44, 45, 48, 57, 91, 93];

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === RETURN;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** A whole number as it stands in a text. */
interface Found {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** Goes through a list, from the place behind its bracket. @returns the end of the list, or -1 where it is another one */
function scanElements(text: string, start: number, each: (value: number, start: number, end: number) => void): number {
  for (let at = start; ; at += 1) {
    at = skipSpace(text, at);
    const begin = at;
    const negative = text.charCodeAt(at) === MINUS;
    if (negative) at += 1;
    const digits = at;
    let value = 0;
    for (let code = text.charCodeAt(at); code >= ZERO && code <= NINE; code = text.charCodeAt(at)) {
      value = value * 10 + code - ZERO;
      at += 1;
    }
    const length = at - digits;
    // With a zero in front it would be octal.
    if (length === 0 || length > MOST_DIGITS || (length > 1 && text.charCodeAt(digits) === ZERO)) return -1;
    each(negative ? -value : value, begin, at);
    at = skipSpace(text, at);
    const code = text.charCodeAt(at);
    if (code === CLOSE) return at + 1;
    if (code !== COMMA) return -1;
  }
}

/** End of the list of whole numbers at `start`, or -1. */
export function scanPlainList(text: string, start: number): number {
  if (text.charCodeAt(start) !== OPEN) return -1;
  let count = 0;
  const end = scanElements(text, start + 1, () => {
    count += 1;
  });
  return count < LEAST_ELEMENTS ? -1 : end;
}

/** The list of a token that `scanPlainList` has found. */
export function plainList(image: string, range: TextRange): ListLiteral {
  const integers: number[] = [];
  scanElements(image, 1, (value) => integers.push(value));
  let made: readonly Expression[] | undefined;
  return {
    kind: "list",
    integers,
    get elements() {
      made ??= elementsOf(image, range.start);
      return made;
    },
    range,
  };
}

function elementsOf(image: string, offset: number): readonly Expression[] {
  const found: Found[] = [];
  scanElements(image, 1, (value, start, end) => found.push({ value, start: start + offset, end: end + offset }));
  return found.map(({ value, start, end }): Expression => {
    const range = { start, end };
    const negative = image.charCodeAt(start - offset) === MINUS;
    const operand = { kind: "integer", value: BigInt(Math.abs(value)) } as const;
    if (!negative) return { ...operand, range };
    return { kind: "unary", operator: "-", operand: { ...operand, range: { start: start + 1, end } }, range };
  });
}
