import type { Arithmetic, ArithmeticOperator, Comparison, ComparisonOperator, Expression } from "../syntax/ast.js";
import { finishBitwise, waitsForValue } from "./bitwise.js";
import {
  afterFilling,
  type Checked,
  type Checking,
  comparedType,
  filled,
  predicate,
  problem,
  quoted,
  refuseWholeArray,
  typeName,
  typeOf,
} from "./checking.js";
import { foldArithmetic, foldComparison, operationName } from "./fold.js";
import type { FilterType } from "./scope.js";
import type { ArithmeticMode, Constant, FieldOperator, Operand, Scalar, TypedExpression } from "./typed.js";
import { castConstant, comparable, isFloating, isInteger, isNumeric, showConstant } from "./types.js";

const TURNED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function isConstant(checked: Checked): boolean {
  return checked.kind === "constant" || checked.kind === "placeholder";
}

/** `left op right` of any kind; constants are folded. */
export function checkComparison(checking: Checking, node: Comparison): Checked {
  const { operator } = node;
  const left = checking.check(node.left);
  const right = checking.check(node.right);
  if (isConstant(left) && isConstant(right)) {
    if (left.kind !== "constant" || right.kind !== "constant") throw betweenConstants(node);
    const value = foldComparison(operator, left.value, right.value);
    if (value === undefined) {
      throw problem(
        node,
        `comparison operations cannot be applied to two incompatible operands: ${quoted(checking, node)}`,
      );
    }
    return { kind: "constant", value: { kind: "bool", value }, literal: false };
  }
  if (operator !== "==" && operator !== "!=") {
    refuseWholeArray(left, node);
    refuseWholeArray(right, node);
  }
  if (left.kind !== "placeholder" && right.kind !== "placeholder") requireComparable(left, right, node);
  if (isConstant(left)) return compareWithConstant(checking, node, right, TURNED[operator], left, node.left);
  if (isConstant(right)) return compareWithConstant(checking, node, left, operator, right, node.right);
  return compareColumns(node, left, operator, right);
}

function betweenConstants(node: Comparison | Arithmetic): Error {
  return problem(node, `placeholder was not supported between two constants with operator: ${node.operator}`);
}

function requireComparable(left: Checked, right: Checked, node: Expression): void {
  if (comparable(comparedType(left), comparedType(right))) return;
  // JSON holds arrays of any kind.
  const arrayLiteral = [left, right].some((side) => side.kind === "constant" && side.value.kind === "array");
  const json = [left, right].some((side) => side.kind === "operand" && side.operand.type === "JSON");
  if (arrayLiteral && json) return;
  throw problem(node, `comparisons between ${typeName(left)} and ${typeName(right)} are not supported`);
}

function uncastable(type: FilterType, value: Constant, node: Expression): Error {
  return problem(node, `cannot cast value to ${type}, value: ${showConstant(value)}`);
}

/** `left` is a field, arithmetic or a length; `right` a literal or placeholder. */
function compareWithConstant(
  checking: Checking,
  node: Comparison,
  left: Checked,
  operator: ComparisonOperator,
  right: Checked,
  valueNode: Expression,
): Checked {
  const finish = (value: Constant): TypedExpression => {
    if (left.kind === "arithmetic") return finishArithmetic(checking, node, left, operator, value, valueNode);
    if (left.kind === "bitwise") return finishBitwise(checking, node, left, operator, value);
    if (left.kind === "length") {
      if (value.kind !== "int") throw uncastable("Int64", value, valueNode);
      return { kind: "length", operand: left.operand, operator, value: value.value };
    }
    if (left.kind !== "operand") throw problem(node, "not supported to combine multiple fields");
    const { operand } = left;
    const cast = castConstant(operand.type, value);
    if (cast === undefined) throw uncastable(operand.type, value, valueNode);
    return { kind: "compare", operand, operator, value: castElements(operand, cast) };
  };
  if (right.kind === "placeholder") {
    if (left.kind !== "operand" && left.kind !== "arithmetic" && left.kind !== "bitwise" && left.kind !== "length") {
      throw problem(node, "not supported to combine multiple fields");
    }
    if (left.kind === "arithmetic") requireSimple(left, node);
    return afterFilling(checking, () => finish(filled(checking, right.name, valueNode)));
  }
  if (right.kind !== "constant") throw problem(node, "not supported to combine multiple fields");
  const { value } = right;
  if (left.kind === "bitwise" && waitsForValue(left)) return afterFilling(checking, () => finish(value));
  if (left.kind !== "arithmetic" || !usesPlaceholder(left)) return predicate(finish(value));
  requireSimple(left, node);
  return afterFilling(checking, () => finish(value));
}

/** The elements of a literal compared with a whole array take the element type where they can. */
function castElements(operand: Operand, value: Constant): Constant {
  const element = operand.field.elementType;
  if (operand.type !== "Array" || value.kind !== "array" || element === undefined) return value;
  return { kind: "array", elements: value.elements.map((e) => castConstant(element, e) ?? e) };
}

function compareColumns(node: Comparison, left: Checked, operator: ComparisonOperator, right: Checked): Checked {
  if (left.kind !== "operand" || right.kind !== "operand") {
    throw problem(node, "only comparison between two fields is supported");
  }
  if (left.operand.type === "JSON" || right.operand.type === "JSON") {
    throw problem(node, "two column comparison with JSON type is not supported");
  }
  if (left.operand.field.type === "Array" || right.operand.field.type === "Array") {
    throw problem(node, "field-to-field comparison involving ARRAY fields is not supported");
  }
  return predicate({ kind: "compareColumns", left: left.operand.field, operator, right: right.operand.field });
}

/** `+ - * / % **` of constants (folded) or of a field and a constant (kept for the comparison around it). */
export function checkArithmetic(checking: Checking, node: Arithmetic): Checked {
  const { operator } = node;
  const left = checking.check(node.left);
  const right = checking.check(node.right);
  if (operator === "**" && !(isConstant(left) && isConstant(right))) {
    throw problem(node, `power can only apply on constants: ${quoted(checking, node)}`);
  }
  if (isConstant(left) && isConstant(right)) {
    if (left.kind !== "constant" || right.kind !== "constant") throw betweenConstants(node);
    const value = foldArithmetic(operator, left.value, right.value, node.range);
    return { kind: "constant", value, literal: true };
  }
  refuseWholeArray(left, node);
  refuseWholeArray(right, node);
  if (left.kind === "placeholder")
    return { kind: "arithmetic", operator, left, right, type: numericType(right, node, operator) };
  if (right.kind === "placeholder")
    return { kind: "arithmetic", operator, left, right, type: numericType(left, node, operator) };
  return { kind: "arithmetic", operator, left, right, type: arithmeticType(node, left, right) };
}

function numericType(side: Checked, node: Expression, operator: ArithmeticOperator): FilterType {
  const type = typeOf(side);
  if (type === "JSON" || isNumeric(type)) return type as FilterType;
  throw problem(node, `'${operationName(operator)}' cannot perform arithmetic between ${type} field and None`);
}

/** The domain of `left op right`; refuses what is no number. */
function arithmeticType(node: Arithmetic, left: Checked, right: Checked): FilterType {
  const [a, b] = [typeOf(left), typeOf(right)];
  const [field, other] = isConstant(left) ? [b, a] : [a, b];
  const refused = (): Error =>
    problem(node, `'${operationName(node.operator)}' cannot perform arithmetic between ${field} field and ${other}`);
  const constant = isConstant(left) || isConstant(right);
  const numeric = (type: FilterType | "None"): boolean => type === "JSON" || isNumeric(type);
  if (!numeric(field) || !numeric(other) || (field === "JSON" && other === "JSON")) throw refused();
  if (node.operator === "%" && (isFloating(field) || (constant && isFloating(other)))) {
    throw problem(node, "modulo can only apply on integer types");
  }
  if (constant && isInteger(field) && isFloating(other)) throw refused();
  if (field === "JSON") return constant ? (isFloating(other) ? "Double" : "Int64") : "JSON";
  return isFloating(field) || isFloating(other) ? "Double" : "Int64";
}

type ArithmeticNode = Extract<Checked, { readonly kind: "arithmetic" }>;

function usesPlaceholder(node: ArithmeticNode): boolean {
  return node.left.kind === "placeholder" || node.right.kind === "placeholder";
}

/** One field, one operator, one constant. */
function requireSimple(
  node: ArithmeticNode,
  at: Expression,
): { readonly operand: Operand; readonly by: Checked; readonly operator: FieldOperator } {
  const { left, right, operator } = node;
  if (left.kind === "operand" && right.kind === "operand") {
    throw problem(at, "not supported to do arithmetic operations between multiple fields");
  }
  if (operator === "**") throw problem(at, "complicated arithmetic operations are not supported");
  if (left.kind === "operand" && isConstant(right)) return { operand: left.operand, by: right, operator };
  if (right.kind === "operand" && isConstant(left)) {
    if (operator !== "+" && operator !== "*") throw problem(at, "module field is not yet supported");
    return { operand: right.operand, by: left, operator };
  }
  throw problem(at, "complicated arithmetic operations are not supported");
}

function finishArithmetic(
  checking: Checking,
  node: Comparison,
  left: ArithmeticNode,
  operator: ComparisonOperator,
  value: Constant,
  valueNode: Expression,
): TypedExpression {
  if (left.type === "Int64" && !usesPlaceholder(left) && value.kind !== "int") {
    // The cast is looked at before the shape of the arithmetic.
    throw uncastable("Int64", value, valueNode);
  }
  const { operand, by, operator: arithmetic } = requireSimple(left, node);
  const divisor =
    by.kind === "placeholder"
      ? filled(checking, by.name, node, "right operand value of")
      : by.kind === "constant"
        ? by.value
        : undefined;
  if (divisor === undefined || (divisor.kind !== "int" && divisor.kind !== "float")) {
    throw uncastable(operand.type === "JSON" ? "Double" : operand.type, divisor ?? value, node);
  }
  if (isInteger(operand.type) && divisor.kind !== "int") throw uncastable(operand.type, divisor, node);
  if (arithmetic === "%" && (divisor.kind === "float" || isFloating(operand.type))) {
    throw problem(node, "modulo can only apply on integer types");
  }
  // As float32 a very small divisor is zero too.
  const size = operand.type === "Float" ? Math.fround(Number(divisor.value)) : Number(divisor.value);
  if ((arithmetic === "/" || arithmetic === "%") && size === 0) {
    throw problem(node, "division or modulus by zero");
  }
  const mode = modeOf(operand.type, divisor);
  const wanted: FilterType = mode === "float32" ? "Float" : mode === "double" ? "Double" : "Int64";
  const cast = castConstant(wanted, value);
  if (cast === undefined || cast.kind === "array") throw uncastable(wanted, value, valueNode);
  const operandValue = mode === "float32" || mode === "double" ? castConstant(wanted, divisor) : divisor;
  return { kind: "arithmetic", operand, mode, arithmetic, by: operandValue as Scalar, operator, value: cast };
}

function modeOf(type: FilterType, by: Constant): ArithmeticMode {
  if (type === "JSON") return by.kind === "float" ? "double" : "json";
  if (type === "Float") return "float32";
  return type === "Double" ? "double" : "int";
}
