import { INT64_MAX } from "../../values/int64.js";
import type { TextRange } from "../text-range.js";
import { readPlainList } from "./plain-list.js";
import { isDigit, isNamePart, isNameStart, isRaw, scanPath, scanString } from "./scan.js";
import { reservedWords } from "./tokens.js";

/** A token of a plain filter: one of a few kinds, or the operator or bracket that it is. */
export type PlainToken =
  | (TextRange & { readonly kind: "integer"; readonly value: bigint })
  | (TextRange & { readonly kind: "float"; readonly value: number })
  | (TextRange & { readonly kind: "list"; readonly integers: Float64Array })
  | (TextRange & { readonly kind: PlainKind });

export type PlainKind =
  | ("name" | "path" | "string" | "true" | "false" | "is null" | "is not null" | "exists" | "end")
  | PlainOperator
  | ("(" | ")" | "[" | "]" | "{" | "}" | ",");

export type PlainOperator =
  | ("and" | "or" | "not" | "in" | "like")
  | ("==" | "!=" | "<" | "<=" | ">" | ">=")
  | ("+" | "-" | "*" | "/" | "%");

/** Words with a meaning of their own. Null: one that plain filters do not have. */
const WORDS: ReadonlyMap<string, PlainKind | null> = new Map<string, PlainKind | null>([
  ...[...reservedWords].map((word): [string, null] => [word, null]),
  ...(["and", "or", "not", "in", "like", "exists", "true", "false"] as const).flatMap((word): [string, PlainKind][] => [
    [word, word],
    [word.toUpperCase(), word],
  ]),
  ["True", "true"],
  ["False", "false"],
]);

/** So many digits are exact as a number. */
const SHORT_DIGITS = 15;

const [QUOTE, DOLLAR, APOSTROPHE, DOT, ZERO, OPEN] = [34, 36, 39, 46, 48, 91];

/**
 * The tokens of a text, the last of them its end. They are those of the lexer, where a text has no others than these.
 * @returns undefined where it has, or where that is not plain to see
 */
export function plainTokens(text: string): PlainToken[] | undefined {
  const tokens: PlainToken[] = [];
  let at = afterSpace(text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    if (token === undefined) return undefined;
    tokens.push(token);
    at = afterSpace(text, token.end);
  }
  tokens.push({ kind: "end", start: at, end: at });
  return tokens;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code === 32 || code === 9 || code === 10 || code === 13; ) {
    code = text.charCodeAt(++at);
  }
  return at;
}

function tokenAt(text: string, start: number): PlainToken | undefined {
  const code = text.charCodeAt(start);
  if (isNameStart(code) || code === DOLLAR) return nameAt(text, start);
  if (isDigit(code)) return numberAt(text, start);
  if (code === QUOTE || code === APOSTROPHE) return stringAt(text, start);
  if (code === OPEN) {
    const list = readPlainList(text, start);
    if (list !== undefined) return { kind: "list", integers: list.integers, start, end: list.end };
  }
  return symbolAt(text, start);
}

function nameAt(text: string, start: number): PlainToken | undefined {
  let end = start + 1;
  while (isNamePart(text.charCodeAt(end))) end += 1;
  const next = text.charCodeAt(end);
  if (next === OPEN) {
    const path = scanPath(text, start);
    if (path !== -1) return { kind: "path", start, end: path };
  }
  if (text.charCodeAt(start) === DOLLAR) return undefined;
  if ((next === QUOTE || next === APOSTROPHE) && end === start + 1 && isRaw(text, start)) return stringAt(text, start);
  const name = text.slice(start, end);
  if (name === "is" || name === "IS") return nullTestAt(text, start) ?? { kind: "name", start, end };
  const word = WORDS.get(name);
  if (word === null) return undefined;
  return { kind: word ?? "name", start, end };
}

/** One token, with one space between its words. */
function nullTestAt(text: string, start: number): PlainToken | undefined {
  for (const kind of ["is null", "is not null"] as const) {
    const end = start + kind.length;
    const spelt = text.slice(start, end);
    if (spelt === kind || spelt === kind.toUpperCase()) return { kind, start, end };
  }
  return undefined;
}

function stringAt(text: string, start: number): PlainToken | undefined {
  const end = scanString(text, start);
  return end === -1 ? undefined : { kind: "string", start, end };
}

/** `12` or `1.5`, where nothing follows that may belong to it, and the value is one. */
function numberAt(text: string, start: number): PlainToken | undefined {
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

/** Symbols that are not the same with a character behind them; those that plain filters do not have are none here. */
function symbolAt(text: string, start: number): PlainToken | undefined {
  const next = text[start + 1];
  const double = (kind: PlainKind): PlainToken => ({ kind, start, end: start + 2 });
  const single = (kind: PlainKind): PlainToken => ({ kind, start, end: start + 1 });
  const first = text[start];
  switch (first) {
    case "=":
      return next === "=" ? double("==") : undefined;
    case "!":
      return next === "=" ? double("!=") : next === "~" ? undefined : single("not");
    case "<":
      return next === "=" ? double("<=") : next === "<" ? undefined : single("<");
    case ">":
      return next === "=" ? double(">=") : next === ">" ? undefined : single(">");
    case "&":
      return next === "&" ? double("and") : undefined;
    case "|":
      return next === "|" ? double("or") : undefined;
    case "*":
      return next === "*" ? undefined : single("*");
    case "+":
    case "-":
    case "/":
    case "%":
    case "(":
    case ")":
    case "[":
    case "]":
    case "{":
    case "}":
    case ",":
      return single(first);
    default:
      return undefined;
  }
}
