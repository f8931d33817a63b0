/**
 * `elanus/expr`: the filter language of Milvus by itself. Parse text to a syntax tree with positions, check it against a
 * schema, print it, compile it to SQL or evaluate it on a row.
 */

export { isWellKnownText } from "../values/geometry.js";
export { formatTimestamptz, isTimeZone, parseTimestamptz } from "../values/timestamptz.js";
export type { CheckedFilter } from "./check/check.js";
export type { FilterType, ResolvedField, Scope } from "./check/scope.js";
export type { Constant, Operand, TypedExpression } from "./check/typed.js";
export { checkExpression, type FilterPlan, planFilter } from "./plan.js";
export { MAX_NESTING } from "./problem.js";
export { evaluate, type RowReader, type StoredValue, type Truth } from "./semantics/evaluate.js";
export { compileSql } from "./sql/compile-sql.js";
export { jsonPathIndexExpression } from "./sql/json-path.js";
export type { SqlFragment, SqlValue } from "./sql/sql-fragment.js";
export { registerSqlFunctions, type SqlFunction, sqlFunctions } from "./sql/sql-functions.js";
export type * from "./syntax/ast.js";
export { parseExpression } from "./syntax/parse.js";
export { print } from "./syntax/print.js";
