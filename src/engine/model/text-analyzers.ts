import { failure } from "../../errors.js";
import { type Analyzer, analyzerOf } from "../../text/analyzer.js";
import { knownAnalyzer } from "../../text/known-analyzers.js";
import { AnalyzerError } from "../../text/token.js";
import { BoundedMap } from "../../values/bounded-map.js";
import { DEFAULT_ANALYZER, type MultiAnalyzer, readMultiAnalyzer } from "./multi-analyzer.js";
import type { TypedField } from "./types/field-type.js";

/** The analyzers of a text field: one, or several, of which each row names its own. */
export interface FieldAnalyzers {
  /** The field that names the analyzer of a row; undefined where there is one for all. */
  readonly byField: string | undefined;
  /** @param name or alias; an unknown one, or none: the default */
  named(name?: string | null): Analyzer;
}

/** @throws InvalidParameter for parameters that cannot be used (any more): a package may have gone */
export function fieldAnalyzers({ params }: TypedField): FieldAnalyzers {
  try {
    const several = params["multi_analyzer_params"];
    if (several !== undefined) return known.getOrMake(several, () => namedAnalyzers(readMultiAnalyzer(several)));
    const only = knownAnalyzer(params["analyzer_params"]);
    return { byField: undefined, named: () => only };
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure("InvalidParameter", { text: error.message }, error);
  }
}

/** Kept as those of `knownAnalyzer` are. */
const known = new BoundedMap<string, FieldAnalyzers>({ entries: 64 });

function namedAnalyzers({ byField, analyzers, alias }: MultiAnalyzer): FieldAnalyzers {
  const made = new Map([...analyzers].map(([name, params]) => [name, analyzerOf(params)]));
  const fallback = made.get(DEFAULT_ANALYZER) as Analyzer;
  return { byField, named: (name) => made.get(alias.get(name ?? "") ?? name ?? "") ?? fallback };
}
