import type { LoadStateResult } from "../../../engine/contract/collections.js";
import type { SearchHits } from "../../../engine/contract/column.js";
import type { RemarkFacts } from "../../../engine/contract/facts.js";
import type { Reply } from "../../../engine/contract/reply.js";
import { contract, type OperationPath } from "../../../engine/contract/table.js";

/**
 * What some endpoints put beside `data`: the cost of a call, which is none here; an empty message of those that could say
 * something about parts of the answer; the number of hits (buckets) of each query vector; what has been said of a user or a
 * role.
 */
export function besideData(
  path: OperationPath,
  { data: result, facts }: Reply<unknown, unknown>,
): Readonly<Record<string, unknown>> {
  switch (path) {
    case "collections/describe":
      return { message: "" };
    case "collections/get_load_state":
      return (result as LoadStateResult).loadProgress === undefined ? {} : { message: "" };
    case "resource_groups/describe":
      // Servers have it here and nowhere else.
      return { resource_group: result };
    case "users/describe":
    case "roles/describe":
      return { description: (facts as readonly RemarkFacts[] | undefined)?.[0]?.description ?? "" };
    case "entities/delete":
      return {};
  }
  if (!path.startsWith("entities/")) return {};
  if (contract[path].result !== "hits") return { cost: 0 };
  const { topks, aggregated } = result as SearchHits;
  if (aggregated !== undefined) return { cost: 0, aggTopks: aggregated.buckets.map((buckets) => buckets.length) };
  return topks.some((hits) => hits > 0) ? { cost: 0, topks } : { cost: 0 };
}
