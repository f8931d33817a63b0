import { shownText } from "../../../../values/shown-text.js";
import type { FieldSchema } from "../../../model/schema.js";
import type { DecayFunction } from "../../../query/rerank/decay.js";
import type { DecayRanker, ScoreMode } from "../../../query/rerank/ranker.js";
import { invalid, type Params, readFlag, readNumber } from "./parameters.js";

const DECAYS: readonly string[] = ["gauss", "linear", "exp"];
const MODES: readonly string[] = ["max", "avg", "sum"];
const NUMERIC: readonly string[] = ["Int8", "Int16", "Int32", "Int64", "Float", "Double", "Timestamptz"];

/** @throws InvalidParameter */
export function readDecay(params: Params, inputs: readonly FieldSchema[]): DecayRanker {
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
