import type { BitOperator, Bitwise, ComparisonOperator, Expression } from "../syntax/ast.js";
import {
  type Checked,
  type CheckedValue,
  type Checking,
  filled,
  problem,
  quoted,
  refuseWholeArray,
} from "./checking.js";
import type { Constant, TypedExpression } from "./typed.js";
import { castConstant, isInteger, showConstant } from "./types.js";

type BitwiseNode = Extract<Checked, { readonly kind: "bitwise" }>;

/** `& | ^` of two constants (folded), or of a field and a constant (kept for the comparison around it). */
export function checkBitwise(checking: Checking, node: Bitwise): Checked {
  const { operator } = node;
  if (operator === "<<" || operator === ">>") throw problem(node, `shift is not supported: ${quoted(checking, node)}`);
  const left = checking.check(node.left);
  const right = checking.check(node.right);
  const [leftValue, rightValue] = [givenValue(left), givenValue(right)];
  if (leftValue !== undefined && rightValue !== undefined) return fold(node, operator, leftValue, rightValue);
  const [field, by] = leftValue === undefined ? [left, rightValue] : [right, leftValue];
  refuseWholeArray(field, node);
  if (field.kind === "predicate" || field.kind === "sample") throw notIntegers(node);
  if (field.kind !== "operand" || by === undefined) {
    throw problem(node, "complicated arithmetic operations are not supported");
  }
  const { operand } = field;
  if (operand.type !== "JSON" && !isInteger(operand.type)) throw notIntegers(node);
  if (by.kind === "constant") integerOf(by.value, node);
  return { kind: "bitwise", operator, operand, by };
}

function givenValue(checked: Checked): CheckedValue | undefined {
  return checked.kind === "constant" || checked.kind === "placeholder" ? checked : undefined;
}

function fold(node: Bitwise, operator: BitOperator, left: CheckedValue, right: CheckedValue): Checked {
  if (left.kind === "placeholder" || right.kind === "placeholder") {
    throw problem(node, `placeholder was not supported between two constants with operator: ${operator}`);
  }
  const value = combineBits(operator, integerOf(left.value, node), integerOf(right.value, node));
  return { kind: "constant", value: { kind: "int", value }, literal: true };
}

/** Of int64 in two's complement. */
export function combineBits(operator: BitOperator, a: bigint, b: bigint): bigint {
  return operator === "&" ? a & b : operator === "|" ? a | b : a ^ b;
}

function integerOf(value: Constant, node: Expression): bigint {
  if (value.kind !== "int") throw notIntegers(node);
  return value.value;
}

function notIntegers(node: Expression): Error {
  return problem(node, "bitwise operations can only apply on integer types");
}

/** The comparison of a field's bits with a value. */
export function finishBitwise(
  checking: Checking,
  node: Expression,
  { operator: bits, operand, by }: BitwiseNode,
  operator: ComparisonOperator,
  value: Constant,
): TypedExpression {
  const mask = by.kind === "constant" ? by.value : filled(checking, by.name, node, "right operand value of");
  const cast = castConstant("Int64", value);
  if (cast?.kind !== "int") throw problem(node, `cannot cast value to Int64, value: ${showConstant(value)}`);
  return { kind: "bitwise", operand, bits, by: integerOf(mask, node), operator, value: cast.value };
}

/** Whether a template value must be filled in before it is known what is compared. */
export function waitsForValue({ by }: BitwiseNode): boolean {
  return by.kind === "placeholder";
}
