import type { Members } from "../../values/membership/members.js";
import { holds } from "../check/fold.js";
import type { Constant, Scalar, TypedExpression } from "../check/typed.js";
import { patternParts } from "../semantics/like.js";
import { constant } from "./constant.js";
import { bind, joined, raw, type SqlFragment, sql } from "./fragment.js";
import { handleOf } from "./handles.js";
import { type JsonAccess, jsonAccess } from "./json-path.js";
import { likeSql, regexSql } from "./like.js";
import { bindForJson, distinct, encodeArrays, listForJson, needsCast, sqlOperator } from "./values.js";

type Leaf<K extends TypedExpression["kind"]> = Extract<TypedExpression, { readonly kind: K }>;

/**
 * Tests on JSON values. A value of another type than the literal is UNKNOWN: the type is tested first.
 * In a positive place (only AND and OR above) FALSE does as well as UNKNOWN: there the test comes first, where an index can
 * serve it, and the type second.
 */

type Kind = "number" | "text" | "bool" | "array";

const TYPE_TESTS: Readonly<Record<Kind, string>> = {
  number: "IN ('integer', 'real')",
  text: "= 'text'",
  bool: "IN ('true', 'false')",
  array: "= 'array'",
};

function kindOf(value: Constant): Kind {
  switch (value.kind) {
    case "int":
    case "float":
      return "number";
    case "string":
      return "text";
    default:
      return value.kind;
  }
}

function guarded(json: JsonAccess, kind: Kind, test: SqlFragment, positive: boolean): SqlFragment {
  const typed = sql`${json.type} ${raw(TYPE_TESTS[kind])}`;
  return positive ? sql`(${test} AND ${typed})` : sql`(CASE WHEN ${typed} THEN ${test} END)`;
}

/**
 * A test on numbers in a positive place. Extracted values are ordered NULL, numbers, texts, and booleans are 0 and 1:
 * the type is looked up only where those may pass, so that an index can decide alone.
 * @param open the test has no upper bound
 * @param bits may 0 or 1 pass the test?
 */
function positiveNumber(json: JsonAccess, test: SqlFragment, open: boolean, bits: boolean): SqlFragment {
  const numeric = open ? sql`${test} AND ${json.value} < ''` : test;
  if (!bits) return sql`(${numeric})`;
  return sql`(${numeric} AND (${json.value} NOT IN (0, 1) OR ${json.type} ${raw(TYPE_TESTS.number)}))`;
}

/** Does 0 or 1 pass? */
function passesBits(test: (bit: number) => boolean): boolean {
  return test(0) || test(1);
}

/** The extracted value as the literal compares with it. */
function comparedValue(json: JsonAccess, value: Constant): SqlFragment {
  return needsCast(value) ? sql`CAST(${json.value} AS REAL)` : json.value;
}

export function compareJson(node: Leaf<"compare">, column: SqlFragment, positive: boolean): SqlFragment {
  const { operand, operator, value } = node;
  const json = jsonAccess(column, operand.path, operand.indexed);
  if (value.kind === "array") {
    if (operator !== "==" && operator !== "!=") return sql`(CASE WHEN ${column} IS NOT NULL THEN 0 END)`;
    const equal = sql`elanus_array_in(${json.value}, ${constant(encodeArrays([value]))}, 1)`;
    return guarded(json, "array", operator === "==" ? equal : sql`NOT ${equal}`, false);
  }
  const test = sql`${comparedValue(json, value)} ${sqlOperator(operator)} ${bindForJson(value)}`;
  if (positive && operator === "==" && speaksForItself(value)) return sql`(${test})`;
  if (positive && operator !== "!=" && isPlainNumber(value)) {
    const bits = passesBits((bit) => holds(operator, Math.sign(bit - Number(value.value))));
    return positiveNumber(json, test, operator === ">" || operator === ">=", bits);
  }
  return guarded(json, kindOf(value), test, positive);
}

/** A number that compares with extracted ones as it is. */
function isPlainNumber(value: Constant): value is Extract<Constant, { kind: "int" | "float" }> {
  return (value.kind === "int" || value.kind === "float") && !needsCast(value);
}

/** Can no value of another type be extracted as this one? (true is 1, and containers are their text.) */
function speaksForItself(value: Scalar): boolean {
  if (value.kind === "string") return !/^[[{]/.test(value.value);
  if (value.kind !== "int" && value.kind !== "float") return false;
  const number = Number(value.value);
  return number !== 0 && number !== 1 && !needsCast(value);
}

export function rangeJson(node: Leaf<"range">, column: SqlFragment, positive: boolean): SqlFragment {
  const { operand, lower, upper } = node;
  const json = jsonAccess(column, operand.path, operand.indexed);
  const low = sql`${comparedValue(json, lower)} ${raw(node.lowerInclusive ? ">=" : ">")} ${bindForJson(lower)}`;
  const high = sql`${comparedValue(json, upper)} ${raw(node.upperInclusive ? "<=" : "<")} ${bindForJson(upper)}`;
  const both = sql`${low} AND ${high}`;
  if (positive && isPlainNumber(lower) && isPlainNumber(upper)) {
    const bits = passesBits((bit) => bit >= Number(lower.value) && bit <= Number(upper.value));
    return positiveNumber(json, both, false, bits);
  }
  return guarded(json, kindOf(lower), both, positive);
}

/** A positive match of a literal prefix that no container's text has needs no look at the type: numbers sort below texts. */
export function likeJson(node: Leaf<"like">, column: SqlFragment, positive: boolean): SqlFragment {
  const json = jsonAccess(column, node.operand.path, node.operand.indexed);
  const match = likeSql(json.value, node.pattern);
  const [first] = patternParts(node.pattern);
  if (positive && first?.kind === "text" && !/^[[{]/.test(first.text)) {
    // A number would be cast to text by GLOB and CAST, but it is below every prefix.
    return sql`(${json.value} >= ${bind(first.text)} AND ${match})`;
  }
  return guarded(json, "text", match, positive);
}

export function regexJson(node: Leaf<"regex">, column: SqlFragment, positive: boolean): SqlFragment {
  const json = jsonAccess(column, node.operand.path, node.operand.indexed);
  return guarded(json, "text", regexSql(json.value, node.pattern), positive);
}

/** One group per kind of literal, joined by OR: a value is UNKNOWN to the groups of other kinds. */
export function inJson(node: Leaf<"in">, column: SqlFragment, positive: boolean): SqlFragment {
  const { operand, values } = node;
  const json = jsonAccess(column, operand.path, operand.indexed);
  const groups = groupsOf(values).map(({ kind, cast, scalars, arrays }) => {
    if (kind === "array") {
      return guarded(json, kind, sql`elanus_array_in(${json.value}, ${constant(encodeArrays(arrays))}, 1)`, false);
    }
    const value = cast ? sql`CAST(${json.value} AS REAL)` : json.value;
    const test = sql`${value} IN ${listForJson(scalars)}`;
    return positive && scalars.every(speaksForItself) ? sql`(${test})` : guarded(json, kind, test, positive);
  });
  return sql`(${joined(groups, " OR ")})`;
}

interface Group {
  readonly kind: Kind;
  readonly cast: boolean;
  readonly scalars: Scalar[];
  readonly arrays: Constant[];
}

function groupsOf(values: readonly Constant[]): Group[] {
  const groups = new Map<string, Group>();
  for (const value of values) {
    const cast = needsCast(value);
    const kind = kindOf(value);
    const key = `${kind}${cast}`;
    const group = groups.get(key) ?? { kind, cast, scalars: [], arrays: [] };
    groups.set(key, group);
    if (value.kind === "array") group.arrays.push(value);
    else group.scalars.push(value);
  }
  return [...groups.values()].map((group) => ({ ...group, scalars: distinct(group.scalars) }));
}

export function lengthSql(node: Leaf<"length">, column: SqlFragment): SqlFragment {
  const { operand } = node;
  const compared = sql`${sqlOperator(node.operator)} ${bind(node.value)}`;
  if (operand.type === "Array") return sql`(json_array_length(${column}) ${compared})`;
  const json = jsonAccess(column, operand.path, false);
  return guarded(json, "array", sql`json_array_length(${json.arguments}) ${compared}`, false);
}

/** Anything but null and containers that hold nothing else; never UNKNOWN: in a NULL column nothing exists. */
export function existsSql(node: Leaf<"exists">, column: SqlFragment): SqlFragment {
  const { operand } = node;
  const json = jsonAccess(column, operand.path, operand.indexed);
  const deep = sql`EXISTS (SELECT 1 FROM json_tree(${json.arguments}) AS e WHERE e.atom IS NOT NULL)`;
  return sql`(CASE coalesce(${json.type}, 'null') WHEN 'null' THEN 0 WHEN 'array' THEN ${deep} WHEN 'object' THEN ${deep} ELSE 1 END)`;
}

/** More values than this are counted instead of looked for one by one. */
const MAX_SEPARATE = 16;

export function containsSql(node: Leaf<"contains">, column: SqlFragment, positive: boolean): SqlFragment {
  const { operand, values } = node;
  const typed = operand.type === "Array";
  const json = jsonAccess(column, operand.path, false);
  const source = typed ? column : json.arguments;
  // Without values no row is looked at, be it NULL.
  if (values.length === 0) return raw(node.mode === "all" ? "1" : "0");
  const groups = groupsOf(values);
  const test = node.mode === "any" ? containsAny(groups, source, typed) : containsAll(groups, source, typed);
  if (!typed) return guarded(json, "array", test, positive);
  return operand.field.nullable ? sql`(CASE WHEN ${column} IS NOT NULL THEN ${test} END)` : sql`(${test})`;
}

/** Elements of the kind (in typed arrays all are) that are among the values. */
function elementTest(group: Group, typed: boolean): SqlFragment {
  const value = group.cast ? raw("CAST(e.value AS REAL)") : raw("e.value");
  const type = raw(typed ? "" : ` AND e.type ${TYPE_TESTS[group.kind]}`);
  if (group.kind === "array") {
    return sql`(e.type = 'array' AND elanus_array_in(e.value, ${constant(encodeArrays(group.arrays))}, 1))`;
  }
  const [only] = group.scalars;
  const among =
    group.scalars.length === 1 && only !== undefined
      ? sql`= ${bindForJson(only)}`
      : sql`IN ${listForJson(group.scalars)}`;
  return sql`(${value} ${among}${type})`;
}

function containsAny(groups: readonly Group[], source: SqlFragment, typed: boolean): SqlFragment {
  const tests = groups.map((group) => elementTest(group, typed));
  return sql`EXISTS (SELECT 1 FROM json_each(${source}) AS e WHERE ${joined(tests, " OR ")})`;
}

function containsAll(groups: readonly Group[], source: SqlFragment, typed: boolean): SqlFragment {
  const tests: SqlFragment[] = [];
  for (const group of groups) {
    const single = (scalars: Scalar[], arrays: Constant[]): SqlFragment =>
      containsAny([{ ...group, scalars, arrays }], source, typed);
    for (const array of group.arrays) tests.push(single([], [array]));
    if (group.scalars.length <= MAX_SEPARATE) {
      for (const scalar of group.scalars) tests.push(single([scalar], []));
    } else {
      const value = raw(group.cast ? "CAST(e.value AS REAL)" : "e.value");
      const found = sql`(SELECT count(DISTINCT ${value}) FROM json_each(${source}) AS e WHERE ${elementTest(group, typed)})`;
      tests.push(sql`${found} = ${bind(BigInt(group.scalars.length))}`);
    }
  }
  return sql`(${joined(tests, " AND ")})`;
}

/** Only integers and texts can be members; of no other number it is unknown, of all else it is. */
export function membershipJson(node: Leaf<"membership">, column: SqlFragment): SqlFragment {
  const json = jsonAccess(column, node.operand.path, node.operand.indexed);
  const integer = hasIntegerSql(node.members, json.value);
  const text = sql`elanus_has_text(${bind(handleOf(node.members))}, ${json.value})`;
  // Integers beyond 64 bits come as REAL.
  return sql`(CASE ${json.type} WHEN 'text' THEN ${text} WHEN 'integer' THEN CASE typeof(${json.value}) WHEN 'integer' THEN ${integer} ELSE 0 END WHEN 'real' THEN 0 END)`;
}

/** In halves: a function takes integers of 64 bits only as `bigint`. */
export function hasIntegerSql(members: Members, value: SqlFragment): SqlFragment {
  return sql`elanus_has_integer(${bind(handleOf(members))}, ${value} >> 32, ${value} & 4294967295)`;
}
