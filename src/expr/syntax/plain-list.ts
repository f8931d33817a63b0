import type { TextRange } from "../text-range.js";
import type { Expression, ListLiteral } from "./ast.js";

/** Long lists of whole numbers are read at once: their elements are only made for who looks at them one by one. */

/** Shorter lists are read like all others. */
const LEAST_ELEMENTS = 8;
/** So many digits are exact as a number. */
const MOST_DIGITS = 15;

const [TAB, LINE_FEED, RETURN, SPACE, COMMA, MINUS, ZERO, NINE, OPEN, CLOSE] = [9, 10, 13, 32, 44, 45, 48, 57, 91, 93];

/** Where the values of the list at hand are gathered: it grows with the longest. */
let gathered = new Float64Array(1024);

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === RETURN;
}

/**
 * The values of the list whose bracket is at `start`, and the end of the list; undefined where it is another one.
 * @param places where each value begins and ends, if anybody wants to know
 */
export function readPlainList(
  text: string,
  start: number,
  places?: number[],
): { readonly integers: Float64Array; readonly end: number } | undefined {
  if (text.charCodeAt(start) !== OPEN) return undefined;
  let count = 0;
  let at = start + 1;
  for (; ; at += 1) {
    let code = text.charCodeAt(at);
    while (isSpace(code)) code = text.charCodeAt(++at);
    const begin = at;
    const negative = code === MINUS;
    if (negative) code = text.charCodeAt(++at);
    const digits = at;
    const first = code;
    let value = 0;
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO;
      code = text.charCodeAt(++at);
    }
    const length = at - digits;
    // With a zero in front it would be octal.
    if (length === 0 || length > MOST_DIGITS || (length > 1 && first === ZERO)) return undefined;
    if (count === gathered.length) gathered = twiceAsLong(gathered);
    gathered[count++] = negative ? -value : value;
    places?.push(begin, at);
    while (isSpace(code)) code = text.charCodeAt(++at);
    if (code === CLOSE) break;
    if (code !== COMMA) return undefined;
  }
  return count < LEAST_ELEMENTS ? undefined : { integers: gathered.slice(0, count), end: at + 1 };
}

function twiceAsLong(list: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(list.length * 2);
  longer.set(list);
  return longer;
}

/** End of the list of whole numbers at `start`, or -1. */
export function scanPlainList(text: string, start: number): number {
  return readPlainList(text, start)?.end ?? -1;
}

/** The list of a text that `readPlainList` has found. */
export function plainList(integers: Float64Array, image: string, range: TextRange): ListLiteral {
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
  const places: number[] = [];
  const { integers = [] } = readPlainList(image, 0, places) ?? {};
  return Array.from(integers, (value, i): Expression => {
    const start = (places[2 * i] as number) + offset;
    const end = (places[2 * i + 1] as number) + offset;
    const range = { start, end };
    const operand = { kind: "integer", value: BigInt(Math.abs(value)) } as const;
    if (image.charCodeAt(start - offset) !== MINUS) return { ...operand, range };
    return { kind: "unary", operator: "-", operand: { ...operand, range: { start: start + 1, end } }, range };
  });
}
