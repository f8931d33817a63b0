import { AnalyzerError, type Tokenizer } from "./token.js";

const DICTIONARIES: readonly string[] = ["ipadic", "ipadic-neologd", "unidic", "ko-dic", "cc-cedict"];

/**
 * Japanese, Korean and Chinese morphology. Its dictionaries are tens of megabytes each: not part of the embedded engine.
 *
 * @throws AnalyzerError always; the one that Milvus has for a wrong dictionary comes first
 */
export function linderaTokenizer(params: Readonly<Record<string, unknown>>): Tokenizer {
  const { dict_kind: kind } = params;
  if (typeof kind !== "string") throw new AnalyzerError("lindera dict_kind must be set");
  if (!DICTIONARIES.includes(kind)) throw new AnalyzerError(`lindera dict_kind ${kind} is not supported`);
  throw new AnalyzerError('tokenizer "lindera" is not supported by the embedded engine');
}
