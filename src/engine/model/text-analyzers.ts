import { failure } from "../../errors.js";
import { type Analyzer, analyzerOfText } from "../../text/analyzer.js";
import { AnalyzerError } from "../../text/token.js";
import { BoundedMap } from "../../values/bounded-map.js";

/** Analyzers are costly to make and cheap to keep: stemmers, stop words, dictionaries. */
const known = new BoundedMap<string, Analyzer>({ entries: 64 });

/**
 * The analyzer of a text field.
 *
 * @param params `analyzer_params` of the field: JSON text, or nothing for the standard analyzer
 * @throws InvalidParameter for parameters that cannot be used (any more): a package may have gone
 */
export function fieldAnalyzer(params: string | undefined): Analyzer {
  try {
    return known.getOrMake(params ?? "", () => analyzerOfText(params));
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure("InvalidParameter", { text: error.message }, error);
  }
}
