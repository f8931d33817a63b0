import type { Constant, Scalar } from "../check/typed.js";
import type { ComparisonOperator } from "../syntax/ast.js";
import { bind, joined, raw, type SqlFragment, sql } from "./fragment.js";

/** Constants and lists as bound values. */

const SQL_OPERATORS: Readonly<Record<ComparisonOperator, string>> = {
  "==": "=",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

export function sqlOperator(operator: ComparisonOperator): SqlFragment {
  return raw(SQL_OPERATORS[operator]);
}

/** A constant for comparison with a column. Integers are bound as BigInt: a JS number would bind as REAL. */
export function bindConstant(value: Scalar): SqlFragment {
  return bind(value.kind === "bool" ? (value.value ? 1n : 0n) : value.value);
}

/** JSON text of a double; infinity as a number that overflows to it. */
function doubleText(value: number): string {
  if (Number.isFinite(value)) return JSON.stringify(value);
  return value > 0 ? "9e999" : "-9e999";
}

/**
 * A constant for comparison with numbers extracted from JSON. Fractions go in as JSON text, so that both sides are
 * converted by the same code: some builds of SQLite are off by one unit in the last place for long decimals.
 */
export function bindForJson(value: Scalar): SqlFragment {
  if (value.kind !== "float" || Number.isInteger(value.value)) return bindConstant(value);
  return sql`json_extract(${bind(doubleText(value.value))}, '$')`;
}

/** Beyond 2^53 a float literal compares as double with JSON integers, which SQLite would compare exactly. */
export function needsCast(value: Constant): boolean {
  return value.kind === "float" && Math.abs(value.value) >= 2 ** 53;
}

/** Up to this many values are written as `(?, ?, ...)`. */
const INLINE_VALUES = 100;

/** The right side of `IN` for columns: all values of one kind. */
export function listForColumn(values: readonly Scalar[]): SqlFragment {
  if (values.length <= INLINE_VALUES) return sql`(${joined(values.map(bindConstant), ", ")})`;
  if (values[0]?.kind === "float") {
    // Converted once per value by JavaScript: exact on every build.
    const texts = values.map((value) => (value.kind === "float" ? doubleText(value.value) : "0"));
    return sql`(SELECT elanus_f64(value) FROM json_each(${bind(JSON.stringify(texts))}))`;
  }
  return sql`(SELECT value FROM json_each(${bind(jsonList(values))}))`;
}

/** The right side of `IN` for values extracted from JSON. */
export function listForJson(values: readonly Scalar[]): SqlFragment {
  if (values.length <= INLINE_VALUES) return sql`(${joined(values.map(bindForJson), ", ")})`;
  return sql`(SELECT value FROM json_each(${bind(jsonList(values))}))`;
}

function jsonList(values: readonly Scalar[]): string {
  return `[${values.map(jsonText).join(",")}]`;
}

function jsonText(value: Scalar): string {
  switch (value.kind) {
    case "bool":
      return value.value ? "1" : "0";
    case "int":
      return String(value.value);
    case "float":
      return doubleText(value.value);
    case "string":
      return JSON.stringify(value.value);
  }
}

/** Without repetitions: 1 and 1.0 are the same number, "1" is another value. */
export function distinct<T extends Scalar>(values: readonly T[]): T[] {
  const seen = new Map<unknown, T>();
  for (const value of values) {
    const key = value.kind === "float" && Number.isInteger(value.value) ? BigInt(value.value) : value.value;
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

/** Array constants in the form that the function `elanus_array_in` reads. */
export function encodeArrays(arrays: readonly Constant[]): string {
  return JSON.stringify(arrays.map(encode));
}

function encode(value: Constant): unknown {
  switch (value.kind) {
    case "array":
      return value.elements.map(encode);
    case "int":
      return { i: String(value.value) };
    case "float":
      return { f: doubleText(value.value) };
    case "bool":
    case "string":
      return value.value;
  }
}

/** The inverse of `encodeArrays`. */
export function decodeArrays(text: string): Constant[] {
  return (JSON.parse(text) as unknown[]).map(decode);
}

function decode(value: unknown): Constant {
  if (Array.isArray(value)) return { kind: "array", elements: value.map(decode) };
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value === "boolean") return { kind: "bool", value };
  const { i, f } = value as { readonly i?: string; readonly f?: string };
  return i !== undefined ? { kind: "int", value: BigInt(i) } : { kind: "float", value: Number(f) };
}
