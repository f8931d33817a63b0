import { FuzzyWords } from "../../text/fuzzy-words.js";
import { knownAnalyzer } from "../../text/known-analyzers.js";
import { countTokens, matchesPhrase, matchesText } from "../../text/match.js";
import { toFloat32 } from "../../values/float32.js";
import { spatialTest } from "../../values/geometry.js";
import { INT64_MAX, INT64_MIN, wrapInt64 } from "../../values/int64.js";
import { linearRegex } from "../../values/linear-regex.js";
import { compareText } from "../../values/text-order.js";
import { shiftTimestamptz } from "../../values/timestamptz.js";
import { Word64 } from "../../values/word64.js";
import { combineBits } from "../check/bitwise.js";
import { holds } from "../check/fold.js";
import type { ResolvedField } from "../check/scope.js";
import {
  type Constant,
  EACH,
  type FieldOperator,
  type Operand,
  type TextArgument,
  type TypedExpression,
} from "../check/typed.js";
import { isInteger } from "../check/types.js";
import type { ComparisonOperator } from "../syntax/ast.js";
import { compareJsonValue, compareNumbers, elementEquals, equalsArray } from "./equality.js";
import { holdsAnything, type JsonValue, readJson, valueAt } from "./json-value.js";
import { LikePattern } from "./like.js";

/** A column value as stored: integers (also Bool 0/1 and Timestamptz) as bigint or number, JSON and Array as JSON text. */
export type StoredValue = bigint | number | string | boolean | null;
export type Truth = boolean | null;
export interface RowReader {
  (field: ResolvedField): StoredValue | undefined;
  /** The element of a struct array that is looked at. */
  readonly element?: number;
}

/** The reference evaluator: TRUE, FALSE or UNKNOWN (null) for one row. Defines what compiled SQL must answer. */
export function evaluate(node: TypedExpression, row: RowReader): Truth {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "not":
      return negate(evaluate(node.operand, row));
    case "and":
    case "or":
      return connect(node.operands, node.kind === "or", row);
    case "compare":
      return compare(node.operand, node.operator, node.value, row);
    case "compareColumns":
      return compareColumns(node, row);
    case "in":
      return isAmong(node.operand, node.values, row);
    case "range": {
      const low = compare(node.operand, node.lowerInclusive ? ">=" : ">", node.lower, row);
      const high = compare(node.operand, node.upperInclusive ? "<=" : "<", node.upper, row);
      return low === null || high === null ? null : low && high;
    }
    case "like": {
      const value = textOf(node.operand, row);
      return value === null ? null : new LikePattern(node.pattern).matches(value);
    }
    case "regex": {
      const value = textOf(node.operand, row);
      return value === null ? null : (linearRegex(node.pattern)?.matches(value) ?? null);
    }
    case "bitwise":
      return bitwise(node, row);
    case "arithmetic":
      return arithmetic(node, row);
    case "length": {
      const elements = elementsOf(node.operand, row);
      return elements === null ? null : test(node.operator, compareNumbers(BigInt(elements.length), node.value));
    }
    case "elements":
      return countElements(node, row);
    case "exists": {
      const value = jsonOf(node.operand, row);
      return value !== undefined && holdsAnything(value);
    }
    case "isNull":
      return isNull(node.field, row);
    case "contains":
      return contains(node, row);
    case "textMatch": {
      const value = row(node.field) ?? null;
      return value === null
        ? null
        : matchesText(knownAnalyzer(node.field.analyzerParams), String(value), countTokens(node.tokens), node.minimum);
    }
    case "phraseMatch": {
      const value = row(node.field) ?? null;
      return value === null
        ? null
        : matchesPhrase(knownAnalyzer(node.field.analyzerParams), String(value), node.tokens, node.slop);
    }
    case "fuzzyMatch": {
      const value = row(node.field) ?? null;
      const words = new FuzzyWords(node.tokens, node.distance);
      return value === null ? null : words.matches(knownAnalyzer(node.field.analyzerParams).words(String(value)));
    }
    case "spatial": {
      const value = row(node.field) ?? null;
      return value === null ? null : spatialTest(node.function, String(value), node.wkt, node.distance);
    }
    case "shiftedTimestamp": {
      const value = row(node.field) ?? null;
      if (value === null) return null;
      return test(node.operator, compareNumbers(shiftTimestamptz(BigInt(value), node.sign, node), node.value));
    }
    case "membership":
      return isMember(node, row);
    case "startsWith": {
      const [text, prefix] = [argument(node.text, row), argument(node.prefix, row)];
      return text === null || prefix === null ? null : text.startsWith(prefix);
    }
  }
}

/** Only elements for which the predicate is TRUE count. */
function countElements(node: Extract<TypedExpression, { kind: "elements" }>, row: RowReader): Truth {
  const text = row(node.source) ?? null;
  const list = typeof text === "string" ? readJson(text) : undefined;
  if (list?.kind !== "array") return null;
  const truths = list.elements.map((_, element) => {
    const at: RowReader = Object.assign((field: ResolvedField) => row(field), { element });
    return evaluate(node.predicate, at);
  });
  const count = BigInt(truths.filter((truth) => truth === true).length);
  if (node.quantifier === "all") return count === BigInt(truths.length);
  return test(node.quantifier.operator, compareNumbers(count, node.quantifier.count));
}

function negate(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function connect(operands: readonly TypedExpression[], decisive: boolean, row: RowReader): Truth {
  let result: Truth = !decisive;
  for (const operand of operands) {
    const truth = evaluate(operand, row);
    if (truth === decisive) return decisive;
    if (truth === null) result = null;
  }
  return result;
}

function test(operator: ComparisonOperator, order: number | undefined): Truth {
  return order === undefined ? null : holds(operator, order);
}

function isNull(field: ResolvedField, row: RowReader): boolean {
  return (row(field) ?? null) === null;
}

/** A column or array element as bigint, number or string; null for NULL and beyond the end. */
function scalarOf(operand: Operand, row: RowReader): bigint | number | string | null {
  if (operand.path.length > 0) return jsonScalar(jsonOf(operand, row));
  const value = row(operand.field) ?? null;
  return typeof value === "boolean" ? BigInt(value) : value;
}

function jsonScalar(value: JsonValue | undefined): bigint | number | string | null {
  switch (value?.kind) {
    case "bool":
      return BigInt(value.value);
    case "int":
    case "float":
    case "string":
      return value.value;
    default:
      return null;
  }
}

/** The JSON value at the operand's path; undefined when missing or the column is NULL. */
function jsonOf(operand: Operand, row: RowReader): JsonValue | undefined {
  const text = row(operand.field) ?? null;
  const root = typeof text === "string" ? readJson(text) : undefined;
  const path = operand.path[0] === EACH ? [String(row.element)] : operand.path;
  return root === undefined ? undefined : valueAt(root, path);
}

function elementsOf(operand: Operand, row: RowReader): readonly JsonValue[] | null {
  const value = jsonOf(operand, row);
  return value?.kind === "array" ? value.elements : null;
}

function orderOf(left: bigint | number | string | null, right: bigint | number | string | null): number | undefined {
  if (left === null || right === null) return undefined;
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === "string" && typeof right === "string" ? compareText(left, right) : undefined;
  }
  return compareNumbers(left, right);
}

function plain(value: Exclude<Constant, { kind: "array" }>): bigint | number | string {
  return value.kind === "bool" ? BigInt(value.value) : value.value;
}

function compare(operand: Operand, operator: ComparisonOperator, value: Constant, row: RowReader): Truth {
  if (operand.type !== "JSON" && value.kind !== "array") {
    return test(operator, orderOf(scalarOf(operand, row), plain(value)));
  }
  if (value.kind !== "array") {
    const found = jsonOf(operand, row);
    return found === undefined ? null : test(operator, compareJsonValue(found, value));
  }
  if (isNull(operand.field, row)) return null;
  if (operator !== "==" && operator !== "!=") return false;
  const found = jsonOf(operand, row);
  if (found?.kind !== "array") return null;
  return equalsArray(found, value, operand.type === "JSON") === (operator === "==");
}

/** An integer is first converted to the type of the floating column it is compared with. */
function compareColumns(node: Extract<TypedExpression, { kind: "compareColumns" }>, row: RowReader): Truth {
  const converted = (field: ResolvedField, other: ResolvedField): bigint | number | string | null => {
    const value = row(field) ?? null;
    if (typeof value === "boolean") return BigInt(value);
    if (typeof value !== "bigint" && typeof value !== "number") return value;
    if (other.type === "Float" && isInteger(field.type)) return toFloat32(BigInt(value));
    return other.type === "Double" ? Number(value) : value;
  };
  const { left, right } = node;
  return test(node.operator, orderOf(converted(left, right), converted(right, left)));
}

function isAmong(operand: Operand, values: readonly Constant[], row: RowReader): Truth {
  const plain = operand.path.length === 0 && operand.type !== "JSON" && operand.type !== "Array";
  // Without values only a plain column is looked at.
  let result: Truth = values.length === 0 && plain && isNull(operand.field, row) ? null : false;
  for (const value of values) {
    const truth = compare(operand, "==", value, row);
    if (truth === true) return true;
    if (truth === null) result = null;
  }
  return result;
}

function textOf(operand: Operand, row: RowReader): string | null {
  const value = operand.type === "JSON" ? jsonOf(operand, row) : undefined;
  if (operand.type === "JSON") return value?.kind === "string" ? value.value : null;
  const scalar = scalarOf(operand, row);
  return typeof scalar === "string" ? scalar : null;
}

function argument(source: TextArgument, row: RowReader): string | null {
  return source.kind === "text" ? source.value : textOf(source.operand, row);
}

function arithmetic(node: Extract<TypedExpression, { kind: "arithmetic" }>, row: RowReader): Truth {
  const { operand, by, mode } = node;
  let value: bigint | number | string | null;
  if (operand.type === "JSON") {
    const found = jsonOf(operand, row);
    value = found?.kind === "int" || found?.kind === "float" ? found.value : null;
  } else {
    value = scalarOf(operand, row);
  }
  if (value === null || typeof value === "string" || (by.kind !== "int" && by.kind !== "float")) return null;
  // Small integers may come as numbers from a row; their domain is int64 all the same.
  if (mode === "int" && typeof value === "number") value = BigInt(value);
  const exact = mode === "int" || mode === "json";
  let result: bigint | number;
  if (exact && typeof value === "bigint" && by.kind === "int") {
    result = computeIntegers(node.arithmetic, value, by.value);
  } else {
    const double = computeDoubles(node.arithmetic, Number(value), Number(by.value));
    result = mode === "float32" ? Math.fround(double) : double;
  }
  return test(node.operator, compareNumbers(result, plain(node.value) as bigint | number));
}

function bitwise(node: Extract<TypedExpression, { kind: "bitwise" }>, row: RowReader): Truth {
  const { operand } = node;
  const found = operand.type === "JSON" ? jsonOf(operand, row) : undefined;
  const value =
    operand.type === "JSON"
      ? found?.kind === "int" || found?.kind === "float"
        ? found.value
        : null
      : scalarOf(operand, row);
  if (value === null || typeof value === "string") return null;
  const bits = typeof value === "bigint" ? value : truncateToInt64(value);
  return test(node.operator, compareNumbers(combineBits(node.bits, bits, node.by), node.value));
}

/** Towards zero; what is beyond int64 becomes its nearest value. */
function truncateToInt64(value: number): bigint {
  const cut = BigInt(Math.trunc(value));
  return cut < INT64_MIN ? INT64_MIN : cut > INT64_MAX ? INT64_MAX : cut;
}

/** Only integers and texts are members; what is there and is no number and no text has no answer. */
function isMember({ operand, members }: Extract<TypedExpression, { kind: "membership" }>, row: RowReader): Truth {
  const found = operand.type === "JSON" ? jsonOf(operand, row) : undefined;
  if (found?.kind === "float") return false;
  const value =
    operand.type === "JSON"
      ? found?.kind === "int" || found?.kind === "string"
        ? found.value
        : null
      : scalarOf(operand, row);
  if (value === null) return null;
  if (typeof value === "string") return members.hasText(value);
  const { high, low } = Word64.of(BigInt(value));
  return members.hasInteger(high, low);
}

function computeIntegers(operator: FieldOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return wrapInt64(a + b);
    case "-":
      return wrapInt64(a - b);
    case "*":
      return wrapInt64(a * b);
    case "/":
      return wrapInt64(a / b);
    case "%":
      return a % b;
  }
}

function computeDoubles(operator: FieldOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
  }
}

function contains(node: Extract<TypedExpression, { kind: "contains" }>, row: RowReader): Truth {
  if (node.values.length === 0) return node.mode === "all";
  const elements = elementsOf(node.operand, row);
  if (elements === null) return null;
  const has = (value: Constant): boolean => elements.some((element) => elementEquals(element, value));
  return node.mode === "all" ? node.values.every(has) : node.values.some(has);
}
