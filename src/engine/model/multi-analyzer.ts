import { failure, invalidParameter } from "../../errors.js";
import { isRecord } from "../../text/token.js";

/** The name of the analyzer that serves rows which name none, or an unknown one. */
export const DEFAULT_ANALYZER = "default";

/** `multi_analyzer_params` of a text field. */
export interface MultiAnalyzer {
  /** The field whose value names the analyzer of a row. */
  readonly byField: string;
  /** Parameters by name, the default among them. */
  readonly analyzers: ReadonlyMap<string, unknown>;
  /** Other names. */
  readonly alias: ReadonlyMap<string, string>;
}

/**
 * @param text JSON
 * @throws InvalidParameter
 */
export function readMultiAnalyzer(text: string): MultiAnalyzer {
  const params = parsed(text);
  const byField = params["by_field"];
  if (byField === undefined) {
    throw invalidParameter("multi analyzer params now must set by_field to specify with field decide analyzer");
  }
  if (typeof byField !== "string") {
    throw invalidParameter(`multi analyzer params by_field must be string but now: ${JSON.stringify(byField)}`);
  }
  const alias = params["alias"] ?? {};
  if (!isRecord(alias) || !Object.values(alias).every((name) => typeof name === "string")) {
    throw invalidParameter(`multi analyzer alias must be string map but now: ${JSON.stringify(alias)}`);
  }
  const analyzers = params["analyzers"];
  if (!isRecord(analyzers)) throw invalidParameter("multi analyzer params must set analyzers ");
  if (!Object.hasOwn(analyzers, DEFAULT_ANALYZER)) {
    throw invalidParameter("multi analyzer must set default analyzer for all unknown value");
  }
  return {
    byField,
    analyzers: new Map(Object.entries(analyzers)),
    alias: new Map(Object.entries(alias as Readonly<Record<string, string>>)),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw failure(
      "InvalidParameter",
      { text: `multi analyzer params are no JSON: ${(cause as Error).message}` },
      cause,
    );
  }
  if (!isRecord(value)) throw invalidParameter("multi analyzer params should be dict");
  return value;
}
