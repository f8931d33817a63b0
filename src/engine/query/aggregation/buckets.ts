import { failure } from "../../../errors.js";
import { compactInteger, isInt64 } from "../../../values/int64.js";
import type { Bucket, StoredValue } from "../../contract/column.js";
import { type Column, type HitColumns, SCORE_COLUMN } from "../chain/hit-columns.js";
import { sortedPositions } from "../chain/sort.js";
import { type GroupValues, groupIdentity } from "../group-key.js";
import { compareKeys } from "../ranked-hits.js";
import { withinFloat64 } from "./partial-aggregates.js";
import type { AggregationLevel, BucketSort, Metric, SearchAggregation } from "./search-aggregation.js";

/**
 * The buckets of a query's hits. Hits are told by their positions.
 *
 * @throws InvalidParameter for a sum beyond int64, or beyond doubles
 */
export function bucketsOf(hits: HitColumns, levels: SearchAggregation): readonly Bucket[] {
  return levelBuckets(
    hits,
    levels.map((level) => readLevel(hits, level)),
    0,
    [...hits.rowIds.keys()],
  );
}

/** The hits that a bucket shows, and those inside of it. */
export function shownHits({ hits, subGroups }: Bucket): readonly number[] {
  return [...hits, ...subGroups.flatMap(shownHits)];
}

/** Buckets whose hits stand somewhere else. @param placeOf undefined: the hit has gone */
export function withHits(buckets: readonly Bucket[], placeOf: (hit: number) => number | undefined): readonly Bucket[] {
  return buckets.map((bucket) => ({
    ...bucket,
    hits: bucket.hits.map(placeOf).filter((place) => place !== undefined),
    subGroups: withHits(bucket.subGroups, placeOf),
  }));
}

/** A level, with what it reads of all hits. */
interface ReadLevel extends AggregationLevel {
  readonly keyOf: (hit: number) => GroupValues;
  readonly metricColumns: readonly (Column | undefined)[];
  /** The place of each hit, when all are sorted as the top hits of a bucket are. */
  readonly places: readonly number[];
}

function readLevel(hits: HitColumns, level: AggregationLevel): ReadLevel {
  const keys = level.keys.map((key) => hits.column(key));
  const metricColumns = level.metrics.map(({ of }) => {
    if (of === undefined) return undefined;
    return hits.column(of === "score" ? SCORE_COLUMN : of);
  });
  return {
    ...level,
    keyOf: (hit) => keys.map((column) => column[hit] ?? null),
    metricColumns,
    places: level.topHits === undefined ? [] : placesOf(sortedPositions(hits, level.topHits.sort)),
  };
}

function placesOf(sorted: readonly number[]): readonly number[] {
  const places = new Array<number>(sorted.length);
  for (const [place, hit] of sorted.entries()) places[hit] = place;
  return places;
}

/** @param members positions of the hits that are counted, best first */
function levelBuckets(
  hits: HitColumns,
  levels: readonly ReadLevel[],
  depth: number,
  members: readonly number[],
): readonly Bucket[] {
  const level = levels[depth];
  if (level === undefined) return [];
  const groups = new Map<StoredValue, Group>();
  for (const hit of members) {
    const key = level.keyOf(hit);
    const identity = groupIdentity(key);
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, { key, members: [hit] });
    else group.members.push(hit);
  }
  const metricOfGroup = (m: number, group: Group): StoredValue =>
    metricOf(level.metrics[m] as Metric, level.metricColumns[m], group.members);
  const counted = [...groups.values()].map((group) => ({
    ...group,
    sortedBy: level.order.map(({ by }) => sortedBy(by, group, metricOfGroup)),
  }));
  return counted
    .sort((a, b) => compareBuckets(level, a, b))
    .slice(0, level.size)
    .map((group) => ({
      key: group.key,
      count: group.members.length,
      metrics: level.metrics.map((_, m) => metricOfGroup(m, group)),
      hits: topHits(level, group.members),
      subGroups: levelBuckets(hits, levels, depth + 1, group.members),
    }));
}

interface Group {
  readonly key: GroupValues;
  readonly members: number[];
}

/** A group with the values that it is sorted by. */
interface Counted extends Group {
  readonly sortedBy: readonly (readonly StoredValue[])[];
}

function compareBuckets({ order }: AggregationLevel, a: Counted, b: Counted): number {
  for (const [at, { descending }] of order.entries()) {
    for (const [i, value] of a.sortedBy[at]?.entries() ?? []) {
      const compared = compareNullsFirst(value, b.sortedBy[at]?.[i] ?? null);
      if (compared !== 0) return descending ? -compared : compared;
    }
  }
  return 0;
}

function sortedBy(
  by: BucketSort["by"],
  group: Group,
  metricOfGroup: (m: number, group: Group) => StoredValue,
): readonly StoredValue[] {
  if (by === "key") return group.key;
  return by === "count" ? [group.members.length] : [metricOfGroup(by, group)];
}

function compareNullsFirst(a: StoredValue, b: StoredValue): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareKeys(a, b);
}

function topHits({ topHits: shown, places }: ReadLevel, members: readonly number[]): readonly number[] {
  if (shown === undefined) return [];
  return members.toSorted((a, b) => (places[a] as number) - (places[b] as number)).slice(0, shown.size);
}

/** @param column undefined: the hits are counted */
function metricOf({ operator, integers }: Metric, column: Column | undefined, members: readonly number[]): StoredValue {
  if (column === undefined) return members.length;
  const values = members.map((hit) => column[hit] ?? null).filter((value) => value !== null);
  if (operator === "count") return values.length;
  if (values.length === 0) return null;
  switch (operator) {
    case "min":
      return values.reduce((least, value) => (compareKeys(value, least) < 0 ? value : least));
    case "max":
      return values.reduce((most, value) => (compareKeys(value, most) > 0 ? value : most));
    case "sum":
      return integers ? exactSum(values) : withinFloat64(operator, sum(values));
    case "avg":
      return withinFloat64(operator, sum(values) / values.length);
  }
}

function sum(values: Column): number {
  return values.reduce<number>((total, value) => total + Number(value), 0);
}

function exactSum(values: Column): StoredValue {
  const total = values.reduce<bigint>((so, value) => so + BigInt(value as number | bigint), 0n);
  if (!isInt64(total)) throw failure("InvalidParameter", { text: "sum overflows int64" });
  return compactInteger(total);
}
