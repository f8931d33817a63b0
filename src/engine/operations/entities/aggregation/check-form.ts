import { invalidParameter } from "../../../../errors.js";
import type { SearchAggregation } from "../../../contract/aggregation.js";

/**
 * What must be there in an aggregation, whatever the collection is made of.
 *
 * @param at where it stands, for messages
 * @throws InvalidParameter
 */
export function checkForm(aggregation: SearchAggregation, at = "searchAggregation"): void {
  const { fields = [], size = 0, searchSize = 0, metrics = {}, order = [], topHits, subAggregation } = aggregation;
  const need = (there: boolean, what: string, rule: string) => {
    if (!there) throw invalidParameter(`${at}.${what} must be ${rule}`);
  };
  const filled = (text: unknown, what: string) =>
    need(typeof text === "string" && text.trim() !== "", what, "non-empty");
  need(fields.length > 0, "fields", "non-empty");
  for (const field of fields) filled(field, "fields");
  need(size > 0, "size", "positive");
  need(searchSize >= 0, "searchSize", "non-negative");
  need(searchSize === 0 || searchSize >= size, "searchSize", "greater than or equal to size");
  for (const [alias, metric] of Object.entries(metrics)) {
    filled(alias, "metrics.alias");
    filled(metric?.op, `metrics.${alias}.op`);
    filled(metric?.fieldName, `metrics.${alias}.fieldName`);
  }
  for (const { key, direction } of order) {
    filled(key, "order.key");
    filled(direction, "order.direction");
  }
  if (topHits !== undefined) need((topHits.size ?? 0) > 0, "topHits.size", "positive");
  for (const { fieldName } of topHits?.sort ?? []) filled(fieldName, "topHits.sort.fieldName");
  if (subAggregation !== undefined) checkForm(subAggregation, `${at}.subAggregation`);
}
