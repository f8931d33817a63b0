import { loadPackage } from "../runtime/packages.js";
import { optionalPackage } from "./optional-package.js";
import { AnalyzerError, type Token, type Tokenizer } from "./token.js";

/** Chinese words, by the optional package jieba-wasm. Punctuation and single spaces are tokens too. */

interface Jieba {
  tokenize(text: string, mode: "default" | "search", hmm: boolean): readonly JiebaToken[];
  add_word?(word: string): void;
}

interface JiebaToken {
  readonly word: string;
  /** In code points. */
  readonly start: number;
  readonly end: number;
}

const SYSTEM_DICTIONARIES: readonly string[] = ["_default_", "_extend_default_"];

/** @throws AnalyzerError */
export function jiebaTokenizer(params: Readonly<Record<string, unknown>>): Tokenizer {
  const { mode = "search", hmm = true, dict = ["_default_"] } = params;
  if (mode !== "search" && mode !== "exact") {
    throw new AnalyzerError('jieba tokenizer mode must be "exact" or "search"');
  }
  if (!Array.isArray(dict)) throw new AnalyzerError("jieba tokenizer dict must be array");
  if (dict.some((item) => typeof item !== "string")) {
    throw new AnalyzerError("jieba tokenizer dict item must be string");
  }
  const words = dict as readonly string[];
  const systems = words.filter((word) => SYSTEM_DICTIONARIES.includes(word));
  if (systems.length > 1) throw new AnalyzerError("jieba tokenizer dict can only set one default dict");
  if (systems.length === 0) {
    throw new AnalyzerError("jieba tokenizer without a default dict is not supported by the embedded engine");
  }
  const jieba = optionalPackage("jieba", "jieba-wasm", () => loadPackage("jieba-wasm")) as Jieba;
  // One dictionary serves the whole process: words that are added are known to every analyzer.
  for (const word of words) if (!systems.includes(word)) jieba.add_word?.(word);
  const jiebaMode = mode === "search" ? "search" : "default";
  return (text) => cut(jieba, text, jiebaMode, hmm !== false);
}

function cut(jieba: Jieba, text: string, mode: "default" | "search", hmm: boolean): Token[] {
  const offsets = codePointOffsets(text);
  return jieba.tokenize(text, mode, hmm).map(({ word, start, end }) => ({
    text: word,
    start: offsets[start] as number,
    end: offsets[end] as number,
    position: start,
    positionLength: end - start,
  }));
}

/** UTF-16 offset of each code point, and the length at the end. */
function codePointOffsets(text: string): readonly number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const character of text) {
    offsets.push(at);
    at += character.length;
  }
  offsets.push(at);
  return offsets;
}
