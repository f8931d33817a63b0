import type { Operand, TypedExpression } from "../check/typed.js";
import { raw, type SqlFragment } from "./fragment.js";

/** Rows of plain comparisons between two looks at the deadline: their own cost hides that of the look. */
const MOST_ROWS = 1024;

/**
 * A condition that holds for every row and looks at the deadline now and then: to be joined to a filter by AND, since
 * SQLite itself cannot be stopped. The dearer the filter, the oftener it looks.
 * @param rowId an INTEGER column whose values rise by one from row to row, on the whole; mixed, since an index may lead to odd ones alone
 */
export function deadlineSql(predicate: TypedExpression, rowId: string): SqlFragment {
  return lookSql(filterCost(predicate), rowId);
}

/** The same where a row costs so many plain comparisons. */
export function lookSql(cost: number, rowId: string): SqlFragment {
  const rows = 2 ** Math.floor(Math.log2(Math.max(1, MOST_ROWS / cost)));
  return raw(rows === 1 ? "elanus_tick()" : `((${rowId} * 40503 >> 10) & ${rows - 1} OR elanus_tick())`);
}

/** A literal of so many characters costs as much to hand over as a plain comparison. */
const LITERAL = 256;

function insideJson(operand: Operand): number {
  return operand.type === "JSON" || operand.field.type === "Array" ? 4 : 1;
}

/** What a filter costs for a row, roughly, in plain comparisons: what reads long texts costs more. */
export function filterCost(node: TypedExpression): number {
  switch (node.kind) {
    case "and":
    case "or":
      return node.operands.reduce((sum, operand) => sum + filterCost(operand), 0);
    case "not":
      return filterCost(node.operand);
    case "regex":
    case "textMatch":
    case "phraseMatch":
    case "fuzzyMatch":
    case "spatial":
      return MOST_ROWS;
    case "elements":
      return 16 * filterCost(node.predicate);
    case "membership":
      return 4;
    case "like":
      return 4 + node.pattern.length / LITERAL;
    case "in":
      if (node.integers !== undefined) return insideJson(node.operand);
      return insideJson(node.operand) + (node.values.some((value) => value.kind === "array") ? node.values.length : 0);
    case "compare":
    case "range":
    case "arithmetic":
    case "bitwise":
    case "exists":
    case "contains":
    case "length":
      return insideJson(node.operand);
    default:
      return 1;
  }
}
