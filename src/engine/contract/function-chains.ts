import { EXPRESSION_PARAMS, OPERATOR_PARAMS } from "./known-keys.js";
import type { RequestField, RequestShape } from "./row.js";

/** An ordered plan that rewrites the scores of hits, sorts them and cuts them. */
export interface FunctionChain {
  readonly name?: string;
  /** `FunctionChainStageL2Rerank`: the hits that the search would show; `FunctionChainStageL0Rerank`: those of each partition. */
  readonly stage?: string;
  readonly ops?: readonly FunctionChainOp[];
}

export interface FunctionChainOp {
  /** `map`, `sort` or `limit`. */
  readonly op?: string;
  /** Of `map`. */
  readonly expr?: FunctionChainExpression;
  /** Of `sort`: a column, and one that decides between equal hits (default `$id`). */
  readonly inputs?: readonly string[];
  /** Of `map`: one name, `$score` among them. */
  readonly outputs?: readonly string[];
  /** Of `sort`: `desc`; of `limit`: `limit`, `offset`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FunctionChainExpression {
  /** `decay`, `num_combine` or `round_decimal`. */
  readonly name?: string;
  readonly args?: readonly FunctionChainArg[];
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FunctionChainArg {
  /** `$id`, `$score`, what an operation before has written, or a field of the collection. */
  readonly column?: string;
  readonly literal?: unknown;
}

const text: RequestField = { kind: "string" };
const names: RequestField = { kind: "strings" };

const arg: RequestShape<FunctionChainArg> = { column: text, literal: { kind: "any" } };
const expr: RequestShape<FunctionChainExpression> = {
  name: text,
  args: { kind: "array", shape: arg },
  params: { kind: "object", keys: EXPRESSION_PARAMS },
};
const op: RequestShape<FunctionChainOp> = {
  op: text,
  expr: { kind: "object", shape: expr },
  inputs: names,
  outputs: names,
  params: { kind: "object", keys: OPERATOR_PARAMS },
};

export const functionChain: RequestShape<FunctionChain> = {
  name: text,
  stage: text,
  ops: { kind: "array", shape: op },
};
