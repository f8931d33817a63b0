import { compareText } from "../../values/text-order.js";
import { holds } from "../check/fold.js";
import { EACH, type Operand, type Scalar, type TypedExpression } from "../check/typed.js";
import { LikePattern } from "../semantics/like.js";
import type { ComparisonOperator } from "../syntax/ast.js";
import { type ColumnSource, type ColumnTest, connect, type Limit } from "./column-test.js";
import { elementSource, jsonSource, plainSource, presenceSource } from "./sources.js";

/** A checked filter as tests of columns; undefined where SQL has to look at the rows. */
export function columnTest(predicate: TypedExpression): ColumnTest | undefined {
  return translate(predicate, false);
}

function translate(node: TypedExpression, negated: boolean): ColumnTest | undefined {
  switch (node.kind) {
    case "constant":
      return { kind: "constant", value: node.value !== negated };
    case "not":
      return translate(node.operand, !negated);
    case "and":
    case "or": {
      const tests: ColumnTest[] = [];
      for (const operand of node.operands) {
        const test = translate(operand, negated);
        if (test === undefined) return undefined;
        tests.push(test);
      }
      return connect((node.kind === "and") === negated ? "or" : "and", tests);
    }
    case "compare":
      return node.value.kind === "array" ? undefined : compared(node.operand, node.operator, node.value, negated);
    case "range":
      return ranged(node, negated);
    case "in":
      return listed(node, negated);
    case "like": {
      const source = sourceOf(node.operand, "string");
      const pattern = new LikePattern(node.pattern);
      return (
        source && {
          kind: "textTest",
          source,
          matches: (text) => pattern.matches(text),
          cost: 1 + node.pattern.length / 32,
          negated,
        }
      );
    }
    case "startsWith": {
      const { text, prefix } = node;
      if (text.kind !== "column" || prefix.kind !== "text" || !prefix.value.isWellFormed()) return undefined;
      const source = sourceOf(text.operand, "string");
      return source && { kind: "textTest", source, matches: (each) => each.startsWith(prefix.value), cost: 1, negated };
    }
    case "isNull":
      return { kind: "present", source: presenceSource(node.field), negated: !negated };
    case "exists":
      return { kind: "present", source: jsonSource(node.operand, "any"), negated };
    default:
      return undefined;
  }
}

/** The column for comparisons of an operand with constants of a kind. */
function sourceOf(operand: Operand, kind: Scalar["kind"]): ColumnSource | undefined {
  if (operand.path[0] === EACH) return undefined;
  if (operand.type === "JSON") return jsonSource(operand, kind);
  const source = operand.path.length === 0 ? plainSource(operand.field) : elementSource(operand);
  return (source?.holds === "text") === (kind === "string") ? source : undefined;
}

function numberOf(value: Scalar): bigint | number {
  if (value.kind === "bool") return value.value ? 1n : 0n;
  return value.kind === "string" ? Number.NaN : value.value;
}

function compared(
  operand: Operand,
  operator: ComparisonOperator,
  value: Scalar,
  negated: boolean,
): ColumnTest | undefined {
  const source = sourceOf(operand, value.kind);
  if (source === undefined) return undefined;
  const equal = operator === "==" || operator === "!=";
  const not = operator === "!=" ? !negated : negated;
  if (value.kind === "string") {
    // What is no text cannot be in a column: SQLite would compare with another one.
    if (!value.value.isWellFormed()) return undefined;
    if (equal) return { kind: "texts", source, values: [value.value], negated: not };
    return {
      kind: "textTest",
      source,
      matches: (text) => holds(operator, compareText(text, value.value)),
      cost: 1,
      negated,
    };
  }
  const number = numberOf(value);
  if (equal) return { kind: "among", source, values: [number], negated: not };
  const limit: Limit = { value: number, inclusive: operator === "<=" || operator === ">=" };
  return operator === "<" || operator === "<="
    ? { kind: "between", source, high: limit, negated }
    : { kind: "between", source, low: limit, negated };
}

function ranged(node: Extract<TypedExpression, { readonly kind: "range" }>, negated: boolean): ColumnTest | undefined {
  const { operand, lower, lowerInclusive, upper, upperInclusive } = node;
  const source = sourceOf(operand, lower.kind);
  if (source === undefined || (lower.kind === "string") !== (upper.kind === "string")) return undefined;
  if (lower.kind === "string" && upper.kind === "string") {
    if (!lower.value.isWellFormed() || !upper.value.isWellFormed()) return undefined;
    const above = lowerInclusive ? ">=" : ">";
    const below = upperInclusive ? "<=" : "<";
    const matches = (text: string) =>
      holds(above, compareText(text, lower.value)) && holds(below, compareText(text, upper.value));
    return { kind: "textTest", source, matches, cost: 2, negated };
  }
  const low = { value: numberOf(lower), inclusive: lowerInclusive };
  return { kind: "between", source, low, high: { value: numberOf(upper), inclusive: upperInclusive }, negated };
}

function listed(node: Extract<TypedExpression, { readonly kind: "in" }>, negated: boolean): ColumnTest | undefined {
  const { operand, integers } = node;
  if (integers !== undefined && integers.length > 0) {
    const source = sourceOf(operand, "int");
    return source && { kind: "among", source, values: integers, negated };
  }
  const { values } = node;
  if (values.length === 0) {
    const plain = operand.path.length === 0 && operand.type !== "JSON" && operand.type !== "Array";
    if (negated && plain) return { kind: "present", source: presenceSource(operand.field), negated: false };
    return { kind: "constant", value: negated };
  }
  // A value of another kind is UNKNOWN to each group but its own.
  const texts: string[] = [];
  const numbers: (bigint | number)[] = [];
  const truths: (bigint | number)[] = [];
  for (const value of values) {
    if (value.kind === "array") return undefined;
    if (value.kind !== "string") (value.kind === "bool" ? truths : numbers).push(numberOf(value));
    else if (value.value.isWellFormed()) texts.push(value.value);
    else return undefined;
  }
  const groups: (ColumnTest | undefined)[] = [];
  if (texts.length > 0) {
    const source = sourceOf(operand, "string");
    groups.push(source && { kind: "texts", source, values: texts, negated });
  }
  for (const [kind, list] of [["float", numbers] as const, ["bool", truths] as const]) {
    if (list.length === 0) continue;
    const source = sourceOf(operand, kind);
    groups.push(source && { kind: "among", source, values: list, negated });
  }
  return connect(negated ? "and" : "or", groups);
}
