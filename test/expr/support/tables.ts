import Database, { type Database as Sqlite } from "better-sqlite3";
import { ElanusError } from "../../../src/errors.js";
import type { FilterType } from "../../../src/expr/check/scope.js";
import {
  compileSql,
  evaluate,
  planFilter,
  type ResolvedField,
  type RowReader,
  registerSqlFunctions,
  type Scope,
  type StoredValue,
} from "../../../src/expr/index.js";
import { parseTimestamptz } from "../../../src/values/timestamptz.js";

/** A schema as the conformance list writes it. */
export interface SchemaText {
  readonly define_schema: string;
  readonly pk: string;
  readonly dynamic: boolean;
  readonly fields: readonly FieldText[];
}
export interface FieldText {
  readonly name: string;
  readonly type: FilterType;
  readonly element?: FilterType;
  readonly nullable?: boolean;
  readonly enable_match?: boolean;
}

export type RowText = Readonly<Record<string, unknown>>;

const DYNAMIC: ResolvedField = {
  name: "$meta",
  type: "JSON",
  column: "meta",
  nullable: false,
  primaryKey: false,
  dynamic: true,
  enableMatch: false,
};

/** A scope over columns `f_100`, `f_101`, ... in the order of the fields. */
export function scopeOf(
  schema: SchemaText,
  extra: Partial<Scope> = {},
): Scope & { readonly fields: readonly ResolvedField[] } {
  const fields = schema.fields.map(
    (field, at): ResolvedField => ({
      name: field.name,
      type: field.type,
      ...(field.element && { elementType: field.element }),
      column: `f_${100 + at}`,
      nullable: field.nullable ?? false,
      primaryKey: field.name === schema.pk,
      dynamic: false,
      enableMatch: field.enable_match ?? false,
    }),
  );
  const byName = new Map(fields.map((field) => [field.name, field]));
  const dynamicField = schema.dynamic ? DYNAMIC : undefined;
  return {
    fields,
    dynamicField,
    resolve: (name) => byName.get(name) ?? (name === "$meta" ? dynamicField : undefined),
    ...extra,
  };
}

/** JSON text of a value in the notation of the rows file. */
export function jsonText(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const special = value as { $int64?: string; $json?: string };
    if (special.$int64 !== undefined) return special.$int64;
    if (special.$json !== undefined) return special.$json;
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

const SQL_TYPES: Partial<Record<FilterType, string>> = {
  Float: "REAL",
  Double: "REAL",
  VarChar: "TEXT",
  Text: "TEXT",
  JSON: "TEXT",
  Array: "TEXT",
  Geometry: "TEXT",
};

/** The stored form of a value. */
export function stored(field: ResolvedField, value: unknown): bigint | number | string | null {
  if (value === undefined || value === null) return null;
  switch (field.type) {
    case "Bool":
      return value === true ? 1n : 0n;
    case "Float":
      return Math.fround(Number(value));
    case "Double":
      return Number(value);
    case "VarChar":
    case "Text":
    case "Geometry":
      return String(value);
    case "JSON":
    case "Array":
      return jsonText(value);
    case "Timestamptz":
      return typeof value === "bigint" ? value : (parseTimestamptz(String(value)) ?? null);
    default:
      return BigInt(typeof value === "object" ? (value as { $int64: string }).$int64 : (value as number | bigint));
  }
}

export interface Table {
  readonly sqlite: Sqlite;
  readonly name: string;
  readonly rows: readonly Readonly<Record<string, StoredValue>>[];
}

export function openSqlite(): Sqlite {
  const sqlite = new Database(":memory:");
  registerSqlFunctions(sqlite);
  return sqlite;
}

/** Builds a table of rows with a `row_id`. */
export function fillTable(
  sqlite: Sqlite,
  name: string,
  scope: { readonly fields: readonly ResolvedField[]; readonly dynamicField: ResolvedField | undefined },
  rows: readonly RowText[],
): Table {
  const fields = scope.fields.filter((field) => !field.type.endsWith("Vector"));
  const columns = fields.map((field) => `${field.column} ${SQL_TYPES[field.type] ?? "INTEGER"}`);
  if (scope.dynamicField) columns.push("meta TEXT NOT NULL");
  sqlite.exec(`CREATE TABLE ${name} (row_id INTEGER PRIMARY KEY, ${columns.join(", ")}) STRICT`);
  const names = [...fields.map((field) => field.column), ...(scope.dynamicField ? ["meta"] : [])];
  const insert = sqlite.prepare(
    `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  const declared = new Set(scope.fields.map((field) => field.name));
  for (const row of rows) {
    const values: (bigint | number | string | null)[] = fields.map((field) => stored(field, row[field.name]));
    if (scope.dynamicField) {
      const rest = Object.fromEntries(Object.entries(row).filter(([key]) => key !== "$meta" && !declared.has(key)));
      values.push(jsonText(row["$meta"] ?? rest));
    }
    insert.run(...values);
  }
  const read = sqlite.prepare(`SELECT * FROM ${name} ORDER BY row_id`).safeIntegers(true);
  return { sqlite, name, rows: read.all() as Record<string, StoredValue>[] };
}

/** Row ids (from 1) that a SQL condition selects. */
export function selectRows(
  table: Table,
  fragment: { readonly text: string; readonly params: readonly unknown[] },
): number[] {
  const statement = table.sqlite
    .prepare(`SELECT row_id FROM ${table.name} WHERE ${fragment.text} ORDER BY row_id`)
    .pluck();
  return statement.all(...fragment.params) as number[];
}

/** Reads the columns of a row for the evaluator. */
export function reader(row: Readonly<Record<string, StoredValue>>): RowReader {
  return (field) => row[field.column];
}

/** Numbers (from 1) of the rows for which a filter is TRUE, as its SQL and the evaluator both say. */
export function selectIn(
  scope: ReturnType<typeof scopeOf>,
  rows: readonly object[],
  text: string,
  values: Readonly<Record<string, unknown>> = {},
): number[] {
  const sqlite = openSqlite();
  try {
    const table = fillTable(sqlite, "rows_of_filter", scope, rows as readonly RowText[]);
    const { predicate } = planFilter(text, scope, values, "query");
    const found = selectRows(table, compileSql(predicate));
    const evaluated = table.rows.flatMap((row, i) => (evaluate(predicate, reader(row)) === true ? [i + 1] : []));
    if (evaluated.join() !== found.join()) throw new Error(`${text}: SQL finds ${found}, the evaluator ${evaluated}`);
    return found;
  } finally {
    sqlite.close();
  }
}

/** The message with which a filter is refused. */
export function refusalIn(
  scope: Scope,
  text: string,
  values: Readonly<Record<string, unknown>> = {},
  plan: "query" | "delete" = "query",
): string {
  try {
    planFilter(text, scope, values, plan);
  } catch (error) {
    if (error instanceof ElanusError) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}
