/**
 * `elanus/expr`: the filter language of Milvus by itself. Parse text to a syntax tree with positions, check it against a
 * schema, print it, compile it to SQL or evaluate it on a row.
 */
export type * from "./ast.js";
export type { CheckedFilter } from "./check.js";
export { compileSql } from "./compile-sql.js";
export { evaluate, type RowReader, type StoredValue, type Truth } from "./evaluate.js";
export { isWellKnownText } from "./geometry.js";
export { jsonPathIndexExpression } from "./json-path.js";
export { parseExpression } from "./parse.js";
export { checkExpression, type FilterPlan, planFilter } from "./plan.js";
export { print } from "./print.js";
export { MAX_NESTING } from "./problem.js";
export type { FilterType, ResolvedField, Scope } from "./scope.js";
export type { SqlFragment, SqlValue } from "./sql-fragment.js";
export { registerSqlFunctions, type SqlFunction, sqlFunctions } from "./sql-functions.js";
export { formatTimestamptz, isTimeZone, parseTimestamptz } from "./timestamptz.js";
export type { Constant, Operand, TypedExpression } from "./typed.js";
