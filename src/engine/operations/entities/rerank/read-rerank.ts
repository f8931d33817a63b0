import { invalidParameter } from "../../../../errors.js";
import { shownText } from "../../../../values/shown-text.js";
import type { FunctionScore, RerankFunction, RerankRequest } from "../../../contract/entities.js";
import type { Collection } from "../../../model/collection.js";
import { type FieldSchema, fieldByName } from "../../../model/schema.js";
import type { Boosting } from "../../../query/rerank/boost.js";
import type { Ranker } from "../../../query/rerank/ranker.js";
import { type BoostScope, readBoosts } from "./boost-params.js";
import { readDecay } from "./decay-params.js";
import { readRrf, readWeighted } from "./fusion-params.js";
import { readModel } from "./model-params.js";
import { lowerCaseKeys, type Params } from "./parameters.js";

/** How requests say in which order the hits of several searches stand: `rerank`, or functions of the type Rerank. */

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
      throw invalidParameter(`unsupported rank type ${strategy}`);
  }
}

const RERANKERS: readonly string[] = ["decay", "model", "rrf", "weighted"];

/** What the functions of a request make of the hits. */
export interface Ranking {
  /** Undefined where no function orders them anew. */
  readonly ranker: Ranker | undefined;
  /** Undefined where no function weighs them. */
  readonly boosting: Boosting | undefined;
}

/** What ranking functions are read against. */
export interface RankingScope extends BoostScope {
  /** How many searches there are. */
  readonly searches: number;
  /** Whether the application serves the reranker `model`. */
  readonly reranks: boolean;
}

/**
 * The ranker among the functions of a `functionScore`, and the boosts.
 *
 * @throws InvalidParameter, ParameterMismatch, InvalidExpression
 */
export function readRankingFunctions(score: FunctionScore | undefined, scope: RankingScope): Ranking {
  const rankers: Ranker[] = [];
  const boosts: Params[] = [];
  for (const definition of score?.functions ?? []) {
    checkFunction(definition);
    const params = lowerCaseKeys(definition.params ?? {});
    const name = String(params["reranker"] ?? "").toLowerCase();
    if (name === "boost") boosts.push(params);
    else rankers.push(readRanker(name, params, definition.inputFieldNames ?? [], scope));
  }
  if (rankers.length > 1) throw invalidParameter("rerank_builder: currently only supports one rerank function");
  const [ranker] = rankers;
  if (ranker?.kind === "model" && scope.grouped)
    throw invalidParameter("Current rerank does not support grouping search");
  return { ranker, boosting: readBoosts(boosts, score?.params, scope) };
}

function checkFunction(definition: RerankFunction): void {
  const type = definition.type ?? "";
  if (type !== "Rerank") {
    if (["BM25", "TextEmbedding", "MinHash"].includes(type)) throw invalidParameter(`${type} is not rerank function`);
    throw invalidParameter(`Unsupported function type: ${type}`);
  }
  const outputs = definition.outputFieldNames ?? [];
  if (outputs.length > 0) {
    throw invalidParameter(`rerank function should not have output field, but now is ${outputs.length}`);
  }
}

function readRanker(name: string, params: Params, inputNames: readonly string[], scope: RankingScope): Ranker {
  if (!RERANKERS.includes(name)) {
    throw invalidParameter(`unsupported rerank function: [${name}] , list of supported [decay,model,rrf,weighted]`);
  }
  const inputs = readInputs(inputNames, scope.collection);
  if (name === "decay") return readDecay(params, inputs);
  if (name === "model") return readModel(params, inputs, scope.reranks);
  if (inputs.length > 0) {
    const names = inputs.map((field) => field.name).join(" ");
    throw invalidParameter(`the ${name} function does not support input parameters, but got [${names}]`);
  }
  if (name === "rrf") return readRrf(params, scope.searches, true);
  return readWeighted(
    params,
    scope.searches,
    `norm_score params must be true/false, bug got ${shownText(params["norm_score"])}`,
  );
}

function readInputs(names: readonly string[], collection: Collection): readonly FieldSchema[] {
  return names.map((name, i) => {
    if (name === "") throw invalidParameter("rerank input field name cannot be empty string");
    if (names.indexOf(name) !== i) {
      throw invalidParameter(
        `each function input field should be used exactly once in the same function, input field: ${name}`,
      );
    }
    const field = fieldByName(collection.schema, name);
    if (field === undefined) throw invalidParameter(`function input field not found: ${name}`);
    if (field.nullable) throw invalidParameter(`function input field cannot be nullable: field ${name}`);
    return field;
  });
}
