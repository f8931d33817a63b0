import { dropping, filterOf, lowerCaseFilter, stopWordsOf } from "./filters.js";
import { languageIdentifier } from "./language-identifier.js";
import { ENGLISH_STOP_WORDS, expandStopWords } from "./stop-words.js";
import { AnalyzerError, isRecord, type Token, type TokenFilter, type Tokenizer } from "./token.js";
import { standardTokenizer, tokenizerOf } from "./tokenizers.js";

/** One tokenizer, then filters in order. */
export interface Analyzer {
  tokens(text: string): readonly Token[];
  /** The same, filter by filter: a long text and many filters take seconds. */
  steps(text: string): Generator<void, readonly Token[], void>;
  /** The texts of the tokens alone. */
  words(text: string): readonly string[];
}

/**
 * The analyzer of `analyzer_params`.
 *
 * @param params absent, null and `{}` are the standard analyzer; `{ type }` is a built-in one; `{ tokenizer, filter }`
 * is put together
 * @throws AnalyzerError with Milvus' text
 * @see the Milvus manual, "Analyzer Overview"
 */
export function analyzerOf(params: unknown): Analyzer {
  if (params === undefined || params === null) return standardAnalyzer;
  if (!isRecord(params)) throw new AnalyzerError("analyzer params should be dict");
  if (Object.keys(params).length === 0) return standardAnalyzer;
  if (params["type"] !== undefined) return builtIn(params["type"], params["stop_words"]);
  const unknown = Object.keys(params).find((key) => key !== "tokenizer" && key !== "filter");
  if (unknown !== undefined) throw new AnalyzerError(`unknown analyzer option key: ${unknown}`);
  const tokenizer = tokenizerIn(params["tokenizer"]);
  const { filter } = params;
  if (filter !== undefined && !Array.isArray(filter)) throw new AnalyzerError("filter params should be array");
  return pipeline(
    tokenizer,
    (filter ?? []).flatMap((item: unknown) => filterOf(item) ?? []),
  );
}

/**
 * The analyzer of a field's parameter text.
 *
 * @param text JSON, or nothing
 * @throws AnalyzerError
 */
export function analyzerOfText(text: string | undefined): Analyzer {
  if (text === undefined || text.trim() === "") return standardAnalyzer;
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch (cause) {
    throw new AnalyzerError(`unmarshal analyzer params failed with json error: ${(cause as Error).message}`, { cause });
  }
  return analyzerOf(params);
}

/** A tokenizer of its own kind: it asks for whole analyzers, by language. */
function tokenizerIn(given: unknown): Tokenizer {
  const type = isRecord(given) ? given["type"] : given;
  if (type !== "language_identifier") return tokenizerOf(given);
  return languageIdentifier(isRecord(given) ? given : {}, (params) => {
    const analyzer = analyzerOf(params);
    return (text) => [...analyzer.tokens(text)];
  });
}

function builtIn(type: unknown, stopWords: unknown): Analyzer {
  if (typeof type !== "string") throw new AnalyzerError("analyzer type shoud be string");
  const stop = stopWords === undefined ? [] : [dropping(expandStopWords(stopWordsOf(stopWords)))];
  switch (type) {
    case "standard":
      return stop.length === 0 ? standardAnalyzer : pipeline(standardTokenizer, [lowerCaseFilter, ...stop]);
    case "english":
      // Stop words are looked for among the stems, as Milvus does: "being" becomes "be" and goes.
      return pipeline(standardTokenizer, [
        lowerCaseFilter,
        stemming("english"),
        dropping(new Set(ENGLISH_STOP_WORDS)),
        ...stop,
      ]);
    case "chinese":
      return pipeline(tokenizerOf("jieba"), [filterOf("cnalphanumonly") as TokenFilter, ...stop]);
    default:
      throw new AnalyzerError(`unknown build-in analyzer type: ${type}`);
  }
}

function stemming(language: string): TokenFilter {
  return filterOf({ type: "stemmer", language }) as TokenFilter;
}

function pipeline(tokenizer: Tokenizer, filters: readonly TokenFilter[]): Analyzer {
  const tokens = (text: string) => filters.reduce((list, filter) => filter(list), tokenizer(text));
  return {
    tokens,
    *steps(text) {
      let list = tokenizer(text);
      for (const filter of filters) {
        yield;
        list = filter(list);
      }
      return list;
    },
    words: (text) => tokens(text).map((token) => token.text),
  };
}

/** Letters and digits of any script, lower-cased. */
export const standardAnalyzer: Analyzer = pipeline(standardTokenizer, [lowerCaseFilter]);
