import { failure } from "../../../errors.js";
import { parseJson } from "../../../values/json-reader.js";
import { shownText } from "../../../values/shown-text.js";
import type { RerankFunction, RerankRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { type FieldSchema, fieldByName } from "../../model/schema.js";
import { numberOf } from "../../model/types/faults.js";
import type { DecayFunction } from "../../query/rerank/decay.js";
import { DEFAULT_RRF_K } from "../../query/rerank/fuse.js";
import type { DecayRanker, Ranker, ScoreMode } from "../../query/rerank/ranker.js";

/** How requests say in which order the hits of several searches stand: `rerank`, or a function of the type Rerank. */

function invalid(text: string): Error {
  return failure("InvalidParameter", { text });
}

/**
 * The ranker of a `rerank` object; reciprocal rank fusion without one.
 *
 * @param searches how many there are
 * @throws InvalidParameter, ParameterMismatch
 */
export function readRerank(rerank: RerankRequest | undefined, searches: number): Ranker {
  const strategy = rerank?.strategy ?? "";
  const params = rerank?.params ?? {};
  switch (strategy) {
    case "":
    case "rrf":
      return readRrf(params, searches, false);
    case "weighted":
      return readWeighted(params, searches, "weighted rerank err, norm_score should been bool type");
    default:
      throw invalid(`unsupported rank type ${strategy}`);
  }
}

type Params = Readonly<Record<string, unknown>>;

const RERANKERS: readonly string[] = ["decay", "model", "rrf", "weighted"];

/**
 * The ranker among the functions of a `functionScore`; undefined where there is none.
 *
 * @throws InvalidParameter, ParameterMismatch, Unsupported for boosts and models
 */
export function readRerankFunctions(
  functions: readonly RerankFunction[],
  collection: Collection,
  searches: number,
): Ranker | undefined {
  const rankers = functions.map((definition) => readFunction(definition, collection, searches));
  if (rankers.length > 1) throw invalid("currently only supports one rerank");
  return rankers[0];
}

function readFunction(definition: RerankFunction, collection: Collection, searches: number): Ranker {
  const type = definition.type ?? "";
  if (type !== "Rerank") {
    if (["BM25", "TextEmbedding", "MinHash"].includes(type)) throw invalid(`${type} is not rerank function`);
    throw invalid(`Unsupported function type: ${type}`);
  }
  const outputs = definition.outputFieldNames ?? [];
  if (outputs.length > 0) {
    throw invalid(`rerank function should not have output field, but now is ${outputs.length}`);
  }
  const params = lowerCaseKeys(definition.params ?? {});
  const name = String(params["reranker"] ?? "").toLowerCase();
  if (name === "boost") throw unsupported("the boost function");
  if (!RERANKERS.includes(name)) {
    throw invalid(`unsupported rerank function: [${name}] , list of supported [decay,model,rrf,weighted]`);
  }
  const inputs = readInputs(definition.inputFieldNames ?? [], collection);
  if (name === "decay") return readDecay(params, inputs);
  if (name === "model") throw invalid(`rerank provider: [${shownText(params["provider"] ?? "")}] is disabled`);
  if (inputs.length > 0) {
    const names = inputs.map((field) => field.name).join(" ");
    throw invalid(`the ${name} function does not support input parameters, but got [${names}]`);
  }
  if (name === "rrf") return readRrf(params, searches, true);
  return readWeighted(
    params,
    searches,
    `norm_score params must be true/false, bug got ${shownText(params["norm_score"])}`,
  );
}

function readInputs(names: readonly string[], collection: Collection): readonly FieldSchema[] {
  return names.map((name, i) => {
    if (name === "") throw invalid("rerank input field name cannot be empty string");
    if (names.indexOf(name) !== i) {
      throw invalid(`each function input field should be used exactly once in the same function, input field: ${name}`);
    }
    const field = fieldByName(collection.schema, name);
    if (field === undefined) throw invalid(`function input field not found: ${name}`);
    if (field.nullable) throw invalid(`function input field cannot be nullable: field ${name}`);
    return field;
  });
}

function lowerCaseKeys(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key.toLowerCase(), value]));
}

function unsupported(what: string): Error {
  return failure("Unsupported", { what: `${what} is not supported by the embedded engine` });
}

/** @param asFunction numbers may be texts */
function readRrf(params: Params, searches: number, asFunction: boolean): Ranker {
  const given = params["k"];
  let k: number | undefined = DEFAULT_RRF_K;
  if (given !== undefined && given !== null) k = asFunction ? readNumber("k", given) : numberOf(given);
  if (k === undefined) throw invalid("the type of rank param k should be float");
  if (!(k > 0 && k < 16384)) throw invalid("the rank params k should be in range (0, 16384)");
  return { kind: "rrf", k, weights: readRrfWeights(params["weights"], searches) };
}

function readRrfWeights(given: unknown, searches: number): readonly number[] | undefined {
  if (given === undefined || given === null) return undefined;
  const list = parsed(given);
  if (!Array.isArray(list)) throw invalid(`failed to parse weights: ${shownText(given)}`);
  if (list.length === 0) throw invalid("rrf weights parameter must be a non-empty array");
  const weights = list.map((item: unknown, i) => {
    const weight = numberOf(item);
    if (weight === undefined) throw invalid(`failed to parse weights: weight at index ${i} must be a number`);
    if (!(weight >= 0 && weight <= 1)) throw invalid("rank param weight should be in range [0, 1]");
    return weight;
  });
  if (weights.length !== searches) {
    throw invalid(
      `the length of weights param mismatch with ann search requests: got ${weights.length}, want ${searches}`,
    );
  }
  return weights;
}

function readWeighted(params: Params, searches: number, badNorm: string): Ranker {
  const given = params["weights"];
  if (given === undefined || given === null) throw invalid("weights not found");
  const list = parsed(given);
  const weights = Array.isArray(list) ? list.map(numberOf) : [undefined];
  if (weights.includes(undefined)) {
    throw invalid(`parse weights param failed, weight should be []float, bug got: ${shownText(given)}`);
  }
  for (const weight of weights) {
    if (!((weight as number) >= 0 && (weight as number) <= 1)) {
      throw invalid("rank param weight should be in range [0, 1]");
    }
  }
  if (weights.length !== searches) {
    throw failure("ParameterMismatch", {
      text: "the length of weights param mismatch with ann search requests",
      expected: String(searches),
      actual: String(weights.length),
    });
  }
  const normalise = readFlag(params["norm_score"]);
  if (normalise === undefined) throw invalid(badNorm);
  return { kind: "weighted", weights: weights as number[], normalise };
}

/** Lists travel as JSON text in functions. */
function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parseJson(value, "number");
  } catch {
    return value;
  }
}

/** Absent is false; undefined for what is no flag. */
function readFlag(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  const text = String(value).toLowerCase();
  return text === "true" ? true : text === "false" ? false : undefined;
}

function readNumber(name: string, value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : numberOf(value);
  if (number === undefined || !Number.isFinite(number))
    throw invalid(`param ${name}:${shownText(value)} is not a number`);
  return number;
}

const DECAYS: readonly string[] = ["gauss", "linear", "exp"];
const MODES: readonly string[] = ["max", "avg", "sum"];
const NUMERIC: readonly string[] = ["Int8", "Int16", "Int32", "Int64", "Float", "Double", "Timestamptz"];

function readDecay(params: Params, inputs: readonly FieldSchema[]): DecayRanker {
  const [field] = inputs;
  if (field === undefined || inputs.length > 1) {
    throw invalid(
      `decay function only supports single input, but gets [[${inputs.map((f) => f.name).join(" ")}]] input`,
    );
  }
  if (!NUMERIC.includes(field.type)) {
    throw invalid(`decay rerank: unsupported input field type:${field.type}, only support numeric field`);
  }
  const shape = String(params["function"] ?? "");
  if (!DECAYS.includes(shape)) throw invalid("invalid decay function: decay, only support [gauss,linear,exp]");
  const required = (name: string): number => {
    if (params[name] === undefined) throw invalid(`decay function lost param: ${name}`);
    return readNumber(name, params[name]);
  };
  const optional = (name: string, fallback: number): number =>
    params[name] === undefined ? fallback : readNumber(name, params[name]);
  const origin = required("origin");
  const scale = required("scale");
  const offset = optional("offset", 0);
  const decay = optional("decay", 0.5);
  if (!(scale > 0)) throw invalid(`decay function param: scale must > 0, but got ${scale.toFixed(6)}`);
  if (!(offset >= 0)) throw invalid(`decay function param: offset must >= 0, but got ${offset.toFixed(6)}`);
  if (!(decay > 0 && decay < 1)) {
    throw invalid(`decay function param: decay must 0 < decay < 1, but got ${decay.toFixed(6)}`);
  }
  const normalise = readFlag(params["norm_score"]);
  if (normalise === undefined) {
    throw invalid(`norm_score params must be true/false, bug got ${shownText(params["norm_score"])}`);
  }
  const mode = String(params["score_mode"] ?? "max");
  if (!MODES.includes(mode)) throw invalid(`unsupported score mode: [${mode}], only supports: [max, avg, sum]`);
  return {
    kind: "decay",
    decay: { function: shape as DecayFunction, origin, scale, offset, decay },
    field,
    normalise,
    mode: mode as ScoreMode,
  };
}
