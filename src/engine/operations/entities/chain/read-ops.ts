import { failure, invalidParameter } from "../../../../errors.js";
import type { FunctionChainArg, FunctionChainOp } from "../../../contract/function-chains.js";
import type { ChainOp } from "../../../query/chain/chain.js";
import { BY_KEY } from "../../../query/chain/sort.js";
import { ChainParams } from "./chain-params.js";
import type { ChainColumn, ChainScope } from "./chain-scope.js";
import { checkFunctionName, readFunction } from "./functions.js";

/** Operators that no client builds. */
const UNBUILT: readonly string[] = ["filter", "select", "group_by"];

/**
 * One operation of a chain.
 *
 * @param scope the names that it may read; what it writes is added
 * @param at the numbers of its chain and of it in there
 * @throws InvalidParameter, Unsupported
 */
export function readOp(
  given: FunctionChainOp,
  scope: ChainScope,
  at: { readonly chain: number; readonly op: number },
): ChainOp {
  const index = at.op;
  const op = (given.op ?? "").trim();
  const params = new ChainParams(`${op}_op`, given.params);
  switch (op) {
    case "map":
      return readMap(given, scope, index);
    case "sort":
      return readSort(given, params, scope, index);
    case "limit":
      return readLimit(params);
    default:
      if (UNBUILT.includes(op)) {
        throw failure("Unsupported", { what: `function chain operator ${op} is not supported by the embedded engine` });
      }
      throw invalidParameter(
        `function chain[${at.chain}]: ${op === "" ? `op[${index}]: op name is empty` : `unknown operator type: ${op}`}`,
      );
  }
}

function readMap({ expr, outputs = [] }: FunctionChainOp, scope: ChainScope, index: number): ChainOp {
  if (expr === undefined) throw invalidParameter("map operator requires function");
  const name = (expr.name ?? "").trim();
  if (name === "") throw invalidParameter(`op[${index}]: expr name is empty`);
  checkFunctionName(name);
  const columns = (expr.args ?? []).map((arg, i) => scope.input(columnName(name, arg, i), index));
  const compute = readFunction(name, expr.params, columns);
  const [output = "", ...more] = names(outputs, "output", index);
  if (output === "" || more.length > 0) {
    throw invalidParameter(`map_op: expected 1 output column, got ${outputs.length}`);
  }
  return {
    kind: "map",
    output: scope.output(output, index),
    inputs: columns.map(({ source }) => source),
    compute,
  };
}

function columnName(of: string, { column, literal }: FunctionChainArg, index: number): string {
  if (literal !== undefined) throw invalidParameter(`${of}: literal expr arg[${index}] is not supported`);
  const name = (column ?? "").trim();
  if (name === "") throw invalidParameter(`expr arg[${index}]: column name is empty`);
  return name;
}

/** The columns stand among the inputs; some clients name them among the parameters as well. */
function readSort(given: FunctionChainOp, params: ChainParams, scope: ChainScope, index: number): ChainOp {
  const [by = params.text("column") ?? "", tie = params.text("tie_break_col") ?? "", ...more] = names(
    given.inputs ?? [],
    "input",
    index,
  );
  if (by === "") throw invalidParameter("sort_op: column is required");
  if (more.length > 0) throw invalidParameter(`sort_op: expected 1 or 2 input columns, got ${more.length + 2}`);
  const descending = params.flag("desc") ?? false;
  const column = comparable(scope.input(by, index));
  const tieBreak = tie === "" ? undefined : comparable(scope.input(tie, index));
  return {
    kind: "sort",
    keys: [
      { by: column.source, descending, nullsFirst: false },
      tieBreak === undefined ? BY_KEY : { by: tieBreak.source, descending: false, nullsFirst: false },
    ],
  };
}

function comparable(column: ChainColumn): ChainColumn {
  if (column.type !== "Bool") return column;
  throw invalidParameter(`sort_op: column ${column.name} has non-comparable type bool`);
}

function readLimit(params: ChainParams): ChainOp {
  const limit = params.integer("limit");
  if (limit === undefined) throw invalidParameter("limit_op: limit is required");
  if (limit <= 0) throw invalidParameter("limit_op: limit must be positive");
  const offset = params.integer("offset") ?? 0;
  if (offset < 0) throw invalidParameter("limit_op: offset must be non-negative");
  return { kind: "limit", limit, offset };
}

function names(given: readonly string[], what: "input" | "output", index: number): readonly string[] {
  return given.map((name) => {
    const trimmed = name.trim();
    if (trimmed === "") throw invalidParameter(`op[${index}]: ${what} name is empty`);
    return trimmed;
  });
}
