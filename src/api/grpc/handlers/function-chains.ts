import type { FunctionChain } from "../../../engine/contract/function-chains.js";
import type { Received } from "../messages/table.js";

const STAGES: readonly string[] = [
  "Unspecified",
  "Ingestion",
  "PreProcess",
  "L0Rerank",
  "L1Rerank",
  "L2Rerank",
  "PostProcess",
];

export function functionChainOf({ name, stage, ops }: Received<"FunctionChain">): FunctionChain {
  const known = STAGES[stage];
  return { name, stage: known === undefined ? String(stage) : `FunctionChainStage${known}`, ops: ops.map(opOf) };
}

function opOf({
  op,
  expr,
  inputs,
  outputs,
  params,
}: Received<"FunctionChainOp">): NonNullable<FunctionChain["ops"]>[number] {
  const expression = expr && { name: expr.name, args: expr.args.map(argOf), params: paramsOf(expr.params) };
  return { op, inputs, outputs, params: paramsOf(params), ...(expression !== undefined && { expr: expression }) };
}

function argOf({ column, literal }: Received<"FunctionChainExprArg">): { column?: string; literal?: unknown } {
  if (literal !== undefined) return { literal: jsonOf(literal) };
  return column === undefined ? {} : { column: column.name };
}

type Params = ReadonlyMap<string, Received<"FunctionParamValue">>;

function paramsOf(params: Params): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...params].map(([name, value]) => [name, jsonOf(value)]));
}

/** The value as JSON has it; `null` where nothing is set. */
function jsonOf(value: Received<"FunctionParamValue">): unknown {
  if (value.array_value !== undefined) return value.array_value.values.map(jsonOf);
  if (value.object_value !== undefined) return paramsOf(value.object_value.fields);
  return value.bool_value ?? value.int64_value ?? value.double_value ?? value.string_value ?? value.bytes_value ?? null;
}
