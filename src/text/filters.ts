import { foldToAscii } from "./ascii-folding.js";
import { stemmerOf } from "./stemmer.js";
import { expandStopWords } from "./stop-words.js";
import { synonymFilter } from "./synonyms.js";
import { AnalyzerError, isRecord, type Token, type TokenFilter } from "./token.js";
import { tokenPattern } from "./token-pattern.js";

/** Token filters, as `analyzer_params.filter` asks for them: some by name, some by an object with parameters. */

const named: Readonly<Record<string, TokenFilter>> = {
  lowercase: changing(lowerCase),
  asciifolding: changing(foldToAscii),
  alphanumonly: keeping(/^[0-9A-Za-z]+$/),
  cncharonly: keeping(/\p{Script=Han}/u),
  cnalphanumonly: keeping(/[\p{Script=Han}0-9A-Za-z]/u),
  removepunct: (tokens) => tokens.filter((token) => !/[\p{P}\p{White_Space}]/u.test(token.text)),
};

type Params = Readonly<Record<string, unknown>>;

const parametrised: Readonly<Record<string, (params: Params) => TokenFilter>> = {
  length: lengthFilter,
  stop: stopFilter,
  stemmer: stemmerFilter,
  decompounder: decompounderFilter,
  regex: regexFilter,
  synonym: synonymFilter,
};

export const lowerCaseFilter: TokenFilter = named["lowercase"] as TokenFilter;

/**
 * One element of `filter`; undefined for what Milvus passes over (numbers, booleans, null, lists).
 * @throws AnalyzerError
 */
export function filterOf(given: unknown): TokenFilter | undefined {
  if (typeof given === "string") {
    if (!Object.hasOwn(named, given)) throw new AnalyzerError(`build analyzer failed, filter not found :${given}`);
    return named[given];
  }
  if (!isRecord(given)) return undefined;
  const { type } = given;
  if (typeof type !== "string") throw new AnalyzerError("no type field in filter params");
  if (!Object.hasOwn(parametrised, type)) throw new AnalyzerError(`unsupport filter type: ${type}`);
  return (parametrised[type] as (params: Params) => TokenFilter)(given);
}

/** Drops tokens that are in the set, letter by letter. */
export function dropping(words: ReadonlySet<string>): TokenFilter {
  return (tokens) => tokens.filter((token) => !words.has(token.text));
}

function changing(change: (text: string) => string): TokenFilter {
  return (tokens) => {
    for (const token of tokens) token.text = change(token.text);
    return tokens;
  };
}

function keeping(pattern: RegExp): TokenFilter {
  return (tokens) => tokens.filter((token) => pattern.test(token.text));
}

/** By code point: a sigma at the end of a word stays a usual sigma, unlike in `toLowerCase`. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes("ς") ? Array.from(text, (c) => (c === "ς" ? c : c.toLowerCase())).join("") : lower;
}

function lengthFilter({ max }: Params): TokenFilter {
  const limit = Number(max);
  if (max === null || max === undefined || !Number.isInteger(limit) || limit < 0 || typeof max === "string") {
    throw new AnalyzerError("lenth max param was none or not uint");
  }
  return (tokens) => tokens.filter(({ text }) => text.length * 3 <= limit || Buffer.byteLength(text) <= limit);
}

function stopFilter({ stop_words: words }: Params): TokenFilter {
  if (words === undefined || words === null) throw new AnalyzerError("stop filter stop_words can't be empty");
  return dropping(expandStopWords(stopWordsOf(words)));
}

/** @throws AnalyzerError */
export function stopWordsOf(words: unknown): readonly string[] {
  if (!Array.isArray(words)) throw new AnalyzerError("stop_words filter should be array");
  if (words.some((word) => typeof word !== "string")) {
    throw new AnalyzerError("stop_words filter item should be string");
  }
  return words as readonly string[];
}

function stemmerFilter({ language }: Params): TokenFilter {
  if (typeof language !== "string") throw new AnalyzerError("stemmer language field should be string");
  return changing(stemmerOf(language));
}

function decompounderFilter({ word_list: list }: Params): TokenFilter {
  if (!Array.isArray(list)) throw new AnalyzerError("decompounder word list should be array");
  if (list.some((word) => typeof word !== "string")) {
    throw new AnalyzerError("decompounder word list item should be string");
  }
  const words = (list as readonly string[]).filter((word) => word !== "").sort((a, b) => b.length - a.length);
  return (tokens) => tokens.flatMap((token) => split(token, words) ?? [token]);
}

/** The words that a token is made of, leftmost and longest first; undefined when something is left over. */
function split(token: Token, words: readonly string[]): Token[] | undefined {
  const parts: Token[] = [];
  let at = 0;
  while (at < token.text.length) {
    const word = words.find((candidate) => token.text.startsWith(candidate, at));
    if (word === undefined) return undefined;
    parts.push({ ...token, text: word });
    at += word.length;
  }
  return parts.length === 0 ? undefined : parts;
}

function regexFilter({ expr }: Params): TokenFilter {
  if (typeof expr !== "string") throw new AnalyzerError("must set expr for regex filter");
  const matches = tokenPattern(expr);
  if (matches === undefined) throw new AnalyzerError(`regex expression invalid, expr:${expr}`);
  return (tokens) => tokens.filter((token) => matches(token.text));
}
