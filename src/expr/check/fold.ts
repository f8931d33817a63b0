import { wrapInt64 } from "../../values/int64.js";
import { compareText } from "../../values/text-order.js";
import { ExpressionProblem } from "../problem.js";
import type { ArithmeticOperator, ComparisonOperator, TextRange } from "../syntax/ast.js";
import type { Constant } from "./typed.js";

/** Constant folding: int64 wraps, any float makes a double. */

const OPERATION_NAMES: Readonly<Record<ArithmeticOperator, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "**": "power",
};

/** `add`, `subtract`, ... as messages name them. */
export function operationName(operator: ArithmeticOperator): string {
  return OPERATION_NAMES[operator];
}

const TYPE_WORDS = { bool: "bool", string: "string", array: "array", int: "integer", float: "floating" } as const;

/** Folds `left operator right`. @throws ExpressionProblem for other than numbers, zero divisors and float modulo. */
export function foldArithmetic(
  operator: ArithmeticOperator,
  left: Constant,
  right: Constant,
  range: TextRange,
): Constant {
  for (const side of [left, right]) {
    if (side.kind !== "int" && side.kind !== "float") {
      throw new ExpressionProblem(`${operationName(operator)} cannot apply on ${TYPE_WORDS[side.kind]} field`, range);
    }
  }
  if (left.kind === "int" && right.kind === "int") {
    const folded = foldIntegers(operator, left.value, right.value, range);
    if (folded !== undefined) return { kind: "int", value: folded };
  }
  const value = foldDoubles(operator, Number(left.kind === "array" ? 0 : left.value), numberOf(right), range);
  if (Number.isNaN(value)) throw new ExpressionProblem("the constant is not a number", range);
  return { kind: "float", value };
}

function numberOf(value: Constant): number {
  return value.kind === "int" || value.kind === "float" ? Number(value.value) : Number.NaN;
}

/** undefined: the result is a double (negative exponent). */
function foldIntegers(operator: ArithmeticOperator, a: bigint, b: bigint, range: TextRange): bigint | undefined {
  switch (operator) {
    case "+":
      return wrapInt64(a + b);
    case "-":
      return wrapInt64(a - b);
    case "*":
      return wrapInt64(a * b);
    case "/":
      if (b === 0n) throw new ExpressionProblem("cannot divide by zero", range);
      return wrapInt64(a / b);
    case "%":
      if (b === 0n) throw new ExpressionProblem("cannot modulo by zero", range);
      return a % b;
    case "**":
      return b < 0n ? undefined : integerPower(a, b);
  }
}

function integerPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = wrapInt64(result * square);
    square = wrapInt64(square * square);
  }
  return result;
}

function foldDoubles(operator: ArithmeticOperator, a: number, b: number, range: TextRange): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new ExpressionProblem("cannot divide by zero", range);
      return a / b;
    case "%":
      throw new ExpressionProblem("modulo can only apply on integer", range);
    case "**":
      return a ** b;
  }
}

/** Negation; int64 minimum is the negation of its own literal. */
export function foldNegation(value: Constant, range: TextRange): Constant {
  if (value.kind === "int") return { kind: "int", value: wrapInt64(-value.value) };
  if (value.kind === "float") return { kind: "float", value: -value.value };
  throw new ExpressionProblem(`negative cannot apply on ${TYPE_WORDS[value.kind]} field`, range);
}

/** Numbers with numbers, strings with strings, `==`/`!=` also bool with bool; else undefined. */
export function foldComparison(operator: ComparisonOperator, left: Constant, right: Constant): boolean | undefined {
  if (left.kind === "string" && right.kind === "string") {
    return holds(operator, compareText(left.value, right.value));
  }
  if (left.kind === "bool" && right.kind === "bool") {
    if (operator !== "==" && operator !== "!=") return undefined;
    return (left.value === right.value) === (operator === "==");
  }
  if ((left.kind === "int" || left.kind === "float") && (right.kind === "int" || right.kind === "float")) {
    const mixed = left.kind !== right.kind;
    const a = mixed ? Number(left.value) : left.value;
    const b = mixed ? Number(right.value) : right.value;
    return holds(operator, a < b ? -1 : a > b ? 1 : 0);
  }
  return undefined;
}

/** Whether `order operator 0`, for an order of -1, 0 or 1. */
export function holds(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
