import { isInt64 } from "../../values/int64.js";
import { ExpressionProblem } from "../problem.js";
import type { Exists, Expression, Logical, Membership, NullTest, RangeTest, Unary } from "../syntax/ast.js";
import { checkBitwise } from "./bitwise.js";
import {
  afterFilling,
  asPredicate,
  type Checked,
  type Checking,
  FALSE,
  filled,
  predicate,
  problem,
  quoted,
  refuseWholeArray,
  resolvePath,
  TRUE,
  typeOf,
} from "./checking.js";
import { checkArithmetic, checkComparison } from "./comparisons.js";
import { checkSubField, someOf, structIsNull } from "./elements.js";
import { foldComparison, foldNegation } from "./fold.js";
import { checkFunction } from "./functions.js";
import { type ArrayConstant, amongList, integerArray } from "./lists.js";
import { checkLike, checkRegex } from "./patterns.js";
import type { FilterType, Scope } from "./scope.js";
import type { Constant, Elements, Operand, Scalar, TypedExpression } from "./typed.js";
import { castConstant, isFloating, isInteger, showConstant } from "./types.js";

export interface CheckedFilter {
  readonly predicate: TypedExpression;
  /** `random_sample`: the fraction of the matching rows to keep. */
  readonly sample?: number;
  /** `element_filter`: the elements that are meant, of the rows that `predicate` holds for. */
  readonly elements?: Elements;
}

/**
 * Resolves names, folds constants, checks types and fills templates.
 * @param text the source of `expression`, quoted in messages
 * @throws ExpressionProblem
 */
export function checkTree(
  expression: Expression,
  scope: Scope,
  values: Readonly<Record<string, unknown>>,
  text: string,
): CheckedFilter {
  const checking: Checking = {
    scope,
    text,
    values,
    deferred: undefined,
    struct: undefined,
    check: (node) => check(checking, node),
  };
  const checked = check(checking, expression);
  const typed = asPredicate(checking, checked);
  if (typed === undefined && checked.kind !== "sample" && checked.kind !== "elements") {
    throw new ExpressionProblem("predicate is not a boolean expression", expression.range, typeOf(checked));
  }
  if (checking.deferred !== undefined) throw checking.deferred;
  if (checked.kind === "sample") return { predicate: checked.predicate ?? TRUE, sample: checked.factor };
  if (checked.kind === "elements") return { predicate: checked.rows, elements: checked.elements };
  return { predicate: typed ?? FALSE };
}

/** Checks one node: `Checking.check`. */
function check(checking: Checking, node: Expression): Checked {
  switch (node.kind) {
    case "integer":
      if (!isInt64(node.value)) throw problem(node, "int64 overflow: value out of range");
      return literal({ kind: "int", value: node.value });
    case "float":
      return literal({ kind: "float", value: node.value });
    case "boolean":
      return literal({ kind: "bool", value: node.value });
    case "string":
      return literal({ kind: "string", value: node.value });
    case "list":
      if (node.integers !== undefined) return literal(integerArray(node.integers));
      return literal({ kind: "array", elements: node.elements.map((element) => checkElement(checking, element)) });
    case "placeholder":
      return { kind: "placeholder", name: node.name };
    case "path":
      return { kind: "operand", operand: resolvePath(checking, node) };
    case "unary":
      return checkUnary(checking, node);
    case "comparison":
      return checkComparison(checking, node);
    case "arithmetic":
      return checkArithmetic(checking, node);
    case "bitwise":
      return checkBitwise(checking, node);
    case "logical":
      return checkLogical(checking, node);
    case "rangeTest":
      return checkRange(checking, node);
    case "membership":
      return checkMembership(checking, node);
    case "like":
      return checkLike(checking, node);
    case "regex":
      return checkRegex(checking, node);
    case "nullTest":
      return checkNullTest(checking, node);
    case "exists":
      return checkExists(checking, node);
    default:
      return checkFunction(checking, node);
  }
}

function literal(value: Constant): Checked {
  return { kind: "constant", value, literal: true };
}

function checkElement(checking: Checking, node: Expression): Constant {
  const checked = check(checking, node);
  if (checked.kind === "constant") return checked.value;
  throw problem(node, `array element type must be generic value, but got: ${quoted(checking, node)}`);
}

function checkUnary(checking: Checking, node: Unary): Checked {
  const { operator } = node;
  if (operator === "-" && node.operand.kind === "integer") {
    return literal({ kind: "int", value: -node.operand.value });
  }
  const operand = check(checking, node.operand);
  if (operand.kind === "sample") {
    throw problem(node, "random sample expression cannot be used in unary expression");
  }
  if (operand.kind === "elements") {
    throw problem(node, "element filter expression cannot be used in unary expression");
  }
  if (operand.kind === "constant") {
    if (operator === "+") return operand;
    if (operator === "-") return { ...operand, value: foldNegation(operand.value, node.range) };
    if (operator === "~") throw problem(node, "unexpected op: ~");
    if (operand.value.kind !== "bool") throw problem(node, "not op can only be applied on boolean expression");
    return { kind: "constant", value: { kind: "bool", value: !operand.value.value }, literal: false };
  }
  refuseWholeArray(operand, node);
  if (operator === "not") {
    const typed = asPredicate(checking, operand);
    if (typed === undefined) {
      throw problem(node, "not op can only be applied on boolean expression");
    }
    return predicate({ kind: "not", operand: typed });
  }
  if (operator === "+" && operand.kind !== "placeholder") return operand;
  throw problem(node, `unexpected op: ${operator}`);
}

/** Left to right, as a chain of binary operators. */
function checkLogical(checking: Checking, node: Logical): Checked {
  const { operator } = node;
  const [first, ...rest] = node.operands;
  if (first === undefined) throw problem(node, "empty logical expression");
  let left = check(checking, first);
  const operands: TypedExpression[] = [];
  for (const next of rest) {
    const right = check(checking, next);
    if (left.kind === "constant" && right.kind === "constant") {
      if (left.value.kind !== "bool" || right.value.kind !== "bool") {
        throw problem(node, `${operator} can only apply on boolean`);
      }
      const value = operator === "and" ? left.value.value && right.value.value : left.value.value || right.value.value;
      left = { kind: "constant", value: { kind: "bool", value }, literal: false };
      continue;
    }
    if (operator === "or" && (left.kind === "sample" || right.kind === "sample")) {
      throw problem(node, "random sample expression cannot be used in logical and expression");
    }
    if (left.kind === "sample") {
      throw problem(node, "random sample expression can only be the last expression in the logical and expression");
    }
    if (left.kind === "elements") {
      throw problem(
        node,
        `element filter expression can only be the last expression in the logical ${operator} expression`,
      );
    }
    const typed = asPredicate(checking, left);
    const other =
      right.kind === "sample"
        ? (right.predicate ?? TRUE)
        : right.kind === "elements"
          ? right.elements.predicate
          : asPredicate(checking, right);
    if (typed === undefined || other === undefined) {
      throw problem(node, `'${operator}' can only be used between boolean expressions`);
    }
    if (operands.length === 0) operands.push(typed);
    operands.push(other);
    if (right.kind === "elements") {
      left = joinedElements(operator, operands, right);
    } else if (right.kind === "sample") {
      left = { kind: "sample", predicate: connect("and", operands), factor: right.factor };
    } else {
      // The list is completed by the following operands; only its last state is kept.
      left = predicate({ kind: operator, operands });
    }
  }
  return left.kind === "predicate" ? predicate(connect(operator, operands)) : left;
}

/** @param operands the predicates of the row, and behind them the one of the elements */
function joinedElements(
  operator: "and" | "or",
  operands: readonly TypedExpression[],
  { elements, rows }: Extract<Checked, { readonly kind: "elements" }>,
): Checked {
  const joined = { ...elements, predicate: connect(operator, operands) };
  // What the row alone decides is not asked of each element.
  const selected = operator === "and" ? connect("and", [...operands.slice(0, -1), rows]) : someOf(joined);
  return { kind: "elements", elements: joined, rows: selected };
}

/** Joins predicates, taking constants out: TRUE and x is x, FALSE and x is FALSE. */
function connect(operator: "and" | "or", operands: readonly TypedExpression[]): TypedExpression {
  const neutral = operator === "and";
  const kept: TypedExpression[] = [];
  for (const operand of operands) {
    if (operand.kind === "constant") {
      if (operand.value !== neutral) return operand;
    } else if (operand.kind === operator) {
      for (const inner of operand.operands) kept.push(inner);
    } else {
      kept.push(operand);
    }
  }
  if (kept.length === 0) return neutral ? TRUE : FALSE;
  return kept.length === 1 ? (kept[0] as TypedExpression) : { kind: operator, operands: kept };
}

function checkRange(checking: Checking, node: RangeTest): Checked {
  const operand = operandOf(checking, node.path);
  refuseWholeArray({ kind: "operand", operand }, node);
  const lower = check(checking, node.lower);
  const upper = check(checking, node.upper);
  if (lower.kind !== "constant" && lower.kind !== "placeholder") {
    throw problem(node.lower, `lowerbound cannot be a non-const expression: ${quoted(checking, node.lower)}`);
  }
  if (upper.kind !== "constant" && upper.kind !== "placeholder") {
    throw problem(node.upper, `upperbound cannot be a non-const expression: ${quoted(checking, node.upper)}`);
  }
  const finish = (): TypedExpression => {
    const low = lower.kind === "constant" ? lower.value : filled(checking, lower.name, node.lower, "lower value of");
    const high = upper.kind === "constant" ? upper.value : filled(checking, upper.name, node.upper, "upper value of");
    if (lower.kind === "placeholder") refuseUncastable(operand.type, low, node.lower);
    if (upper.kind === "placeholder") refuseUncastable(operand.type, high, node.upper);
    const bounds = {
      lower: checkBound(operand.type, low, node.lower),
      upper: checkBound(operand.type, high, node.upper),
    };
    const { lowerInclusive, upperInclusive } = node;
    const empty = foldComparison(lowerInclusive && upperInclusive ? ">" : ">=", low, high);
    if (empty === undefined) throw problem(node, "invalid range: bounds are not comparable");
    if (empty) throw problem(node, "invalid range: lowerbound is greater than upperbound");
    return { kind: "range", operand, lowerInclusive, upperInclusive, ...bounds };
  };
  if (lower.kind === "constant") checkBound(operand.type, lower.value, node.lower);
  if (upper.kind === "constant") checkBound(operand.type, upper.value, node.upper);
  return lower.kind === "constant" && upper.kind === "constant" ? predicate(finish()) : afterFilling(checking, finish);
}

function operandOf(checking: Checking, node: RangeTest["path"]): Operand {
  if (node.kind === "path") return resolvePath(checking, node);
  const checked = checkSubField(checking, node);
  if (checked.kind !== "operand") throw problem(node, "invalid range operations");
  return checked.operand;
}

function refuseUncastable(type: FilterType, value: Constant, node: Expression): void {
  if (type !== "Bool" && castConstant(type, value) === undefined) {
    throw problem(node, `cannot cast value to ${type}, value: ${showConstant(value)}`);
  }
}

function checkBound(type: FilterType, value: Constant, node: Expression): Scalar {
  if (type === "Bool") throw problem(node, "invalid range operations on boolean expr");
  const fits =
    type === "JSON"
      ? value.kind === "int" || value.kind === "float" || value.kind === "string"
      : type === "VarChar"
        ? value.kind === "string"
        : isInteger(type)
          ? value.kind === "int"
          : isFloating(type) && (value.kind === "int" || value.kind === "float");
  const cast = fits ? castConstant(type, value) : undefined;
  if (cast === undefined || cast.kind === "array") throw problem(node, "invalid range operations");
  return cast;
}

function checkMembership(checking: Checking, node: Membership): Checked {
  const left = check(checking, node.operand);
  if (left.kind === "constant" || left.kind === "placeholder") {
    throw problem(
      node.operand,
      `'term' can only be used on non-const expression, but got: ${quoted(checking, node.operand)}`,
    );
  }
  if (left.kind !== "operand") {
    throw problem(node.operand, `'term' can only be used on single field, but got: ${quoted(checking, node.operand)}`);
  }
  const { operand } = left;
  if (!isTermType(operand.type)) {
    throw problem(node, `term expression is not supported for data type ${operand.type}`);
  }
  const list = check(checking, node.list);
  const finish = (list: ArrayConstant, refuse: (element: Constant) => Error): TypedExpression => {
    const test = amongList(operand, list, refuse);
    return node.negated ? { kind: "not", operand: test } : test;
  };
  if (list.kind === "placeholder") {
    const { name } = list;
    return afterFilling(checking, () => {
      const value = filled(checking, name, node.list);
      if (value.kind !== "array") {
        throw problem(node.list, `the value of term expression template variable {${name}} is not array`);
      }
      return finish(value, (element) =>
        problem(node.list, `cannot cast value to ${operand.type}, value: ${showConstant(element)}`),
      );
    });
  }
  if (list.kind !== "constant") {
    throw problem(node.list, `value '${quoted(checking, node.list)}' in list cannot be a non-const expression`);
  }
  if (list.value.kind !== "array") {
    throw problem(node.list, `the right-hand side of 'in' must be a list, but got: ${quoted(checking, node.list)}`);
  }
  return predicate(
    finish(list.value, (element) =>
      problem(node.list, `value '${showConstant(element)}' in list cannot be casted to ${operand.type}`),
    ),
  );
}

/** May values of the type be looked for in a list? */
function isTermType(type: FilterType): boolean {
  return type !== "Timestamptz" && type !== "Geometry" && !type.endsWith("Vector");
}

function checkNullTest(checking: Checking, node: NullTest): Checked {
  const whole = structIsNull(checking, node.path);
  if (whole !== undefined) return predicate(node.negated ? { kind: "not", operand: whole } : whole);
  const operand = resolvePath(checking, node.path);
  if (operand.type.endsWith("Vector")) {
    throw problem(node, "IsNull/IsNotNull operations are not supported on vector fields");
  }
  const { field } = operand;
  if (operand.path.length > 0 && field.type === "Array") {
    throw problem(
      node,
      `IsNull/IsNotNull operations are not supported on array element access, got: ${quoted(checking, node.path)}`,
    );
  }
  // Below the root of a JSON column "is null" means "does not exist".
  const test: TypedExpression = operand.path.length > 0 ? { kind: "exists", operand } : { kind: "isNull", field };
  const negated = operand.path.length > 0 ? !node.negated : node.negated;
  return predicate(negated ? { kind: "not", operand: test } : test);
}

function checkExists(checking: Checking, node: Exists): Checked {
  const checked = check(checking, node.operand);
  if (checked.kind !== "operand") {
    throw problem(
      node,
      `exists operations are only supported on single fields now, got: ${quoted(checking, node.operand)}`,
    );
  }
  const { operand } = checked;
  if (operand.field.type !== "JSON") {
    throw problem(node, `exists operations are only supportted on json field, got:${operand.field.type}`);
  }
  if (operand.path.length === 0) throw problem(node, "exists operations are only supportted on json key");
  return predicate({ kind: "exists", operand });
}
