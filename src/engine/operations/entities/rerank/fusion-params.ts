import { failure, invalidParameter } from "../../../../errors.js";
import { shownText } from "../../../../values/shown-text.js";
import { numberOf } from "../../../model/types/faults.js";
import { DEFAULT_RRF_K } from "../../../query/rerank/fuse.js";
import type { Ranker } from "../../../query/rerank/ranker.js";
import { type Params, parsed, readFlag, readNumber } from "./parameters.js";

/** @param asFunction numbers may be texts */
export function readRrf(params: Params, searches: number, asFunction: boolean): Ranker {
  const given = params["k"];
  let k: number | undefined = DEFAULT_RRF_K;
  if (given !== undefined && given !== null) k = asFunction ? readNumber("k", given) : numberOf(given);
  if (k === undefined) throw invalidParameter("the type of rank param k should be float");
  if (!(k > 0 && k < 16384)) throw invalidParameter("The rank params k should be in range (0, 16384)");
  return { kind: "rrf", k, weights: readRrfWeights(params["weights"], searches) };
}

function readRrfWeights(given: unknown, searches: number): readonly number[] | undefined {
  if (given === undefined || given === null) return undefined;
  const list = parsed(given);
  if (!Array.isArray(list)) throw invalidParameter(`failed to parse weights: ${shownText(given)}`);
  if (list.length === 0) throw invalidParameter("rrf weights parameter must be a non-empty array");
  const weights = list.map((item: unknown, i) => {
    const weight = numberOf(item);
    if (weight === undefined) throw invalidParameter(`failed to parse weights: weight at index ${i} must be a number`);
    if (!(weight >= 0 && weight <= 1)) throw invalidParameter("rank param weight should be in range [0, 1]");
    return weight;
  });
  if (weights.length !== searches) {
    throw invalidParameter(
      `the length of weights param mismatch with ann search requests: got ${weights.length}, want ${searches}`,
    );
  }
  return weights;
}

export function readWeighted(params: Params, searches: number, badNorm: string): Ranker {
  const given = params["weights"];
  if (given === undefined || given === null) throw invalidParameter("weights not found");
  const list = parsed(given);
  const weights = Array.isArray(list) ? list.map(numberOf) : [undefined];
  if (weights.includes(undefined)) {
    throw invalidParameter(`parse weights param failed, weight should be []float, bug got: ${shownText(given)}`);
  }
  for (const weight of weights) {
    if (!((weight as number) >= 0 && (weight as number) <= 1)) {
      throw invalidParameter("rank param weight should be in range [0, 1]");
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
  if (normalise === undefined) throw invalidParameter(badNorm);
  return { kind: "weighted", weights: weights as number[], normalise };
}
