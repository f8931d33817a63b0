import type { StoredValue } from "../contract/column.js";
import type { StoredScalar } from "../model/types/field-type.js";
import { compareKeys } from "./ranked-hits.js";

/** Where a sort puts values. */
export interface SortDirection {
  readonly descending: boolean;
  /** Default: nulls last, whatever the direction. */
  readonly nullsFirst?: boolean;
}

/** Negative when `a` comes before `b`. @param compare two values that are there, ascending */
export function compareValues(
  { descending, nullsFirst = false }: SortDirection,
  a: StoredValue,
  b: StoredValue,
  compare: (a: StoredScalar, b: StoredScalar) => number = compareKeys,
): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1;
  const compared = compare(a, b);
  return descending ? -compared : compared;
}
