import { goesByOrder } from "../../text/match.js";
import type { ResolvedField } from "../check/scope.js";
import type { Elements, Operand, Scalar, TextArgument, TypedExpression } from "../check/typed.js";
import type { ComparisonOperator } from "../syntax/ast.js";
import { arithmeticSql, bitwiseSql } from "./arithmetic.js";
import { constant } from "./constant.js";
import { type ElementsSql, elementRows, elementSql, isOfElement, quantifiedSql } from "./elements.js";
import { bind, raw, type SqlFragment, sql, whole } from "./fragment.js";
import { handleOf } from "./handles.js";
import {
  compareJson,
  containsSql,
  existsSql,
  hasIntegerSql,
  inJson,
  lengthSql,
  likeJson,
  membershipJson,
  rangeJson,
  regexJson,
} from "./json.js";
import { likeSql, regexSql, startsWithSql } from "./like.js";
import { bindConstant, distinct, encodeArrays, listForColumn, sqlOperator } from "./values.js";

/**
 * Compiles a checked filter to a boolean SQL expression over the columns of its fields. The expression is TRUE, FALSE or NULL
 * exactly where the filter is TRUE, FALSE or UNKNOWN, but for positive places, where FALSE may stand for UNKNOWN:
 * as a whole it selects the same rows. All values are bound, large ones by a handle that this thread knows. Needs the functions of `sql-functions.ts` on the connection.
 * @param alias of the table, where the statement has more than one
 * @param table that the rows are in: in it the rows with a word are counted, where a phrase depends on that
 */
export function compileSql(predicate: TypedExpression, alias?: string, table?: string): SqlFragment {
  return whole(compile({ prefix: alias === undefined ? "" : `${alias}.`, table }, predicate, false).fragment);
}

/** Height and number of bound values of the SQL of a filter: SQLite limits both. */
export function measureSql(predicate: TypedExpression): { readonly height: number; readonly values: number } {
  const { fragment, height } = compile({ prefix: "", table: "t" }, predicate, false);
  return { height, values: fragment.params.length };
}

/** The elements of rows that a filter means, to be joined to them. @param table as of `compileSql`; columns go by their plain names */
export function compileElements({ source, predicate }: Elements, table?: string): ElementsSql {
  const emitter = { prefix: "", table, source };
  return {
    rows: elementRows(columnOf(emitter, source)),
    condition: whole(compile(emitter, predicate, false).fragment),
  };
}

interface Emitter {
  readonly prefix: string;
  readonly table: string | undefined;
  /** Inside of a predicate over elements: the column that gives their rows. */
  readonly source?: ResolvedField;
}

/** A piece with what the joining of pieces must know. */
interface Piece {
  readonly fragment: SqlFragment;
  /** Nesting of parentheses in the SQL. */
  readonly height: number;
  /** 0 plain columns, 1 JSON, 2 JavaScript functions. */
  readonly cost: number;
}

/** NOT is pushed down to the leaves (De Morgan holds in three-valued logic): less nesting, and comparisons can turn round. */
function compile(emitter: Emitter, node: TypedExpression, negated: boolean): Piece {
  switch (node.kind) {
    case "not":
      return compile(emitter, node.operand, !negated);
    case "and":
    case "or": {
      const operator = (node.kind === "and") === negated ? "or" : "and";
      const merged = mergeEqualities(flatten(node.operands, operator, negated), operator);
      return connect(
        merged.map((m) => compile(emitter, m.node, m.negated)),
        operator,
      );
    }
    case "constant":
      return { fragment: raw(node.value === negated ? "0" : "1"), height: 1, cost: 0 };
    case "elements":
      return elementsPiece(emitter, node, negated);
    case "compare":
      if (negated && isPlainColumn(node.operand)) {
        return leaf(emitter, { ...node, operator: OPPOSITE[node.operator] }, false);
      }
      return leaf(emitter, node, negated);
    default:
      return leaf(emitter, node, negated);
  }
}

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** `not (a < 5)` is `a >= 5` for these, also for NULL. */
function isPlainColumn(operand: Operand): boolean {
  return operand.path.length === 0 && operand.type !== "JSON" && operand.type !== "Array";
}

function elementsPiece(
  emitter: Emitter,
  node: Extract<TypedExpression, { kind: "elements" }>,
  negated: boolean,
): Piece {
  const { source, quantifier } = node;
  const inner = compile({ ...emitter, source }, node.predicate, false);
  // What is FALSE and what is UNKNOWN is not told apart where neither selects the row.
  const some = quantifier !== "all" && quantifier.operator === ">=";
  const nullable = source.nullable && (negated || !some);
  const fragment = quantifiedSql(columnOf(emitter, source), quantifier, inner.fragment, nullable);
  return {
    fragment: negated ? sql`(NOT ${fragment})` : fragment,
    height: inner.height + LEAF_HEIGHT,
    cost: Math.max(1, inner.cost),
  };
}

const LEAF_HEIGHT = 16;

function leaf(emitter: Emitter, node: TypedExpression, negated: boolean): Piece {
  const fragment = leafSql(emitter, node, !negated);
  const cost = fragment.text.includes("elanus_") ? 2 : fragment.text.includes("json") ? 1 : 0;
  return { fragment: negated ? sql`(NOT ${fragment})` : fragment, height: LEAF_HEIGHT, cost };
}

interface Member {
  readonly node: TypedExpression;
  readonly negated: boolean;
}

/** Operands of operands with the same effective operator come up: `a and not (b or c)` is `a and not b and not c`. */
function flatten(operands: readonly TypedExpression[], operator: "and" | "or", negated: boolean): Member[] {
  const members: Member[] = [];
  const add = (node: TypedExpression, not: boolean): void => {
    if (node.kind === "not") {
      add(node.operand, !not);
    } else if ((node.kind === "and" || node.kind === "or") && (node.kind === operator) !== not) {
      for (const inner of node.operands) add(inner, not);
    } else {
      members.push({ node, negated: not });
    }
  };
  for (const operand of operands) add(operand, negated);
  return members;
}

/** `a == 1 or a == 2` becomes `a in [1, 2]`; `a != 1 and a != 2` its negation. The same for any three-valued leaf. */
function mergeEqualities(members: readonly Member[], operator: "and" | "or"): Member[] {
  const groups = new Map<string, Scalar[]>();
  const operands = new Map<string, Operand>();
  const rest: (Member | string)[] = [];
  for (const member of members) {
    const found = equality(member, operator);
    if (found === undefined) {
      rest.push(member);
      continue;
    }
    const key = JSON.stringify([found.operand.field.column, found.operand.path]);
    const values = groups.get(key);
    if (values === undefined) {
      groups.set(key, [...found.values]);
      operands.set(key, found.operand);
      rest.push(key);
    } else {
      for (const value of found.values) values.push(value);
    }
  }
  return rest.map((entry) => {
    if (typeof entry !== "string") return entry;
    const values = groups.get(entry) ?? [];
    const operand = operands.get(entry) as Operand;
    const [only] = values;
    const node: TypedExpression =
      values.length === 1 && only !== undefined
        ? { kind: "compare", operand, operator: "==", value: only }
        : { kind: "in", operand, values };
    return { node, negated: operator === "and" };
  });
}

/** Below OR: `a == v`, `a in [..]`; below AND: their negations. */
function equality(
  { node, negated }: Member,
  operator: "and" | "or",
): { readonly operand: Operand; readonly values: readonly Scalar[] } | undefined {
  if (node.kind === "compare" && (node.operator === "==" || node.operator === "!=")) {
    const equal = (node.operator === "==") !== negated;
    if (equal !== (operator === "or") || node.value.kind === "array") return undefined;
    return { operand: node.operand, values: [node.value] };
  }
  if (node.kind === "in" && negated === (operator === "and") && node.values.length > 0) {
    const values = node.values.filter((value): value is Scalar => value.kind !== "array");
    if (values.length === node.values.length) return { operand: node.operand, values };
  }
  return undefined;
}

/** Joins pieces, cheap tests first, as a flat tree: the two lowest are joined again and again. */
function connect(pieces: readonly Piece[], operator: "and" | "or"): Piece {
  const word = operator === "and" ? " AND " : " OR ";
  const leaves = [...pieces].sort((a, b) => a.height - b.height || a.cost - b.cost);
  const joinedPieces: Piece[] = [];
  let nextLeaf = 0;
  let nextJoined = 0;
  const take = (): Piece | undefined => {
    const a = leaves[nextLeaf];
    const b = joinedPieces[nextJoined];
    if (a !== undefined && (b === undefined || a.height <= b.height)) {
      nextLeaf += 1;
      return a;
    }
    nextJoined += 1;
    return b;
  };
  for (;;) {
    const left = take();
    const right = take();
    if (left === undefined) return { fragment: raw(operator === "and" ? "1" : "0"), height: 1, cost: 0 };
    if (right === undefined) return left;
    const [first, second] = left.cost <= right.cost ? [left, right] : [right, left];
    joinedPieces.push({
      fragment: {
        text: `(${first.fragment.text}${word}${second.fragment.text})`,
        params: first.fragment.params.concat(second.fragment.params),
      },
      height: Math.max(left.height, right.height) + 1,
      cost: Math.max(left.cost, right.cost),
    });
  }
}

function columnOf(emitter: Emitter, field: ResolvedField): SqlFragment {
  return raw(emitter.prefix + field.column);
}

/** An integer column in the type of the floating one it is compared with, where the conversion can round. */
function convertedSql(column: SqlFragment, { type }: ResolvedField, other: ResolvedField): SqlFragment {
  if (other.type === "Float" && (type === "Int32" || type === "Int64")) return sql`elanus_int_f32(${column})`;
  return other.type === "Double" && type === "Int64" ? sql`CAST(${column} AS REAL)` : column;
}

/** A plain column or an element of an Array column; NULL beyond its end. */
function valueSql(emitter: Emitter, operand: Operand): SqlFragment {
  const column = columnOf(emitter, operand.field);
  const [index] = operand.path;
  if (index === undefined) return column;
  if (isOfElement(operand)) return elementSql(emitter.source, operand, column);
  // No array is that long, and SQLite's own index arithmetic is 32 bits wide.
  if (index.length > 9) return raw("NULL");
  return sql`json_extract(${column}, ${bind(`$[${index}]`)})`;
}

/** @param positive only AND and OR above: FALSE may stand for UNKNOWN */
function leafSql(emitter: Emitter, node: TypedExpression, positive: boolean): SqlFragment {
  switch (node.kind) {
    case "compare":
      return compareSql(emitter, node, positive);
    case "compareColumns": {
      const left = convertedSql(columnOf(emitter, node.left), node.left, node.right);
      const right = convertedSql(columnOf(emitter, node.right), node.right, node.left);
      return sql`(${left} ${sqlOperator(node.operator)} ${right})`;
    }
    case "in":
      return inSql(emitter, node, positive);
    case "range": {
      if (node.operand.type === "JSON") return rangeJson(node, columnOf(emitter, node.operand.field), positive);
      const value = valueSql(emitter, node.operand);
      const [low, high] = [raw(node.lowerInclusive ? ">=" : ">"), raw(node.upperInclusive ? "<=" : "<")];
      return sql`(${value} ${low} ${bindConstant(node.lower)} AND ${value} ${high} ${bindConstant(node.upper)})`;
    }
    case "like":
      if (node.operand.type === "JSON") return likeJson(node, columnOf(emitter, node.operand.field), positive);
      return likeSql(valueSql(emitter, node.operand), node.pattern);
    case "regex":
      if (node.operand.type === "JSON") return regexJson(node, columnOf(emitter, node.operand.field), positive);
      return regexSql(valueSql(emitter, node.operand), node.pattern);
    case "bitwise":
      return bitwiseSql(node, valueSql(emitter, node.operand), columnOf(emitter, node.operand.field));
    case "arithmetic":
      return arithmeticSql(node, valueSql(emitter, node.operand), columnOf(emitter, node.operand.field));
    case "length":
      return lengthSql(node, columnOf(emitter, node.operand.field));
    case "exists":
      return existsSql(node, columnOf(emitter, node.operand.field));
    case "contains":
      return containsSql(node, columnOf(emitter, node.operand.field), positive);
    case "isNull":
      return sql`(${columnOf(emitter, node.field)} IS NULL)`;
    case "textMatch": {
      const tokens = constant(JSON.stringify(node.tokens));
      return sql`elanus_text_match(${columnOf(emitter, node.field)}, ${tokens}, ${bind(BigInt(node.minimum))}, ${constant(node.field.analyzerParams ?? "")})`;
    }
    case "phraseMatch": {
      const tokens = constant(JSON.stringify(node.tokens));
      const analyzer = constant(node.field.analyzerParams ?? "");
      const order =
        emitter.table !== undefined && goesByOrder(node.tokens, node.slop)
          ? sql`(SELECT elanus_rarest_first(${raw(node.field.column)}, ${tokens}, ${analyzer}) FROM ${raw(emitter.table)})`
          : raw("''");
      return sql`elanus_phrase_match(${columnOf(emitter, node.field)}, ${tokens}, ${bind(BigInt(node.slop))}, ${analyzer}, ${order})`;
    }
    case "fuzzyMatch": {
      const query = constant(JSON.stringify({ tokens: node.tokens, distance: node.distance }));
      return sql`elanus_fuzzy_match(${columnOf(emitter, node.field)}, ${query}, ${constant(node.field.analyzerParams ?? "")})`;
    }
    case "spatial": {
      const column = columnOf(emitter, node.field);
      return sql`elanus_spatial(${bind(node.function)}, ${column}, ${constant(node.wkt)}, ${bind(node.distance)})`;
    }
    case "shiftedTimestamp": {
      const column = columnOf(emitter, node.field);
      const shift = sql`${bind(BigInt(node.sign))}, ${bind(BigInt(node.months))}, ${bind(node.micros)}`;
      return sql`(elanus_shift(${column}, ${shift}) ${sqlOperator(node.operator)} ${bind(node.value)})`;
    }
    case "membership":
      return membershipSql(emitter, node);
    case "startsWith":
      return prefixSql(emitter, node.text, node.prefix);
    case "constant":
    case "not":
    case "and":
    case "or":
    case "elements":
      return compile(emitter, node, false).fragment;
  }
}

function compareSql(
  emitter: Emitter,
  node: Extract<TypedExpression, { kind: "compare" }>,
  positive: boolean,
): SqlFragment {
  const { operand, value } = node;
  const column = columnOf(emitter, operand.field);
  if (operand.type === "JSON") return compareJson(node, column, positive);
  if (value.kind === "array") {
    const equal = sql`elanus_array_in(${column}, ${constant(encodeArrays([value]))}, 0)`;
    return node.operator === "==" ? equal : sql`(NOT ${equal})`;
  }
  return sql`(${valueSql(emitter, operand)} ${sqlOperator(node.operator)} ${bindConstant(value)})`;
}

function inSql(emitter: Emitter, node: Extract<TypedExpression, { kind: "in" }>, positive: boolean): SqlFragment {
  const { operand, values } = node;
  const column = columnOf(emitter, operand.field);
  if (values.length === 0) {
    // Only NULL in a plain column is UNKNOWN; JSON, arrays and their elements are not looked at.
    const plain = isPlainColumn(operand) && operand.field.nullable;
    return plain && !positive ? sql`(CASE WHEN ${column} IS NOT NULL THEN 0 END)` : raw("0");
  }
  if (operand.type === "JSON") return inJson(node, column, positive);
  const scalars = values.filter((value): value is Scalar => value.kind !== "array");
  if (scalars.length < values.length) return sql`elanus_array_in(${column}, ${constant(encodeArrays(values))}, 0)`;
  return sql`(${valueSql(emitter, operand)} IN ${listForColumn(distinct(scalars))})`;
}

function membershipSql(emitter: Emitter, node: Extract<TypedExpression, { kind: "membership" }>): SqlFragment {
  const { operand, members } = node;
  const column = columnOf(emitter, operand.field);
  if (operand.type === "JSON") return membershipJson(node, column);
  if (operand.type === "VarChar") return sql`elanus_has_text(${bind(handleOf(members))}, ${column})`;
  return hasIntegerSql(members, column);
}

function prefixSql(emitter: Emitter, text: TextArgument, prefix: TextArgument): SqlFragment {
  const side = (argument: TextArgument): SqlFragment =>
    argument.kind === "text" ? bind(argument.value) : valueSql(emitter, argument.operand);
  if (prefix.kind === "text" && text.kind === "column") return startsWithSql(side(text), prefix.value);
  return sql`(instr(${side(text)}, ${side(prefix)}) = 1)`;
}
