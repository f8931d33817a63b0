import type { SearchAggregation } from "../../../engine/contract/aggregation.js";
import type {
  Aggregated,
  Bucket,
  BucketColumn,
  BucketLevel,
  SearchHits,
  StoredColumn,
  StoredValue,
} from "../../../engine/contract/column.js";
import { invalidParameter } from "../../../errors.js";
import type { Received, Sent } from "../messages/table.js";
import type { RequestParams } from "./request-params.js";

/**
 * The facets that a search asks for. What is wrong with it is told in the words of gRPC: a size of 0 is 1 here.
 *
 * @throws InvalidParameter
 */
export function aggregationOf(spec: Received<"SearchAggregationSpec">): SearchAggregation {
  const size = Number(spec.size);
  const searchSize = Number(spec.search_size);
  if (spec.fields.length === 0) throw invalidParameter("group_by level has no fields");
  if (size < 0) throw invalidParameter("search_aggregation size must be non-negative");
  if (searchSize < 0) throw invalidParameter("search_aggregation search_size must be non-negative");
  if (searchSize !== 0 && searchSize < Math.max(1, size)) {
    throw invalidParameter("search_aggregation search_size must be greater than or equal to size");
  }
  const { top_hits: topHits, sub_aggregation: inner } = spec;
  return {
    fields: spec.fields,
    size: Math.max(1, size),
    searchSize,
    metrics: Object.fromEntries(
      [...spec.metrics].map(([alias, { op, field_name }]) => [alias, { op, fieldName: field_name }]),
    ),
    order: spec.order.map(({ key, direction }) => ({ key, direction: direction || "desc" })),
    ...(topHits !== undefined && { topHits: topHitsOf(topHits) }),
    ...(inner !== undefined && { subAggregation: aggregationOf(inner) }),
  };
}

function topHitsOf({ size, sort }: Received<"TopHitsSpec">): NonNullable<SearchAggregation["topHits"]> {
  if (Number(size) < 0) throw invalidParameter("top_hits size must be non-negative");
  return {
    size: Math.max(1, Number(size)),
    sort: sort.map(({ field_name, direction, null_first }) => ({
      fieldName: field_name,
      direction,
      nullFirst: null_first,
    })),
  };
}

/** @throws InvalidParameter for what stands beside facets and has no place there */
export function refuseBesideAggregation(request: Received<"SearchRequest">, params: RequestParams): void {
  if (params.flag("iterator")) throw invalidParameter("search iterator is not supported with search_aggregation");
  if ((params.integer("offset") ?? 0) !== 0) throw invalidParameter("offset is not supported with search_aggregation");
  const others: Readonly<Record<string, boolean>> = {
    ids: request.ids !== undefined,
    group_by_field: params.text("group_by_field") !== undefined || params.text("group_by_fields") !== undefined,
    order_by_fields: params.text("order_by_fields") !== undefined,
    highlighter: request.highlighter !== undefined,
  };
  for (const [name, given] of Object.entries(others)) {
    if (given) throw invalidParameter(`${name} and search_aggregation cannot be used simultaneously`);
  }
}

/** The facets of all queries, one query after the other. */
export function writeAggregated(hits: SearchHits, { levels, buckets }: Aggregated): Sent<"SearchResultData"> {
  const bucket = (given: Bucket, depth: number): Sent<"AggBucket"> => {
    const { fields, metrics } = levels[depth] as BucketLevel;
    const values = metrics.map((column, i) => [column, given.metrics[i] ?? null] as const);
    return {
      key: fields.map((field, i) => ({ ...named(field), ...keyValue(field, given.key[i] ?? null) })),
      count: given.count,
      metrics: new Map(
        values
          .filter(([, value]) => value !== null)
          .map(([column, value]) => [column.name, metricValue(column, value)]),
      ),
      hits: given.hits.map((row) => writeHit(hits, row)),
      sub_groups: given.subGroups.map((inner) => bucket(inner, depth + 1)),
    };
  };
  return {
    num_queries: buckets.length,
    topks: buckets.map(() => 0),
    agg_buckets: buckets.flatMap((own) => own.map((given) => bucket(given, 0))),
    agg_topks: buckets.map((own) => own.length),
  };
}

function named({ name, fieldId }: BucketColumn): { readonly field_id: number; readonly field_name: string } {
  return { field_id: fieldId, field_name: name };
}

function keyValue({ type }: BucketColumn, value: StoredValue): Sent<"BucketKeyEntry"> {
  if (value === null) return {};
  if (type === "Bool") return { bool_val: value === 1 };
  return typeof value === "string" ? { string_val: value } : { int_val: value };
}

function metricValue({ type }: BucketColumn, value: StoredValue): Sent<"MetricValue"> {
  if (typeof value === "string") return { string_val: value };
  return type === "Float" || type === "Double" ? { double_val: Number(value) } : { int_val: value as number | bigint };
}

function writeHit({ ids, scores, fields }: SearchHits, row: number): Sent<"AggHit"> {
  const key = ids[row];
  return {
    ...(typeof key === "string" ? { str_pk: key } : { int_pk: key }),
    score: scores[row] ?? 0,
    fields: fields.columns.map((column) => ({ ...named(column), ...hitValue(column, fields.rowCount, row) })),
  };
}

/** JSON, which clients read as bytes, and vectors are bytes. */
function hitValue({ type, values, valid }: StoredColumn, rowCount: number, row: number): Sent<"AggHitField"> {
  if (values instanceof Uint8Array) {
    const width = values.length / Math.max(1, rowCount);
    return valid?.[row] === 0 ? {} : { bytes_val: values.subarray(row * width, (row + 1) * width) };
  }
  const value = values[row] ?? null;
  if (value === null) return {};
  if (value instanceof Uint8Array) return { bytes_val: value };
  if (typeof value === "string") return type === "JSON" ? { bytes_val: Buffer.from(value) } : { string_val: value };
  if (type === "Bool") return { bool_val: value === 1 };
  if (type === "Float") return { float_val: Number(value) };
  return type === "Double" ? { double_val: Number(value) } : { int_val: value };
}
