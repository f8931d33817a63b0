import type { AggregateOperator } from "../../contract/aggregate-name.js";
import type { BucketLevel } from "../../contract/column.js";
import type { SortKey } from "../chain/sort.js";
import type { GroupKey } from "../group-key.js";

/** Facets of a search, their names resolved: level by level, the outermost first. */
export type SearchAggregation = readonly AggregationLevel[];

export interface AggregationLevel {
  readonly keys: readonly GroupKey[];
  readonly metrics: readonly Metric[];
  readonly order: readonly BucketSort[];
  /** Buckets that are shown. */
  readonly size: number;
  /** Buckets that are looked for. */
  readonly searchSize: number;
  /** Undefined: no hits are shown. */
  readonly topHits: { readonly size: number; readonly sort: readonly SortKey[] } | undefined;
  readonly shown: BucketLevel;
}

/** What is computed over the hits of a bucket. */
export interface Metric {
  readonly operator: AggregateOperator;
  /** Undefined: the hits themselves are counted. */
  readonly of: GroupKey | "score" | undefined;
  /** Sums of integers are exact. */
  readonly integers: boolean;
}

/** What buckets are sorted by: how many hits they have, their keys, or the metric of that number. */
export interface BucketSort {
  readonly by: "count" | "key" | number;
  readonly descending: boolean;
}

/** Groups that are looked for, and hits of each: what a grouping search must find. */
export function breadthOf(levels: SearchAggregation): { readonly groups: number; readonly size: number } {
  return {
    groups: levels.reduce((product, { searchSize }) => product * searchSize, 1),
    size: Math.max(1, ...levels.map(({ topHits }) => topHits?.size ?? 1)),
  };
}
