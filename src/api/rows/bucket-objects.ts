import type {
  Aggregated,
  Bucket,
  BucketColumn,
  BucketLevel,
  SearchHits,
  StoredValue,
} from "../../engine/contract/column.js";
import { type Row, rowObjects } from "./row-objects.js";
import { type Int64Form, plainReader } from "./show-value.js";

/** One bucket as REST and the typed calls show it. */
export interface ShownBucket {
  readonly key: readonly { readonly fieldName: string; readonly fieldId: number | string; readonly value: unknown }[];
  readonly count: number | string;
  /** By alias; those without anything to compute are left out. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** The best hits, where they were asked for. */
  readonly hits: readonly Row[];
  readonly subGroups: readonly ShownBucket[];
}

/** The facets of one query. */
export interface ShownAggregation {
  readonly buckets: readonly ShownBucket[];
}

/** The facets of a search, query by query. */
export function bucketObjects(hits: SearchHits, { levels, buckets }: Aggregated, int64: Int64Form): ShownAggregation[] {
  const hit = rowObjects(hits, int64);
  const options = { int64, timeZone: hits.fields.timeZone };
  const integer = (value: number) => (int64 === "text" ? String(value) : value);
  const value = (column: BucketColumn, stored: StoredValue): unknown =>
    plainReader({ ...column, primaryKey: false, values: [stored] }, options)(0);

  const shown = (bucket: Bucket, depth: number): ShownBucket => {
    const { fields, metrics } = levels[depth] as BucketLevel;
    const computed = metrics.map((column, i) => [column.name, bucket.metrics[i] ?? null, column] as const);
    return {
      key: fields.map((field, i) => ({
        fieldName: field.name,
        fieldId: integer(field.fieldId),
        value: value(field, bucket.key[i] ?? null),
      })),
      count: integer(bucket.count),
      metrics: Object.fromEntries(
        computed.filter(([, stored]) => stored !== null).map(([name, stored, column]) => [name, value(column, stored)]),
      ),
      hits: bucket.hits.map(hit),
      subGroups: bucket.subGroups.map((inner) => shown(inner, depth + 1)),
    };
  };
  return buckets.map((own) => ({ buckets: own.map((bucket) => shown(bucket, 0)) }));
}
