import { INT64_MAX } from "../../values/int64.js";
import { readPlainList } from "./plain-list.js";
import { isDigit, isNamePart, isNameStart, isRaw, scanPath, scanString } from "./scan.js";

/** The literals of a filter are those values that may be others when the same form comes again. */
export type Lifted =
  | { readonly kind: "integer"; readonly value: bigint; readonly start: number; readonly end: number }
  | { readonly kind: "float"; readonly value: number; readonly start: number; readonly end: number }
  | { readonly kind: "string"; readonly start: number; readonly end: number }
  | { readonly kind: "list"; readonly integers: Float64Array; readonly start: number; readonly end: number };

/** A text without its literals, and these. Texts of one form have the same tokens, but for what literals spell. */
export interface Form {
  /** What stands between the literals, and of which kind each is. */
  readonly key: string;
  readonly literals: readonly Lifted[];
}

/** In the place of a literal; in no text whose form is told. */
const MARKS: Readonly<Record<Lifted["kind"], string>> = {
  integer: "\u0001",
  float: "\u0002",
  string: "\u0003",
  list: "\u0004",
};

/** More literals than this are no form that comes again. */
const MOST_LITERALS = 64;
/** So many digits are exact as a number. */
const SHORT_DIGITS = 15;

const [TAB, QUOTE, DOLLAR, APOSTROPHE, DOT, ZERO, OPEN] = [9, 34, 36, 39, 46, 48, 91];

/**
 * Tells the form of a text: one look at each character, in place of tokens. A literal begins where a token does and ends where nothing
 * that follows could belong to it, so what it spells changes nothing else.
 *
 * @returns undefined where that is not plain to see: numbers of other spellings than `12` and `1.5`, faults
 */
export function formOf(text: string): Form | undefined {
  const literals: Lifted[] = [];
  let key = "";
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    let literal: Lifted | undefined;
    if (isNameStart(code) || code === DOLLAR) {
      const path = scanPath(text, at);
      const raw = path === -1 && isRawString(text, at);
      if (!raw) {
        at = path === -1 ? nameEnd(text, at) : path;
        continue;
      }
      literal = stringAt(text, at);
    } else if (code === QUOTE || code === APOSTROPHE) {
      literal = stringAt(text, at);
    } else if (isDigit(code)) {
      literal = numberAt(text, at);
    } else {
      if (code < TAB || code === DOT) return undefined;
      const list = code === OPEN ? readPlainList(text, at) : undefined;
      if (list === undefined) {
        at += 1;
        continue;
      }
      literal = { kind: "list", integers: list.integers, start: at, end: list.end };
    }
    if (literal === undefined || literals.length === MOST_LITERALS) return undefined;
    literals.push(literal);
    key += text.slice(from, at) + MARKS[literal.kind];
    at = literal.end;
    from = at;
  }
  return { key: from === 0 ? text : key + text.slice(from), literals };
}

function nameEnd(text: string, start: number): number {
  let at = start + 1;
  while (isNamePart(text.charCodeAt(at))) at += 1;
  return at;
}

function isRawString(text: string, start: number): boolean {
  if (!isRaw(text, start)) return false;
  const next = text.charCodeAt(start + 1);
  return next === QUOTE || next === APOSTROPHE;
}

function stringAt(text: string, start: number): Lifted | undefined {
  const end = scanString(text, start);
  return end === -1 ? undefined : { kind: "string", start, end };
}

/** `12` or `1.5`, where nothing follows that may belong to it, and the value is one. */
function numberAt(text: string, start: number): Lifted | undefined {
  let end = skipDigits(text, start);
  if (end > start + 1 && text.charCodeAt(start) === ZERO) return undefined;
  const isWhole = text.charCodeAt(end) !== DOT;
  if (!isWhole) {
    const point = end;
    end = skipDigits(text, point + 1);
    if (end === point + 1) return undefined;
  }
  const next = text.charCodeAt(end);
  if (next === DOT || isNamePart(next)) return undefined;
  if (isWhole) {
    const value = wholeNumber(text.slice(start, end));
    return value <= INT64_MAX ? { kind: "integer", value, start, end } : undefined;
  }
  const value = Number(text.slice(start, end));
  return Number.isFinite(value) ? { kind: "float", value, start, end } : undefined;
}

function wholeNumber(digits: string): bigint {
  return BigInt(digits.length <= SHORT_DIGITS ? Number(digits) : digits);
}

function skipDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}
