import type { TypedExpression } from "../check/typed.js";
import { filterCost } from "./deadline.js";

/**
 * What is left of a filter without its parts that cost more than `most` for a row: it holds for each row that the filter
 * holds for, and for others.
 * @returns the filter itself when it has no such parts; undefined when nothing is left, so that every row may be meant
 */
export function relaxed(node: TypedExpression, most: number): TypedExpression | undefined {
  if (node.kind !== "and" && node.kind !== "or") return filterCost(node) <= most ? node : undefined;
  const left = node.operands.map((operand) => relaxed(operand, most));
  if (left.every((operand, i) => operand === node.operands[i])) return node;
  const operands = left.filter((operand) => operand !== undefined);
  if (node.kind === "or") return operands.length === left.length ? { kind: "or", operands } : undefined;
  return operands.length > 1 ? { kind: "and", operands } : operands[0];
}
