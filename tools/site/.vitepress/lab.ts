import type * as Expr from "../../../src/expr/index.js";

/** What a page of filters needs of `elanus/expr`: the page loads it when it is opened. */
export type FilterLanguage = Pick<
  typeof Expr,
  "compileSql" | "evaluate" | "parseTimestamptz" | "planFilter" | "sqlFunctions"
>;

export interface SampleField {
  readonly fieldName: string;
  readonly dataType: string;
  readonly elementDataType?: string;
  readonly isPrimary?: boolean;
  readonly nullable?: boolean;
}

export type SampleRow = Readonly<Record<string, unknown>>;

export interface Sample {
  readonly schema: { readonly fields: readonly SampleField[] };
  readonly rows: readonly SampleRow[];
}

export type Answer =
  | { readonly fault: { readonly message: string; readonly start: number; readonly end: number } }
  | { readonly tree: string; readonly sql: string; readonly values: string; readonly rows: readonly SampleRow[] };

/** Filters against one sample: faults with their place, the typed tree, the SQL, and the rows that are found. */
export function createLab(language: FilterLanguage, { schema, rows }: Sample): (filter: string) => Answer {
  const fields = new Map(schema.fields.map((field) => [field.fieldName, resolved(field)]));
  const dynamicField = resolved({ fieldName: "$meta", dataType: "JSON" });
  const scope: Expr.Scope = {
    dialect: { truthValues: true, nullIsNoName: true },
    resolve: (name) => (name === "$meta" ? dynamicField : fields.get(name)),
    dynamicField,
  };
  const stored = rows.map((row) => ({ row, read: reader(language, row, fields) }));

  return (filter) => {
    try {
      const { predicate } = language.planFilter(filter, scope, {}, "query");
      const { text: sql, params } = language.compileSql(predicate, undefined, "films");
      return {
        tree: outline(predicate),
        sql,
        values: params.map(shown).join(", "),
        rows: stored.filter(({ read }) => language.evaluate(predicate, read) === true).map(({ row }) => row),
      };
    } catch (error) {
      return { fault: faultOf(error, filter) };
    }
  };
}

function resolved({ fieldName, dataType, elementDataType, isPrimary, nullable }: SampleField): Expr.ResolvedField {
  return {
    name: fieldName,
    type: dataType as Expr.FilterType,
    ...(elementDataType !== undefined && { elementType: elementDataType as Expr.FilterType }),
    column: fieldName === "$meta" ? "meta" : fieldName,
    nullable: nullable === true,
    primaryKey: isPrimary === true,
    dynamic: fieldName === "$meta",
    enableMatch: false,
  };
}

/** A row as the store has it: lists and objects as JSON text, moments as microseconds. */
function reader(language: FilterLanguage, row: SampleRow, fields: ReadonlyMap<string, unknown>): Expr.RowReader {
  const others = Object.fromEntries(Object.entries(row).filter(([key]) => !fields.has(key)));
  return ({ name, type }) => {
    const value = name === "$meta" ? others : row[name];
    if (value === undefined || value === null) return null;
    if (type === "JSON" || type === "Array") return JSON.stringify(value);
    if (type === "Timestamptz") return language.parseTimestamptz(String(value));
    if (/^Int/.test(type)) return BigInt(value as number);
    return value as Expr.StoredValue;
  };
}

/** The typed tree, a node a line, indented. */
function outline(node: unknown, name = "", depth = 0): string {
  const head = `${"  ".repeat(depth)}${name === "" ? "" : `${name}: `}`;
  if (Array.isArray(node)) {
    if (node.every((item) => typeof item !== "object")) return `${head}[${node.map(shown).join(", ")}]`;
    return [head.trimEnd(), ...node.map((item) => outline(item, "-", depth + 1))].join("\n").replaceAll("-: ", "- ");
  }
  if (typeof node !== "object" || node === null) return head + shown(node);
  const { kind, ...rest } = node as Readonly<Record<string, unknown>>;
  if ("field" in rest) {
    const { field, path, type } = rest as { field: Expr.ResolvedField; path?: readonly string[]; type?: string };
    return `${head}${[field.name, ...(path ?? [])].join(".")} (${type ?? field.type})`;
  }
  if ("value" in rest && typeof rest["value"] !== "object") return `${head}${shown(rest["value"])} (${String(kind)})`;
  const inner = Object.entries(rest).filter(([, value]) => value !== undefined);
  return [`${head}${String(kind ?? "")}`, ...inner.map(([key, value]) => outline(value, key, depth + 1))].join("\n");
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function faultOf(error: unknown, filter: string): { message: string; start: number; end: number } {
  const { details = {}, message } = error as { details?: Readonly<Record<string, unknown>>; message: string };
  const { detail, range } = details as { detail?: string; range?: { start: number; end: number } };
  return { message: detail ?? message, start: range?.start ?? 0, end: range?.end ?? filter.length };
}
