import { failure, invalidParameter } from "../../../../errors.js";
import { shownText } from "../../../../values/shown-text.js";
import type { FieldSchema } from "../../../model/schema.js";
import { DECAY_FUNCTIONS, type Decay, type DecayFunction } from "../../../query/rerank/decay.js";
import type { DecayRanker, ScoreMode } from "../../../query/rerank/ranker.js";
import { finiteNumber, type Params, readFlag } from "./parameters.js";

const MODES: readonly string[] = ["max", "sum", "avg"];
const NUMERIC: readonly string[] = ["Int8", "Int16", "Int32", "Int64", "Float", "Double", "Timestamptz"];

/** Nearer to 0 or 1 a decay is no longer computed exactly. */
const LEAST_DECAY = 0.001;
const MOST_DECAY = 0.999;

/**
 * A decay out of its parameters, whichever way they came.
 *
 * @throws InvalidParameter
 */
export function checkDecay(given: {
  readonly function: string;
  readonly origin: number;
  readonly scale: number;
  readonly offset: number | undefined;
  readonly decay: number | undefined;
}): Decay {
  const { function: shape, origin, scale, offset = 0, decay = 0.5 } = given;
  if (!(scale > 0)) throw invalidParameter(`decay: scale must be > 0, got ${scale.toFixed(6)}`);
  if (!(offset >= 0)) throw invalidParameter(`decay: offset must be >= 0, got ${offset.toFixed(6)}`);
  if (!(decay > 0 && decay < 1)) throw invalidParameter(`decay: decay must be 0 < decay < 1, got ${decay.toFixed(6)}`);
  if (decay < LEAST_DECAY || decay > MOST_DECAY) {
    const range = `${LEAST_DECAY.toFixed(6)} and ${MOST_DECAY.toFixed(6)}`;
    throw invalidParameter(`decay: decay must be between ${range} for numerical stability, got ${decay.toFixed(6)}`);
  }
  if (!DECAY_FUNCTIONS.includes(shape as DecayFunction)) {
    const list = DECAY_FUNCTIONS.join(", ");
    throw invalidParameter(`decay: invalid function ${JSON.stringify(shape)}, must be one of [${list}]`);
  }
  return { function: shape as DecayFunction, origin, scale, offset, decay };
}

/**
 * The ranker `decay` of a `functionScore`.
 *
 * @throws InvalidParameter, MissingParameter
 */
export function readDecay(params: Params, inputs: readonly FieldSchema[]): DecayRanker {
  const [field] = inputs;
  if (field === undefined || inputs.length > 1) {
    throw invalidParameter(
      `decay function only supports single input, but gets [[${inputs.map((f) => f.name).join(" ")}]] input`,
    );
  }
  if (!NUMERIC.includes(field.type)) {
    throw invalidParameter(`decay rerank: unsupported input field type:${field.type}, only support numeric field`);
  }
  const required = <T>(name: string, value: T | undefined): T => {
    if (value !== undefined) return value;
    throw failure("MissingParameter", { text: `decay ${name} not specified` });
  };
  const number = (name: string): number | undefined => {
    if (params[name] === undefined) return undefined;
    const value = finiteNumber(params[name]);
    if (value === undefined) throw invalidParameter(`decay param ${name}: ${shownText(params[name])} is not a number`);
    return value;
  };
  const shape = params["function"];
  const decay = checkDecay({
    function: required("function", shape === undefined ? undefined : String(shape)),
    origin: required("origin", number("origin")),
    scale: required("scale", number("scale")),
    offset: number("offset"),
    decay: number("decay"),
  });
  const normalise = readFlag(params["norm_score"]);
  if (normalise === undefined) {
    throw invalidParameter(`norm_score params must be true/false, bug got ${shownText(params["norm_score"])}`);
  }
  const mode = String(params["score_mode"] ?? "max").toLowerCase();
  if (!MODES.includes(mode))
    throw invalidParameter(`unsupported score_mode: ${mode}, only supports [${MODES.join(", ")}]`);
  return { kind: "decay", decay, field, normalise, mode: mode as ScoreMode };
}
