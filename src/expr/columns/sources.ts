import type { FilterType, ResolvedField } from "../check/scope.js";
import type { Operand, Scalar } from "../check/typed.js";
import { raw, type SqlFragment, sql } from "../sql/fragment.js";
import { existsSql } from "../sql/json.js";
import { jsonAccess } from "../sql/json-path.js";
import type { ColumnKind, ColumnSource } from "./column-test.js";

/** What can be kept as columns, and how it comes out of the tables. */

const KINDS: Partial<Record<FilterType, ColumnKind>> = {
  Bool: "int32",
  Int8: "int32",
  Int16: "int32",
  Int32: "int32",
  Int64: "int64",
  Timestamptz: "int64",
  Float: "float32",
  Double: "float64",
  VarChar: "text",
};

/** Costs of texts, and of what is looked for in JSON: both may be 64 KB long. */
const TEXT = 8;
const INSIDE = 32;

export function plainSource({ type, column }: ResolvedField): ColumnSource | undefined {
  const kind = KINDS[type];
  return kind && { key: column, sql: raw(column), holds: kind, cost: kind === "text" ? TEXT : 1 };
}

/** Whether a column is not NULL. */
export function presenceSource({ column }: ResolvedField): ColumnSource {
  return { key: `${column} is there`, sql: raw(`${column} IS NOT NULL`), holds: "presence", cost: 1 };
}

/** One element of a typed array. */
export function elementSource({ field, path, type }: Operand): ColumnSource | undefined {
  const [index] = path;
  const kind = KINDS[type];
  // SQLite's own index arithmetic is 32 bits wide.
  if (kind === undefined || index === undefined || path.length > 1 || !/^[0-9]{1,9}$/.test(index)) return undefined;
  return {
    key: `${field.column}[${index}]`,
    sql: raw(`json_extract(${field.column}, '$[${index}]')`),
    holds: kind,
    cost: INSIDE,
  };
}

/** The values of one kind at a JSON path; `any`: whether there is anything. */
export function jsonSource(operand: Operand, kind: Scalar["kind"] | "any"): ColumnSource {
  const lane = kind === "int" || kind === "float" ? "number" : kind;
  return {
    key: `${operand.field.column} ${lane} ${JSON.stringify(operand.path)}`,
    // Asked for once, when the column is read.
    get sql() {
      return jsonSql(operand, lane);
    },
    holds: LANES[lane],
    cost: INSIDE,
  };
}

/** Kinds of values in JSON that lie in columns of their own. */
type Lane = "number" | "bool" | "string" | "any";

const LANES: Readonly<Record<Lane, ColumnKind>> = {
  number: "float64",
  bool: "int32",
  string: "text",
  any: "presence",
};

function jsonSql(operand: Operand, lane: Lane): SqlFragment {
  const { field, path, indexed } = operand;
  const column = raw(field.column);
  if (lane === "any") return existsSql({ kind: "exists", operand }, column);
  const { type, value } = jsonAccess(column, path, indexed);
  const only = (test: string, found: SqlFragment): SqlFragment =>
    sql`(CASE WHEN ${type} ${raw(test)} THEN ${found} END)`;
  switch (lane) {
    case "number":
      return only("IN ('integer', 'real')", value);
    case "bool":
      return only("IN ('true', 'false')", value);
    case "string":
      return only("= 'text'", value);
  }
}
