import type { ResolvedField } from "../check/scope.js";
import { EACH, type Operand, type Quantifier } from "../check/typed.js";
import { bind, raw, type SqlFragment, sql } from "./fragment.js";
import { sqlOperator } from "./values.js";

/** The elements of a struct array, one row each: `key` is the position, `value` what the source has there. */
const ELEMENT = "x";

/** Whether an operand is what the element at hand has in a field. */
export function isOfElement({ path }: Operand): boolean {
  return path[0] === EACH;
}

/** @param source what gives the rows of the elements; @param column of the operand's field */
export function elementSql(source: ResolvedField | undefined, operand: Operand, column: SqlFragment): SqlFragment {
  if (operand.field.column === source?.column) return raw(`${ELEMENT}.value`);
  return sql`json_extract(${column}, '$[' || ${raw(ELEMENT)}.key || ']')`;
}

/** The rows of the elements of a column, to be joined to the row that they are of. */
export function elementRows(column: SqlFragment): SqlFragment {
  return sql`json_each(${column}) AS ${raw(ELEMENT)}`;
}

/** The position of an element among those of its row. */
export const ELEMENT_KEY = `${ELEMENT}.key`;

/**
 * Whether a predicate holds for so many elements.
 *
 * @param nullable UNKNOWN is told from FALSE, where the struct may be null
 */
export function quantifiedSql(
  column: SqlFragment,
  quantifier: Quantifier,
  predicate: SqlFragment,
  nullable: boolean,
): SqlFragment {
  const among = (condition: SqlFragment) => sql`FROM ${elementRows(column)} WHERE ${condition}`;
  const test = (): SqlFragment => {
    if (quantifier === "all") return sql`NOT EXISTS (SELECT 1 ${among(sql`(${predicate}) IS NOT TRUE`)})`;
    const { operator, count } = quantifier;
    if (operator === ">=" && count === 1n) return sql`EXISTS (SELECT 1 ${among(predicate)})`;
    return sql`(SELECT count(*) ${among(predicate)}) ${sqlOperator(operator)} ${bind(count)}`;
  };
  return nullable ? sql`(CASE WHEN ${column} IS NOT NULL THEN ${test()} END)` : sql`(${test()})`;
}

/** Which elements are meant: what is joined to the rows, and the condition. */
export interface ElementsSql {
  readonly rows: SqlFragment;
  readonly condition: SqlFragment;
}
