import { INT64_MAX as MAX, INT64_MIN as MIN, wrapInt64 } from "../../values/int64.js";
import type { FilterType } from "../check/scope.js";
import type { FieldOperator, TypedExpression } from "../check/typed.js";
import { bind, raw, type SqlFragment, sql } from "./fragment.js";
import { jsonAccess } from "./json-path.js";
import { bindConstant, sqlOperator } from "./values.js";

type ArithmeticTest = Extract<TypedExpression, { readonly kind: "arithmetic" }>;

const BITS: Partial<Record<FilterType, bigint>> = { Int8: 7n, Int16: 15n, Int32: 31n };

/** `value op by operator constant` in the domain of the field. */
export function arithmeticSql(node: ArithmeticTest, value: SqlFragment, column: SqlFragment): SqlFragment {
  const { arithmetic, by, mode, operand } = node;
  const compare = (left: SqlFragment): SqlFragment =>
    sql`${left} ${sqlOperator(node.operator)} ${bindConstant(node.value)}`;
  const operation = raw(arithmetic);
  if (operand.type === "JSON") {
    const json = jsonAccess(column, operand.path, operand.indexed);
    const computed =
      by.kind === "int"
        ? sql`CASE typeof(${json.value}) WHEN 'integer' THEN ${wrapping(json.value, arithmetic, by.value, "Int64")} ELSE ${real(json.value, arithmetic, by.value)} END`
        : sql`CAST(${json.value} AS REAL) ${operation} ${bindConstant(by)}`;
    return sql`(CASE WHEN ${json.type} IN ('integer', 'real') THEN ${compare(sql`(${computed})`)} END)`;
  }
  if (mode === "int" && by.kind === "int") {
    return sql`(${compare(wrapping(value, arithmetic, by.value, operand.type))})`;
  }
  const computed = sql`(${value} ${operation} ${bindConstant(by)})`;
  return sql`(${compare(mode === "float32" ? sql`elanus_f32${computed}` : computed)})`;
}

type BitwiseTest = Extract<TypedExpression, { readonly kind: "bitwise" }>;

/** `value bits by operator constant`; SQLite has no exclusive or. */
export function bitwiseSql(node: BitwiseTest, value: SqlFragment, column: SqlFragment): SqlFragment {
  const { bits, operand } = node;
  const by = bind(node.by);
  const test = (of: SqlFragment): SqlFragment => {
    const combined = bits === "^" ? sql`((${of} | ${by}) & ~(${of} & ${by}))` : sql`(${of} ${raw(bits)} ${by})`;
    return sql`${combined} ${sqlOperator(node.operator)} ${bind(node.value)}`;
  };
  if (operand.type !== "JSON") return sql`(${test(value)})`;
  const json = jsonAccess(column, operand.path, operand.indexed);
  return sql`(CASE WHEN ${json.type} IN ('integer', 'real') THEN ${test(sql`CAST(${json.value} AS INTEGER)`)} END)`;
}

/** A fractional JSON number with an integer constant: computed in double. */
function real(value: SqlFragment, operator: FieldOperator, by: bigint): SqlFragment {
  // SQLite's % would cut both sides to integers.
  if (operator === "%") return sql`mod(${value}, ${bind(by)})`;
  return sql`${value} ${raw(operator)} ${bind(Number(by))}`;
}

/** int64 arithmetic that wraps; SQLite would go over to REAL. The guard is left out where the type cannot overflow. */
function wrapping(value: SqlFragment, operator: FieldOperator, by: bigint, type: FilterType): SqlFragment {
  const bits = BITS[type] ?? 63n;
  const [low, high] = [-(1n << bits), (1n << bits) - 1n];
  switch (operator) {
    case "+":
      return sum(value, by, low, high);
    case "-":
      return sum(value, wrapInt64(-by), low, high);
    case "*":
      return product(value, by, low, high);
    case "/":
      if (by === -1n && low === MIN) {
        return sql`(CASE WHEN ${value} = ${bind(MIN)} THEN ${bind(MIN)} ELSE ${value} / ${bind(by)} END)`;
      }
      return sql`(${value} / ${bind(by)})`;
    case "%":
      return sql`(${value} % ${bind(by)})`;
  }
}

function sum(value: SqlFragment, by: bigint, low: bigint, high: bigint): SqlFragment {
  const plain = sql`${value} + ${bind(by)}`;
  if (high + by > MAX) {
    // value + by - 2^64, in steps that stay inside int64
    const wrapped = sql`${value} + ${bind(MIN)} + ${bind(by + MIN)}`;
    return sql`(CASE WHEN ${value} > ${bind(MAX - by)} THEN ${wrapped} ELSE ${plain} END)`;
  }
  if (low + by < MIN) {
    const wrapped = sql`${value} - ${bind(MIN)} + ${bind(by - MIN)}`;
    return sql`(CASE WHEN ${value} < ${bind(MIN - by)} THEN ${wrapped} ELSE ${plain} END)`;
  }
  return sql`(${plain})`;
}

function product(value: SqlFragment, by: bigint, low: bigint, high: bigint): SqlFragment {
  const plain = sql`${value} * ${bind(by)}`;
  const ends = [low * by, high * by];
  if (ends.every((end) => end >= MIN && end <= MAX)) return sql`(${plain})`;
  const [from, to] = by > 0n ? [MIN / by, MAX / by] : [MAX / by, MIN / by];
  const bound = bind(to > MAX ? MAX : to);
  return sql`(CASE WHEN ${value} BETWEEN ${bind(from)} AND ${bound} THEN ${plain} ELSE elanus_multiply(${value}, ${bind(by)}) END)`;
}
