import { failure, invalidParameter } from "../../errors.js";
import { analyzerOf, analyzerOfText } from "../../text/analyzer.js";
import { AnalyzerError } from "../../text/token.js";
import type { FunctionDefinition } from "./functions.js";
import { readMultiAnalyzer } from "./multi-analyzer.js";
import type { TypedField } from "./types/field-type.js";
import { isOn } from "./types/parameters.js";

/**
 * Checks the analyzer parameters of a new text field. They are only looked at where they matter: for matching and as input
 * of BM25.
 *
 * @param collection its name, for messages, and what else it has
 * @throws InvalidParameter
 */
export function checkTextField(field: TypedField, collection: NewTexts): void {
  const { params, name } = field;
  const isInput = collection.functions.some((f) => f.type === "BM25" && f.inputFieldNames?.includes(name) === true);
  const matches = isOn(params["enable_match"]);
  if (!matches && !isInput) return;
  if (!isOn(params["enable_analyzer"])) {
    throw invalidParameter(
      `field ${name} which has enable_match or is input of BM25 function must also enable_analyzer`,
    );
  }
  const several = params["multi_analyzer_params"];
  if (several === undefined) {
    validate(`field: ${name}`, () => analyzerOfText(params["analyzer_params"]));
    return;
  }
  if (matches) throw invalidParameter(`multi analyzer now only support for bm25, but now field ${name} enable match`);
  if (params["analyzer_params"] !== undefined) {
    throw invalidParameter(`field ${name} analyzer params should be none if has multi analyzer params`);
  }
  const { byField, analyzers } = readMultiAnalyzer(several);
  checkNamingField(byField, collection);
  for (const [each, given] of analyzers) validate(`field: ${name}, name: ${each}`, () => analyzerOf(given));
}

/** The collection of a new text field. */
interface NewTexts {
  readonly name: string;
  readonly fields: readonly TypedField[];
  readonly functions: readonly FunctionDefinition[];
}

function checkNamingField(name: string, { name: collection, fields }: NewTexts): void {
  const field = fields.find((f) => f.name === name);
  if (field === undefined) {
    throw invalidParameter(`multi analyzer dependent field ${name} not exist in collection ${collection}`);
  }
  if (field.type !== "VarChar") {
    throw invalidParameter(`multi analyzer params now only support by string field, but field ${name} is not string`);
  }
}

function validate(what: string, make: () => unknown): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure("InvalidParameter", { text: `validate analyzer failed for ${what}, error: ${error.message}` }, error);
  }
}
