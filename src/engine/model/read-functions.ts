import { failure, invalidParameter } from "../../errors.js";
import { isTextType } from "./data-type.js";
import { checkEmbeddingParams } from "./embedding-params.js";
import type { FunctionDefinition, FunctionSchema, FunctionType } from "./functions.js";
import { readMinHashParams, SIGNATURE_BITS } from "./minhash-params.js";
import { parameterTexts } from "./parameter-texts.js";
import type { TypedField } from "./types/field-type.js";
import { dimensionParam, isOn } from "./types/parameters.js";

/** What functions ask of the fields of their schema. */
interface Field extends TypedField {
  readonly primaryKey: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly nullable: boolean;
}

const FIRST_ID = 100;

function missing(text: string): Error {
  return failure("MissingParameter", { text });
}

/**
 * Checks the functions of a new collection, in the server's order.
 *
 * @param fields of the collection, checked before
 * @param embeds whether the application serves TextEmbedding
 * @throws MissingParameter, InvalidParameter, ParameterMismatch; Unsupported for types that the engine does not have
 */
export function readFunctions(
  definitions: readonly FunctionDefinition[],
  fields: readonly Field[],
  embeds: boolean,
): readonly FunctionSchema[] {
  const names = new Set<string>();
  const outputs = new Set<string>();
  return definitions.map((definition, position) => {
    const type = readType(definition.type);
    const rule = RULES[type];
    const inputs = definition.inputFieldNames ?? [];
    const outs = definition.outputFieldNames ?? [];
    const name = definition.name ?? "";
    checkNames(name, inputs, outs);
    const params = parameterTexts(definition.params);
    rule.checkParams(params, embeds);
    if (names.has(name)) throw invalidParameter(`duplicate function name: ${name}`);
    names.add(name);
    rule.checkInputs(inputFields(inputs, fields), name);
    rule.checkOutputs(outputFields(name, outs, fields, outputs), params);
    return {
      id: FIRST_ID + position,
      name,
      description: definition.description ?? "",
      type,
      inputFieldNames: inputs,
      outputFieldNames: outs,
      params,
    };
  });
}

function readType(type: string | undefined): FunctionType {
  switch (type) {
    case "BM25":
    case "TextEmbedding":
    case "MinHash":
      return type;
    case "Rerank":
    case "Unknown":
      throw invalidParameter("check function params with unknown function type");
    default:
      throw invalidParameter(`Unsupported function type: ${type ?? ""}`);
  }
}

function checkNames(name: string, inputs: readonly string[], outputs: readonly string[]): void {
  if (name === "") throw missing("function name cannot be empty");
  for (const [kind, fields] of [
    ["input", inputs],
    ["output", outputs],
  ] as const) {
    if (fields.length === 0) throw missing(`function ${kind} field names cannot be empty, function: ${name}`);
    const seen = new Set<string>();
    for (const field of fields) {
      if (field === "") throw missing(`function ${kind} field name cannot be empty string, function: ${name}`);
      if (seen.has(field)) {
        throw invalidParameter(
          `each function ${kind} field should be used exactly once in the same function, function: ${name}, ${kind} field: ${field}`,
        );
      }
      seen.add(field);
    }
  }
  const made = new Set(outputs);
  const both = inputs.find((field) => made.has(field));
  if (both !== undefined) {
    throw invalidParameter(
      `a single field cannot be both input and output in the same function, function: ${name}, field: ${both}`,
    );
  }
}

function inputFields(inputs: readonly string[], fields: readonly Field[]): readonly Field[] {
  return inputs.map((name) => {
    const field = fields.find((f) => f.name === name);
    if (field === undefined) throw invalidParameter(`function input field not found: ${name}`);
    return field;
  });
}

/** @param taken outputs of the functions before */
function outputFields(
  name: string,
  outputs: readonly string[],
  fields: readonly Field[],
  taken: Set<string>,
): readonly Field[] {
  return outputs.map((output) => {
    const field = fields.find((f) => f.name === output);
    if (field === undefined) throw invalidParameter(`function output field not found: ${output}`);
    const where = `function ${name}, field ${output}`;
    if (field.primaryKey) throw invalidParameter(`function output field cannot be primary key: ${where}`);
    if (field.partitionKey || field.clusteringKey) {
      throw invalidParameter(`function output field cannot be partition key or clustering key: ${where}`);
    }
    if (field.nullable) throw invalidParameter(`function output field cannot be nullable: ${where}`);
    if (taken.has(output)) throw invalidParameter(`duplicate function output field: ${where}`);
    taken.add(output);
    return field;
  });
}

/** What the types of functions ask for. */
interface Rule {
  checkParams(params: Readonly<Record<string, string>>, embeds: boolean): void;
  checkInputs(fields: readonly Field[], name: string): void;
  checkOutputs(fields: readonly Field[], params: Readonly<Record<string, string>>): void;
}

const bm25: Rule = {
  checkParams(params) {
    if (Object.keys(params).length > 0) throw invalidParameter("BM25 function accepts no params");
  },
  checkInputs(fields) {
    const only = onlyText("BM25", fields);
    if (!isOn(only.params["enable_analyzer"])) {
      throw invalidParameter("BM25 function input field must set enable_analyzer to true");
    }
  },
  checkOutputs: (fields) => onlyOutput("BM25", fields, ["SparseFloatVector"]),
};

const textEmbedding: Rule = {
  checkParams: checkEmbeddingParams,
  checkInputs(fields, name) {
    const only = onlyText("TextEmbedding", fields);
    if (only.nullable) {
      throw invalidParameter(`function input field cannot be nullable: function ${name}, field ${only.name}`);
    }
  },
  checkOutputs: (fields) => onlyOutput("TextEmbedding", fields, ["FloatVector", "Int8Vector"]),
};

const minHash: Rule = {
  checkParams(params) {
    readMinHashParams(params, SIGNATURE_BITS);
  },
  checkInputs(fields) {
    const [only] = fields;
    if (fields.length !== 1 || only === undefined) {
      throw invalidParameter(`minhash function only need 1 input field, but got ${fields.length}`);
    }
    if (isTextType(only.type)) return;
    throw invalidParameter(`minhash function input field '${only.name}' is not string type, is ${only.type}`);
  },
  checkOutputs(fields, params) {
    const [only] = fields;
    if (fields.length !== 1 || only === undefined) {
      throw invalidParameter(`minhash function only need 1 output field, but got ${fields.length}`);
    }
    if (only.type !== "BinaryVector") {
      throw invalidParameter(`minhash function output field '${only.name}' is not binary vector type`);
    }
    const dimension = dimensionParam(only);
    const { hashes } = readMinHashParams(params, dimension);
    const expected = hashes * SIGNATURE_BITS;
    if (hashes > 0 && dimension === expected) return;
    throw invalidParameter(
      `minhash function output field '${only.name}' dim ${dimension} does not match expected dim ${expected} (numHashes ${hashes} * one minhash signature size of ${SIGNATURE_BITS}bit)`,
    );
  },
};

const RULES: { readonly [Type in FunctionType]: Rule } = {
  BM25: bm25,
  TextEmbedding: textEmbedding,
  MinHash: minHash,
};

function onlyText(type: FunctionType, fields: readonly Field[]): Field {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined && isTextType(only.type)) return only;
  throw invalidParameter(
    `${type} function input field must be a VARCHAR/TEXT field, got ${fields.length} field with type ${only?.type ?? ""}`,
  );
}

function onlyOutput(type: FunctionType, fields: readonly Field[], types: readonly string[]): void {
  if (fields.length !== 1)
    throw invalidParameter(`${type} function only need 1 output field, but got ${fields.length}`);
  const [only] = fields as readonly [Field];
  if (types.includes(only.type)) return;
  throw invalidParameter(`${type} function output field must be a ${types.join(" or ")} field, but got ${only.type}`);
}
