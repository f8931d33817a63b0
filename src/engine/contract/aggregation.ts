import type { RequestField, RequestShape } from "./row.js";

/** Facets of a search: one level of buckets, and what is in each of them. */
export interface SearchAggregation {
  /** A bucket per combination of their values: Bool, integers, VarChar, Timestamptz. */
  readonly fields?: readonly string[];
  /** Buckets that are shown. */
  readonly size?: number;
  /** Buckets that are looked for; default, and 0: `size`. */
  readonly searchSize?: number;
  /** By alias: what is computed over the hits of a bucket. */
  readonly metrics?: Readonly<Record<string, { readonly op?: string; readonly fieldName?: string }>>;
  /** Without it, buckets come in the order of their best hits. */
  readonly order?: readonly BucketOrder[];
  readonly topHits?: TopHits;
  /** Buckets inside of each bucket, up to four levels. */
  readonly subAggregation?: SearchAggregation;
}

export interface BucketOrder {
  /** `_count`, `_key` or the alias of a metric of the same level. */
  readonly key?: string;
  /** `asc` or `desc`. */
  readonly direction?: string;
  /** Of no effect: null is the smallest value. */
  readonly nullFirst?: boolean;
}

export interface TopHits {
  readonly size?: number;
  /** Without it, and between equal ones: best score first, then by primary key. */
  readonly sort?: readonly HitSort[];
}

export interface HitSort {
  /** A field, or `_score`. */
  readonly fieldName?: string;
  /** `desc` (default) or `asc`. */
  readonly direction?: string;
  /** Default: null comes last. */
  readonly nullFirst?: boolean;
}

const text: RequestField = { kind: "string" };
const count: RequestField = { kind: "int" };
const flag: RequestField = { kind: "bool" };

const bucketOrder: RequestShape<BucketOrder> = { key: text, direction: text, nullFirst: flag };
const hitSort: RequestShape<HitSort> = { fieldName: text, direction: text, nullFirst: flag };
const topHits: RequestShape<TopHits> = { size: count, sort: { kind: "array", shape: hitSort } };

export const searchAggregation: RequestShape<SearchAggregation> = {
  fields: { kind: "strings" },
  size: count,
  searchSize: count,
  metrics: { kind: "object", values: { op: text, fieldName: text } },
  order: { kind: "array", shape: bucketOrder },
  topHits: { kind: "object", shape: topHits },
  get subAggregation(): RequestField {
    return { kind: "object", shape: searchAggregation };
  },
};
