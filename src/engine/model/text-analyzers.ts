import { failure } from "../../errors.js";
import type { Analyzer } from "../../text/analyzer.js";
import { knownAnalyzer } from "../../text/known-analyzers.js";
import { AnalyzerError } from "../../text/token.js";

/**
 * The analyzer of a text field.
 *
 * @param params `analyzer_params` of the field: JSON text, or nothing for the standard analyzer
 * @throws InvalidParameter for parameters that cannot be used (any more): a package may have gone
 */
export function fieldAnalyzer(params: string | undefined): Analyzer {
  try {
    return knownAnalyzer(params);
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure("InvalidParameter", { text: error.message }, error);
  }
}
