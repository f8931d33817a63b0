import { failure } from "../../errors.js";
import { analyzerOfText } from "../../text/analyzer.js";
import { AnalyzerError } from "../../text/token.js";
import type { TypedField } from "./types/field-type.js";

/** Functions of a schema: fields that the engine computes when a row is written. */

/** The types that Milvus knows, with their numbers in the wire protocol. */
export const FUNCTION_TYPES: Readonly<Record<string, number>> = {
  Unknown: 0,
  BM25: 1,
  TextEmbedding: 2,
  Rerank: 3,
  MinHash: 4,
};

export interface FunctionSchema {
  /** 100 and up in the order of the definition. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly type: "BM25";
  readonly inputFieldNames: readonly string[];
  readonly outputFieldNames: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

/** One function as a request defines it. */
export interface FunctionDefinition {
  readonly name?: string;
  readonly description?: string;
  /** `BM25`, case-sensitive. */
  readonly type?: string;
  readonly inputFieldNames?: readonly string[];
  readonly outputFieldNames?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What functions ask of the fields of their schema. */
interface Field extends TypedField {
  readonly primaryKey: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly nullable: boolean;
}

/** The function whose output a field is. */
export function functionOf(functions: readonly FunctionSchema[], field: string): FunctionSchema | undefined {
  return functions.find((f) => f.outputFieldNames.includes(field));
}

const FIRST_ID = 100;

function invalid(text: string): Error {
  return failure("InvalidParameter", { text });
}

function missing(text: string): Error {
  return failure("MissingParameter", { text });
}

/**
 * Checks the functions of a new collection, in the server's order.
 *
 * @param fields of the collection, checked before
 * @throws MissingParameter, InvalidParameter, ParameterMismatch; Unsupported for types that the engine does not have
 */
export function readFunctions(
  definitions: readonly FunctionDefinition[],
  fields: readonly Field[],
): readonly FunctionSchema[] {
  const names = new Set<string>();
  const outputs = new Set<string>();
  return definitions.map((definition, position) => {
    const type = readType(definition.type);
    const inputs = definition.inputFieldNames ?? [];
    const outs = definition.outputFieldNames ?? [];
    const name = definition.name ?? "";
    checkNames(name, inputs, outs);
    const params = Object.keys(definition.params ?? {});
    if (params.length > 0) throw invalid("BM25 function accepts no params");
    if (names.has(name)) throw invalid(`duplicate function name: ${name}`);
    names.add(name);
    checkInputs(inputs, fields);
    checkOutputs(name, outs, fields, outputs);
    return {
      id: FIRST_ID + position,
      name,
      description: definition.description ?? "",
      type,
      inputFieldNames: inputs,
      outputFieldNames: outs,
      params: {},
    };
  });
}

function readType(type: string | undefined): "BM25" {
  switch (type) {
    case "BM25":
      return type;
    case "TextEmbedding":
    case "MinHash":
      throw failure("Unsupported", { what: `function type ${type} is not supported by the embedded engine` });
    case "Rerank":
    case "Unknown":
      throw invalid("check function params with unknown function type");
    default:
      throw invalid(`Unsupported function type: ${type ?? ""}`);
  }
}

function checkNames(name: string, inputs: readonly string[], outputs: readonly string[]): void {
  if (name === "") throw missing("function name cannot be empty");
  for (const [kind, fields] of [
    ["input", inputs],
    ["output", outputs],
  ] as const) {
    if (fields.length === 0) throw missing(`function ${kind} field names cannot be empty, function: ${name}`);
    for (const [i, field] of fields.entries()) {
      if (field === "") throw missing(`function ${kind} field name cannot be empty string, function: ${name}`);
      if (fields.indexOf(field) !== i) {
        throw invalid(
          `each function ${kind} field should be used exactly once in the same function, function: ${name}, ${kind} field: ${field}`,
        );
      }
    }
  }
  const both = inputs.find((field) => outputs.includes(field));
  if (both !== undefined) {
    throw invalid(
      `a single field cannot be both input and output in the same function, function: ${name}, field: ${both}`,
    );
  }
}

function checkInputs(inputs: readonly string[], fields: readonly Field[]): void {
  const found = inputs.map((name) => {
    const field = fields.find((f) => f.name === name);
    if (field === undefined) throw invalid(`function input field not found: ${name}`);
    return field;
  });
  const [only] = found;
  if (found.length !== 1 || only?.type !== "VarChar") {
    throw invalid(
      `BM25 function input field must be a VARCHAR/TEXT field, got ${found.length} field with type ${only?.type ?? ""}`,
    );
  }
  if (!isOn(only.params["enable_analyzer"])) {
    throw invalid("BM25 function input field must set enable_analyzer to true");
  }
}

function checkOutputs(name: string, outputs: readonly string[], fields: readonly Field[], taken: Set<string>): void {
  for (const output of outputs) {
    const field = fields.find((f) => f.name === output);
    if (field === undefined) throw invalid(`function output field not found: ${output}`);
    const where = `function ${name}, field ${output}`;
    if (field.primaryKey) throw invalid(`function output field cannot be primary key: ${where}`);
    if (field.partitionKey || field.clusteringKey) {
      throw invalid(`function output field cannot be partition key or clustering key: ${where}`);
    }
    if (field.nullable) throw invalid(`function output field cannot be nullable: ${where}`);
    if (taken.has(output)) throw invalid(`duplicate function output field: ${where}`);
    taken.add(output);
  }
  if (outputs.length !== 1) throw invalid(`BM25 function only need 1 output field, but got ${outputs.length}`);
  const type = fields.find((f) => f.name === outputs[0])?.type;
  if (type !== "SparseFloatVector") {
    throw invalid(`BM25 function output field must be a SparseFloatVector field, but got ${type}`);
  }
}

const ON: readonly string[] = ["1", "t", "T", "true", "TRUE", "True"];

/** Whether a flag among the type parameters is set. */
export function isOn(flag: string | undefined): boolean {
  return flag !== undefined && ON.includes(flag);
}

/**
 * Checks the analyzer parameters of a new text field. They are only looked at where they matter: for matching and as input
 * of BM25.
 *
 * @throws InvalidParameter
 */
export function checkTextField(field: Field, functions: readonly FunctionDefinition[]): void {
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
