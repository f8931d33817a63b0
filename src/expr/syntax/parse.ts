import { type ILexingError, type IRecognitionException, type IToken, NotAllInputParsedException } from "chevrotain";
import { BoundedMap } from "../../values/bounded-map.js";
import { SeenLately } from "../../values/seen-lately.js";
import { ExpressionProblem, MAX_TEXT_BYTES, reporting } from "../problem.js";
import { positionOf } from "../text-range.js";
import type { Expression } from "./ast.js";
import { ExpressionParser } from "./parser.js";
import { parsePlain } from "./plain-parser.js";
import { expressionLexer, PlainListToken } from "./tokens.js";
import { requireLow } from "./tree-height.js";

let reused: ExpressionParser | undefined;

/** Texts up to this length are remembered; longer ones are mostly generated lists that do not come again. */
const CACHED_LENGTH = 4096;
const trees = new BoundedMap<string, Expression>({
  entries: 512,
  weight: 500_000,
  weigh: (_tree, text) => text.length,
});
const seen = new SeenLately();

/**
 * Parses a filter to its syntax tree.
 * @param text must not be blank: a blank filter means "always true" and has no tree.
 * @throws ElanusError InvalidExpression with `range`, `line` and `column` in the details.
 */
export function parseExpression(text: string): Expression {
  return reporting(text, "query", () => parseText(text));
}

/** `parseExpression` for the stages of the language: faults are `ExpressionProblem`s. Trees are shared and immutable. */
export function parseText(text: string): Expression {
  const isShort = text.length <= CACHED_LENGTH;
  const known = isShort ? trees.get(text) : undefined;
  if (known !== undefined) return known;
  const tree = parsePlain(text) ?? parseAnew(text);
  if (isShort && seen.note(text)) trees.set(text, tree);
  return tree;
}

/** Reads any text, by the grammar. */
export function parseAnew(text: string): Expression {
  if (text.length * 3 > MAX_TEXT_BYTES && utf8Length(text) > MAX_TEXT_BYTES) {
    throw new ExpressionProblem(`the expression is longer than ${MAX_TEXT_BYTES} bytes`, {
      start: 0,
      end: text.length,
    });
  }
  const half = text.isWellFormed() ? null : /\p{Surrogate}/u.exec(text);
  if (half !== null) throw fault(text, half.index, `token recognition error at: '${escaped(half[0])}'`, 1);
  const { tokens, errors } = expressionLexer().tokenize(text);
  const lexical = errors[0];
  if (lexical !== undefined) throw lexicalFault(text, lexical);
  reused ??= new ExpressionParser();
  const parser = reused;
  parser.restart(tokens);
  const tree = parser.filter();
  const syntactic = parser.errors[0];
  parser.input = [];
  if (syntactic !== undefined) throw syntaxFault(text, syntactic);
  requireLow(tree);
  return tree;
}

function fault(text: string, offset: number, message: string, length: number): ExpressionProblem {
  const { line, column } = positionOf(text, offset);
  return new ExpressionProblem(`line ${line}:${column} ${message}`, { start: offset, end: offset + length });
}

function lexicalFault(text: string, error: ILexingError): ExpressionProblem {
  // An unterminated string is best shown whole.
  const quoted = /^["'][^\r\n]{0,60}/.exec(text.slice(error.offset, error.offset + 64));
  const shown = quoted?.[0] ?? String.fromCodePoint(text.codePointAt(error.offset) ?? 0xfffd);
  return fault(text, error.offset, `token recognition error at: '${escaped(shown)}'`, shown.length);
}

function syntaxFault(text: string, error: IRecognitionException): ExpressionProblem {
  const { token } = error;
  const end = isEnd(token);
  const offset = end ? text.length : token.startOffset;
  // Of a list that was read at once the bracket is in the wrong place.
  const spelt = token.tokenType === PlainListToken ? "[" : token.image;
  const image = end ? "<EOF>" : escaped(spelt.slice(0, 80));
  const message =
    error instanceof NotAllInputParsedException || error.name === "NotAllInputParsedException"
      ? `extraneous input '${image}' expecting <EOF>`
      : error.name === "MismatchedTokenException"
        ? `mismatched input '${image}'`
        : `no viable alternative at input '${image}'`;
  return fault(text, offset, message, end ? 0 : spelt.length);
}

function isEnd(token: IToken): boolean {
  return Number.isNaN(token.startOffset) || token.tokenType.name === "EOF";
}

function escaped(text: string): string {
  return text
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    .replace(/\p{Surrogate}/gu, "\ufffd");
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair is two bytes.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
