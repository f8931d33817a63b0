import { BoundedMap } from "../values/bounded-map.js";
import { type Analyzer, analyzerOfText } from "./analyzer.js";

/** Analyzers are costly to make and cheap to keep: stemmers, stop words, dictionaries. */
const known = new BoundedMap<string, Analyzer>({ entries: 64 });

/**
 * The analyzer of a field's parameters.
 *
 * @param params JSON text, or nothing for the standard analyzer
 * @throws AnalyzerError
 */
export function knownAnalyzer(params: string | undefined): Analyzer {
  return known.getOrMake(params ?? "", () => analyzerOfText(params));
}
