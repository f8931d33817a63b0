import { failure } from "../../../../errors.js";
import { shownText } from "../../../../values/shown-text.js";
import type { FunctionScore } from "../../../contract/entities.js";
import type { Collection } from "../../../model/collection.js";
import { fieldByName } from "../../../model/schema.js";
import type { QueryContext } from "../../../query/query-context.js";
import type { Boost, Boosting, Combination, RandomWeight } from "../../../query/rerank/boost.js";
import { compileFilter } from "../../../query/selection.js";
import { finiteNumber, lowerCaseKeys, type Params, parsed } from "./parameters.js";

/** Where boosts stand: whose rows they weigh. */
export interface BoostScope {
  readonly ctx: QueryContext;
  readonly collection: Collection;
  /** Template values of the filters. */
  readonly exprParams: Readonly<Record<string, unknown>> | undefined;
  /** Of points in time in the filters that name none; undefined: that of the collection. */
  readonly timeZone: string | undefined;
  /** Grouping searches know no boosts. */
  readonly grouped: boolean;
}

/**
 * Boosts, and how they act together.
 *
 * @param functions the parameters of each boost, with keys in lower case
 * @param params of the whole `functionScore`
 * @returns undefined where there is none
 * @throws InvalidParameter, InvalidExpression
 */
export function readBoosts(
  functions: readonly Params[],
  params: FunctionScore["params"],
  scope: BoostScope,
): Boosting | undefined {
  if (functions.length === 0) return undefined;
  const boosts = functions.map((each) => readBoost(each, scope));
  const whole = lowerCaseKeys(params ?? {});
  const score = readCombination("boost mode", whole["boost_mode"]);
  const weights = readCombination("function mode", whole["function_mode"]);
  if (scope.grouped) throw noPlan("don't support use segment scorer with group_by or search_iterator");
  return { boosts, weights, score };
}

function readBoost(params: Params, scope: BoostScope): Boost {
  const given = params["weight"];
  if (given === undefined || given === null) throw noPlan("must set weight params for weight scorer");
  const weight = finiteNumber(given);
  if (weight === undefined)
    throw noPlan(`parse function scorer weight params failed: ${shownText(given)} is no number`);
  const { ctx, collection, exprParams, timeZone } = scope;
  const text = params["filter"];
  const filter = compileFilter(ctx, collection, text === undefined ? undefined : String(text), exprParams, timeZone);
  if (filter?.plan.sample !== undefined) throw noPlan("random_sample cannot choose the rows of a boost");
  if (filter?.elements !== undefined) throw noPlan("element_filter cannot choose the rows of a boost");
  return { weight, filter, random: readRandom(params["random_score"], collection) };
}

function readRandom(given: unknown, collection: Collection): RandomWeight | undefined {
  if (given === undefined || given === null) return undefined;
  const object = parsed(given);
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw noPlan(`random score should be a json object: ${shownText(given)}`);
  }
  const { seed, field } = object as { readonly seed?: unknown; readonly field?: unknown };
  return { seed: readSeed(seed), field: readField(field, collection) };
}

function readSeed(seed: unknown): bigint {
  if (seed === undefined || seed === null) return 0n;
  if (typeof seed === "bigint") return seed;
  const number = finiteNumber(seed);
  if (number === undefined || !Number.isInteger(number)) throw noPlan("random seed must be number");
  return BigInt(number);
}

function readField(name: unknown, collection: Collection): RandomWeight["field"] {
  if (name === undefined || name === null) return undefined;
  if (typeof name !== "string") throw noPlan("random seed field name must be string");
  const field = fieldByName(collection.schema, name);
  if (field === undefined) throw noPlan("random seed field not found");
  if (field.type !== "Int64") throw noPlan(`only support int64 field as random seed, but got ${field.type}`);
  return field;
}

function readCombination(what: string, given: unknown): Combination {
  const mode = String(given ?? "multiply").toLowerCase();
  if (mode === "multiply" || mode === "sum") return mode;
  throw noPlan(`unknown ${what}: ${shownText(given)}`);
}

function noPlan(text: string): Error {
  return failure("InvalidParameter", { text: `failed to create query plan: ${text}` });
}
