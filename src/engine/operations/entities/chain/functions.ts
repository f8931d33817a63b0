import { failure, invalidParameter } from "../../../../errors.js";
import type { DataType } from "../../../model/data-type.js";
import type { Compute } from "../../../query/chain/chain.js";
import { COMBINE_MODES, type CombineMode, combined, decayed, rounded } from "../../../query/chain/expressions.js";
import { checkDecay } from "../rerank/decay-params.js";
import { ChainParams } from "./chain-params.js";
import type { ChainColumn } from "./chain-scope.js";

const NUMERIC: readonly DataType[] = ["Int8", "Int16", "Int32", "Int64", "Timestamptz", "Float", "Double"];

/** Functions of Milvus that ask a service or a model for their results. */
const ELSEWHERE: readonly string[] = ["rerank_model", "xgboost"];

/** What a function of a chain does with its columns. */
type ReadFunction = (params: ChainParams, columns: readonly ChainColumn[]) => Compute;

const FUNCTIONS: ReadonlyMap<string, ReadFunction> = new Map([
  ["decay", readDecay],
  ["num_combine", readCombine],
  ["round_decimal", readRound],
]);

/** @throws InvalidParameter, Unsupported */
export function checkFunctionName(name: string): void {
  if (FUNCTIONS.has(name)) return;
  if (!ELSEWHERE.includes(name)) throw invalidParameter(`unknown function: ${name}`);
  throw failure("Unsupported", { what: `${name} is not supported by the embedded engine` });
}

/** @param name of a function that there is */
export function readFunction(
  name: string,
  params: Readonly<Record<string, unknown>> | undefined,
  columns: readonly ChainColumn[],
): Compute {
  const read = FUNCTIONS.get(name) as ReadFunction;
  return read(new ChainParams(name, params), columns);
}

function readDecay(params: ChainParams, columns: readonly ChainColumn[]): Compute {
  const decay = checkDecay({
    function: params.required("function", params.text("function")),
    origin: params.required("origin", params.number("origin")),
    scale: params.required("scale", params.number("scale")),
    offset: params.number("offset"),
    decay: params.number("decay"),
  });
  checkCount("decay", columns, 1);
  checkNumeric("decay", columns);
  return decayed(decay);
}

function readCombine(params: ChainParams, columns: readonly ChainColumn[]): Compute {
  const mode = (params.text("mode") ?? "multiply") as CombineMode;
  const weights = params.numbers("weights") ?? [];
  if (!COMBINE_MODES.includes(mode)) {
    throw invalidParameter(
      `num_combine: invalid mode ${JSON.stringify(mode)}, must be one of [${COMBINE_MODES.join(", ")}]`,
    );
  }
  if (columns.length < 2) {
    throw invalidParameter(`num_combine: expected at least 2 input columns, got ${columns.length}`);
  }
  if (mode === "weighted" && weights.length !== columns.length) {
    throw invalidParameter(`num_combine: weighted mode requires ${columns.length} weights, got ${weights.length}`);
  }
  checkNumeric("num_combine", columns);
  return combined(mode, weights);
}

function readRound(params: ChainParams, columns: readonly ChainColumn[]): Compute {
  const decimals = params.required("decimal", params.integer("decimal"));
  if (decimals < 0 || decimals > 6) {
    throw invalidParameter(`round_decimal: decimal must be in range [0, 6], got ${decimals}`);
  }
  checkCount("round_decimal", columns, 1);
  const [column] = columns;
  if (column?.type !== "Float")
    throw invalidParameter(`round_decimal: input column must be Float32, got ${column?.type}`);
  return rounded(decimals);
}

function checkCount(name: string, columns: readonly ChainColumn[], count: number): void {
  if (columns.length === count) return;
  throw invalidParameter(`${name}: expected ${count} input column, got ${columns.length}`);
}

function checkNumeric(name: string, columns: readonly ChainColumn[]): void {
  for (const [i, { type }] of columns.entries()) {
    if (NUMERIC.includes(type)) continue;
    throw invalidParameter(`${name}: column ${i}: unsupported input column type ${type}, expected numeric type`);
  }
}
