/**
 * `elanus/expr`: the filter language of Milvus by itself. Parse text to a syntax tree with positions, check it against a
 * schema, print it, compile it to SQL or evaluate it on a row.
 *
 *     text --syntax/--> tree --check/--> typed tree --sql/--> SQL with bound values, and the functions it calls
 *                        |     (scope)       `--semantics/--> TRUE, FALSE or UNKNOWN for one row
 *                        `--print--> text
 *
 * - `syntax/`: tokens, parser, tree, printer. Knows no schema.
 * - `check/`: looks names up in a `Scope`, folds constants, checks types, fills templates. Every fault that a user can
 *   make is found here or before.
 * - `semantics/`: what a typed tree means, written down as plainly as possible: the oracle of the tests, and what the
 *   SQL functions share with it.
 * - `sql/`: the same meaning in SQL. Only this room knows SQLite.
 * - `columns/`: the same meaning, where it can be said so, as tests of single columns, for scans of what lies in memory.
 * - `plan.ts`: all of it in one call, for an engine.
 *
 * Each room imports only those named before it.
 */

export { isWellKnownText } from "../values/geometry.js";
export { formatTimestamptz, isTimeZone, parseTimestamptz } from "../values/timestamptz.js";
export type { CheckedFilter } from "./check/check.js";
export type { Dialect, FilterType, ResolvedField, ResolvedStruct, Scope } from "./check/scope.js";
export { longIntegers } from "./check/templates.js";
export type { Constant, Elements, Operand, TypedExpression } from "./check/typed.js";
export {
  type ColumnKind,
  type ColumnLeaf,
  type ColumnSource,
  type ColumnTest,
  connect as connectTests,
  type Limit,
  type Numbers,
  sourcesOf,
} from "./columns/column-test.js";
export { columnTest } from "./columns/translate.js";
export { checkExpression, type FilterPlan, planFilter } from "./plan.js";
export { MAX_NESTING } from "./problem.js";
export { evaluate, type RowReader, type StoredValue, type Truth } from "./semantics/evaluate.js";
export { compileElements, compileSql } from "./sql/compile.js";
export { deadlineSql, filterCost, lookSql } from "./sql/deadline.js";
export { ELEMENT_KEY, type ElementsSql } from "./sql/elements.js";
export type { SqlFragment, SqlValue } from "./sql/fragment.js";
export { jsonPathIndexExpression } from "./sql/json-path.js";
export { relaxed } from "./sql/relaxed.js";
export { registerSqlFunctions, type SqlAggregate, sqlAggregates, sqlFunctions } from "./sql/sql-functions.js";
export type { SqlFunction } from "./sql/tick.js";
export type * from "./syntax/ast.js";
export { parseExpression } from "./syntax/parse.js";
export { parsePath } from "./syntax/parse-path.js";
export { print } from "./syntax/print.js";
