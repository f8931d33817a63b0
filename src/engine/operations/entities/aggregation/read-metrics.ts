import { invalidParameter } from "../../../../errors.js";
import { AGGREGATE_OPERATORS, type AggregateOperator } from "../../../contract/aggregate-name.js";
import type { SearchAggregation } from "../../../contract/aggregation.js";
import type { BucketColumn } from "../../../contract/column.js";
import type { DataType } from "../../../model/data-type.js";
import type { CollectionSchema } from "../../../model/schema.js";
import { aggregateType, checkAggregated } from "../../../query/aggregation/aggregates.js";
import type { Metric } from "../../../query/aggregation/search-aggregation.js";
import { fieldKey } from "../../../query/group-key.js";
import { aggregatedField } from "./aggregated-field.js";

/** A metric, and what its values look like. */
export interface ReadMetric {
  readonly metric: Metric;
  readonly shown: BucketColumn;
}

/** Of one level; each is computed of all hits in its buckets. */
const MOST_METRICS = 256;

/**
 * The metrics of a level, in the order of their aliases.
 *
 * @throws InvalidParameter
 */
export function readMetrics(
  schema: CollectionSchema,
  metrics: NonNullable<SearchAggregation["metrics"]>,
): readonly ReadMetric[] {
  const asked = Object.entries(metrics);
  if (asked.length > MOST_METRICS)
    throw invalidParameter(`a level of search_aggregation has more than ${MOST_METRICS} metrics`);
  return asked
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([alias, { op = "", fieldName = "" }]) => {
      const operator = op.trim().toLowerCase() as AggregateOperator;
      if (!AGGREGATE_OPERATORS.includes(operator))
        throw invalidParameter(`unsupported metric op ${JSON.stringify(op)}`);
      const { of, type } = readTarget(schema, operator, fieldName.trim());
      const shownType = aggregateType(operator, type);
      return {
        metric: { operator, of, integers: shownType === "Int64" },
        shown: { name: alias, type: shownType, fieldId: 0 },
      };
    });
}

function readTarget(
  schema: CollectionSchema,
  operator: AggregateOperator,
  name: string,
): { readonly of: Metric["of"]; readonly type: DataType } {
  if (name === "*") {
    if (operator !== "count") throw invalidParameter("field_name '*' only supports count op");
    return { of: undefined, type: "Int64" };
  }
  if (name === "_score") return { of: "score", type: "Float" };
  const field = aggregatedField(schema, name, "metric field");
  checkAggregated(operator, field.type);
  return { of: fieldKey(field), type: field.type };
}
