import type { SearchAggregation } from "../engine/contract/aggregation.js";
import type { Aggregated, Bucket, BucketColumn, BucketLevel, StoredValue } from "../engine/contract/column.js";
import { JsonDouble } from "../values/json-number.js";
import type { WireRow } from "./answer.js";
import type { JsonForms } from "./json-forms.js";
import { fieldColumn } from "./result-columns.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/** A bucket as REST v2 prints it. */
interface WireBucket {
  readonly key: readonly { readonly fieldName: string; readonly fieldId: number; readonly value: unknown }[];
  readonly count: unknown;
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly hits?: readonly WireRow[];
  readonly subGroups?: readonly WireBucket[];
}

/** The facets of an answer, and the hits that stand in them, which the buckets name by their positions. */
export function resultBuckets(
  queries: readonly { readonly buckets: readonly WireBucket[] }[],
  asked: SearchAggregation,
  schema: KnownSchema,
  forms: JsonForms,
): { readonly aggregated: Aggregated; readonly hits: readonly WireRow[] } {
  const hits: WireRow[] = [];
  const levels = levelsOf(
    asked,
    schema,
    queries.flatMap(({ buckets }) => buckets),
  );
  const read = (bucket: WireBucket, depth: number): Bucket => {
    const { fields, metrics } = levels[depth] as BucketLevel;
    const first = hits.length;
    hits.push(...(bucket.hits ?? []));
    const positions = Array.from({ length: hits.length - first }, (_, i) => first + i);
    return {
      key: fields.map((field, i) => storedIn(field, bucket.key[i]?.value, schema, forms)),
      count: Number(bucket.count),
      metrics: metrics.map((metric) => storedIn(metric, bucket.metrics?.[metric.name], schema, forms)),
      hits: positions,
      subGroups: (bucket.subGroups ?? []).map((inner) => read(inner, depth + 1)),
    };
  };
  const buckets = queries.map((query) => query.buckets.map((bucket) => read(bucket, 0)));
  return { aggregated: { levels, buckets }, hits };
}

/** What the buckets of each level show: asked for by name, and of the types of their fields. */
function levelsOf(asked: SearchAggregation, schema: KnownSchema, shown: readonly WireBucket[]): BucketLevel[] {
  const { fields = [], metrics = {}, subAggregation } = asked;
  const level: BucketLevel = {
    fields: fields.map((name, i): BucketColumn => {
      const fieldId = Number(shown[0]?.key[i]?.fieldId ?? 0);
      return { name, fieldId, type: schema.byName.get(name)?.type ?? "JSON" };
    }),
    metrics: Object.entries(metrics).map(([name, { op, fieldName }]): BucketColumn => {
      const values = shown.map((bucket) => bucket.metrics?.[name]);
      return { name, fieldId: 0, type: metricType(op, schema.byName.get(fieldName ?? ""), values) };
    }),
  };
  if (subAggregation === undefined) return [level];
  return [
    level,
    ...levelsOf(
      subAggregation,
      schema,
      shown.flatMap(({ subGroups = [] }) => subGroups),
    ),
  ];
}

/** Extremes are of the type of their field; what else is computed is a number. */
function metricType(
  op: string | undefined,
  field: KnownField | undefined,
  values: readonly unknown[],
): BucketColumn["type"] {
  if ((op === "min" || op === "max") && field !== undefined) return field.type;
  const isDouble = values.some(
    (value) => value instanceof JsonDouble || (typeof value === "number" && !Number.isInteger(value)),
  );
  return isDouble ? "Double" : "Int64";
}

function storedIn({ name, type }: BucketColumn, value: unknown, schema: KnownSchema, forms: JsonForms): StoredValue {
  const field: KnownField = { name, type, id: 0, params: {}, primaryKey: false, nullable: true, computed: false };
  return (fieldColumn(field, [value], forms, schema.timeZone).values as readonly StoredValue[])[0] ?? null;
}
