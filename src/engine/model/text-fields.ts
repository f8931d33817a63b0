import { failure } from "../../errors.js";
import { analyzerOfText } from "../../text/analyzer.js";
import { AnalyzerError } from "../../text/token.js";
import type { FunctionDefinition } from "./functions.js";
import type { TypedField } from "./types/field-type.js";

const ON: readonly string[] = ["1", "t", "T", "true", "TRUE", "True"];

/** Whether a flag among the type parameters is set. */
export function isOn(flag: string | undefined): boolean {
  return flag !== undefined && ON.includes(flag);
}

function invalid(text: string): Error {
  return failure("InvalidParameter", { text });
}

/**
 * Checks the analyzer parameters of a new text field. They are only looked at where they matter: for matching and as input
 * of BM25.
 *
 * @throws InvalidParameter
 */
export function checkTextField(field: TypedField, functions: readonly FunctionDefinition[]): void {
  const { params, name } = field;
  const isInput = functions.some((f) => f.type === "BM25" && f.inputFieldNames?.includes(name) === true);
  const matches = isOn(params["enable_match"]);
  if (!matches && !isInput) return;
  if (!isOn(params["enable_analyzer"])) {
    throw invalid(`field ${name} which has enable_match or is input of BM25 function must also enable_analyzer`);
  }
  if (params["multi_analyzer_params"] !== undefined) {
    if (matches) throw invalid(`multi analyzer now only support for bm25, but now field ${name} enable match`);
    if (params["analyzer_params"] !== undefined) {
      throw invalid(`field ${name} analyzer params should be none if has multi analyzer params`);
    }
    throw failure("Unsupported", { what: "multi_analyzer_params is not supported by the embedded engine" });
  }
  try {
    analyzerOfText(params["analyzer_params"]);
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    throw failure(
      "InvalidParameter",
      { text: `validate analyzer failed for field: ${name}, error: ${error.message}` },
      error,
    );
  }
}
