import { invalidParameter } from "../../../errors.js";
import type { FieldSchema } from "../../model/schema.js";
import type { SortDirection } from "../compare-values.js";
import type { AggregateOutput } from "./aggregates.js";

/** Of a query; more groups than that are refused, however few of them are shown. */
export const MOST_GROUPS = 100_000;

/** @throws InvalidParameter for more groups than a query may have */
export function refuseGroups(count: number): void {
  if (count <= MOST_GROUPS) return;
  throw invalidParameter(
    `GROUP BY produced too many groups (${count}). Add filters or increase common.groupBy.maxGroups (current: ${MOST_GROUPS})`,
  );
}

/** One thing that groups are sorted by: the group field of that number. */
interface GroupSort extends SortDirection {
  readonly at: number;
  readonly nullsFirst: boolean;
}

/** How groups are sorted: as asked for, then by what else they are grouped by. */
export function groupOrder({ groups, order }: AggregateOutput): readonly GroupSort[] {
  const placeOf = (name: string) => groups.findIndex((field: FieldSchema) => field.name === name);
  const asked = order.map(({ spec, descending, nullsFirst }) => ({ at: placeOf(spec), descending, nullsFirst }));
  const rest = [...groups.keys()].filter((at) => !asked.some((item) => item.at === at));
  return [...asked, ...rest.map((at) => ({ at, descending: false, nullsFirst: false }))];
}
