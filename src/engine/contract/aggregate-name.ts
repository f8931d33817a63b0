/** How aggregates are written among the output fields of a query: `count(*)`, `sum(price)`. */

export const AGGREGATE_OPERATORS = ["sum", "count", "avg", "min", "max"] as const;
export type AggregateOperator = (typeof AGGREGATE_OPERATORS)[number];

const HEAD = new RegExp(`^(${AGGREGATE_OPERATORS.join("|")})\\s*\\(`, "i");
const WHOLE = new RegExp(`${HEAD.source}\\s*([\\w*]*)\\s*\\)$`, "i");

/** Whether a name begins as an aggregate does, well-formed or not. */
export function beginsAsAggregate(name: string): boolean {
  return HEAD.test(name.trim());
}

/** What an aggregate computes of what: `*`, or the name of a field. Undefined for any other name. */
export function parseAggregate(
  name: string,
): { readonly operator: AggregateOperator; readonly target: string } | undefined {
  const [, operator, target] = WHOLE.exec(name.trim()) ?? [];
  if (operator === undefined || target === undefined) return undefined;
  return { operator: operator.toLowerCase() as AggregateOperator, target };
}
