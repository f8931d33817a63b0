import { jiebaTokenizer } from "./jieba.js";
import { linderaTokenizer } from "./lindera.js";
import { AnalyzerError, isRecord, type Token, type Tokenizer } from "./token.js";

/** Tokenizers by name, as `analyzer_params.tokenizer` asks for them. */

type MakeTokenizer = (params: Readonly<Record<string, unknown>>) => Tokenizer;

const tokenizers: Readonly<Record<string, MakeTokenizer>> = {
  standard: () => standardTokenizer,
  whitespace: () => (text) => matches(text, /[^ \t\n\v\f\r]+/g),
  icu: () => icuTokenizer(),
  char_group: charGroupTokenizer,
  jieba: jiebaTokenizer,
  lindera: linderaTokenizer,
};

/**
 * @param given a name, or an object whose `type` is the name
 * @throws AnalyzerError
 */
export function tokenizerOf(given: unknown): Tokenizer {
  if (given === undefined || given === null) throw new AnalyzerError("tokenizer name or type must be set");
  if (typeof given === "string") return make(given, {});
  if (!isRecord(given)) throw new AnalyzerError("tokenizer name should be string or dict");
  const { type } = given;
  if (typeof type !== "string") throw new AnalyzerError("customized tokenizer must set type");
  return make(type, given);
}

function make(name: string, params: Readonly<Record<string, unknown>>): Tokenizer {
  if (!Object.hasOwn(tokenizers, name)) throw new AnalyzerError(`unsupported tokenizer: ${name}`);
  return (tokenizers[name] as MakeTokenizer)(params);
}

const WORD = /[\p{Alphabetic}\p{N}]+/gu;

/** Runs of letters and digits of any script; everything else separates. */
export function standardTokenizer(text: string): Token[] {
  return matches(text, WORD);
}

function matches(text: string, pattern: RegExp): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const word = match[0];
    tokens.push({
      text: word,
      start: match.index,
      end: match.index + word.length,
      position: tokens.length,
      positionLength: 1,
    });
  }
  return tokens;
}

/** Every segment of Unicode word breaking, spaces and punctuation among them. */
function icuTokenizer(): Tokenizer {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  return (text) =>
    Array.from(segmenter.segment(text), ({ segment, index }, position) => ({
      text: segment,
      start: index,
      end: index + segment.length,
      position,
      positionLength: 1,
    }));
}

const GROUPS: Readonly<Record<string, string>> = {
  whitespace: "\\p{White_Space}",
  letter: "\\p{Alphabetic}",
  digit: "0-9",
  punctuation: "\\p{P}",
  symbol: "\\p{S}",
  ascii_whitespace: " \\t\\n\\f\\r",
  ascii_letter: "a-zA-Z",
  ascii_digit: "0-9",
  ascii_punctuation: "!-\\/:-@\\[-`\\{-~",
};

/** Splits at the given characters and groups of characters. */
function charGroupTokenizer(params: Readonly<Record<string, unknown>>): Tokenizer {
  const { delimiters } = params;
  if (delimiters === undefined || delimiters === null) {
    throw new AnalyzerError("char group tokenizer delimiters can't be empty");
  }
  if (!Array.isArray(delimiters)) throw new AnalyzerError("char group tokenizer delimiters must be a vector");
  if (delimiters.length === 0) throw new AnalyzerError("char group tokenizer delimiters can't be empty");
  const parts = delimiters.map((delimiter: unknown) => {
    if (typeof delimiter !== "string") {
      throw new AnalyzerError("char group tokenizer delimiter in delimiters must be string");
    }
    if (Object.hasOwn(GROUPS, delimiter)) return GROUPS[delimiter] as string;
    const [character] = delimiter;
    if (character === undefined || character.length !== delimiter.length) {
      throw new AnalyzerError(`${delimiter} not a char or name of build-in char group`);
    }
    return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
  });
  const pattern = new RegExp(`[^${parts.join("")}]+`, "gu");
  return (text) => matches(text, pattern);
}
