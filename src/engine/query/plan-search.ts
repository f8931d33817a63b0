import { failure, isElanusError } from "../../errors.js";
import type { SelectedElements } from "../entities/read-elements.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import type { Collection, IndexDescription, MetricType } from "../model/collection.js";
import type { FieldSchema } from "../model/schema.js";
import { structOf } from "../model/structs.js";
import { comparesLists } from "../model/types/metrics.js";
import { vectorType } from "../model/types/table.js";
import type { SearchAggregation } from "./aggregation/search-aggregation.js";
import type { Chain } from "./chain/chain.js";
import type { SortKey } from "./chain/sort.js";
import type { QueryContext } from "./query-context.js";
import { namedPartitions, requireLoaded } from "./read-partitions.js";
import { type Boosting, boosting } from "./rerank/boost.js";
import type { SearchNotes } from "./search-notes.js";
import type { Grouping, QueryVector, SearchPlan, Stages } from "./search-plan.js";
import { compileFilter, longFilter, selectionOf, testOf } from "./selection.js";
import { weighTexts, withoutWeakest } from "./text-search.js";

/** Breadth of the graph walk when the caller names none. */
const DEFAULT_EF = 64;

/** How a search looks for hits. */
export interface SearchTuning {
  /** Breadth of the graph walk. */
  readonly ef: number | undefined;
  readonly radius: number | undefined;
  readonly rangeFilter: number | undefined;
  /** Share of a sparse query's entries that are left out, the weakest first; of no effect on dense vectors. */
  readonly dropRatio: number;
}

/** What one vector search asks for, its values decoded. */
export interface VectorSearch {
  readonly field: FieldSchema;
  /** Undefined: the field has no index, so nothing of it is in memory, which is told after everything that the request itself does wrong. */
  readonly index: IndexDescription | undefined;
  readonly vectors: readonly QueryVector[];
  /** Hits (of a grouping search: groups) per query vector. */
  readonly limit: number;
  /** Hits (groups) left out in front. */
  readonly offset: number;
  readonly tuning: SearchTuning;
  readonly grouping: Grouping | undefined;
  readonly aggregation: SearchAggregation | undefined;
  readonly boosting: Boosting | undefined;
  /** What the best hits are sorted by; undefined: by score. Never beside `boosting` or chains. */
  readonly order: readonly SortKey[] | undefined;
  readonly chains: RerankChains | undefined;
  readonly filter: string | undefined;
  readonly filterValues: Readonly<Record<string, unknown>> | undefined;
  /** Of points in time in the filter that name none; undefined: that of the collection. */
  readonly timeZone: string | undefined;
  readonly partitionNames: readonly string[] | undefined;
  /** When rows must live that expire; undefined: now. */
  readonly asOf: number | undefined;
  /** Written while it runs; absent: nobody wants to know. */
  readonly notes?: SearchNotes | undefined;
}

/** The function chains of a search: before the merge of partitions, and after it. */
export interface RerankChains {
  readonly l0: Chain;
  readonly l2: Chain;
}

const CONTEXT = "failed to search";

/**
 * Plans a vector search. What is wrong is told in the server's order: filter, partition names, load state, index.
 *
 * @returns a promise where partitions of a reopened database must be read first
 * @throws InvalidExpression, PartitionNameNotFound, CollectionNotLoaded, PartitionNotLoaded, FieldNotLoaded
 */
export function planSearch(
  ctx: QueryContext,
  collection: Collection,
  search: VectorSearch,
): SearchPlan | Promise<SearchPlan> {
  const filter = compileFilter(ctx, collection, search.filter, search.filterValues, search.timeZone);
  const named = namedPartitions(collection, search.partitionNames);
  const partitions = requireLoaded(ctx, collection, named, CONTEXT);
  const { field, index, tuning } = search;
  if (filter?.elements !== undefined) requireElements(filter.elements, search);
  if (index === undefined) throw failure("FieldNotLoaded", { field: field.name });

  // Words weigh what they weigh among all loaded rows.
  const byWords = index.metricType === "BM25";
  const read = byWords ? requireLoaded(ctx, collection, undefined, CONTEXT) : partitions;

  const plan = (ready: readonly LoadedPartition[]): SearchPlan => {
    const loaded = byWords ? ready.filter(({ id }) => partitions.some((p) => p.id === id)) : ready;
    const weighed = byWords ? weighTexts(search.vectors, ready, field.id, tuning.dropRatio) : undefined;
    const thinned = tuning.dropRatio !== 0 && vectorType(field.type).family === "sparse";
    const vectors =
      weighed?.vectors ??
      (thinned ? search.vectors.map((v) => v && withoutWeakest(v, tuning.dropRatio)) : search.vectors);
    const table = ctx.entities.table(collection);
    const whole = selectionOf(ctx, collection, partitions, filter, search.asOf);
    const sample = filter?.plan.sample;
    const restricted = filter?.plan.alwaysTrue === false || whole.living !== undefined || sample !== undefined;
    return {
      collection,
      table,
      fieldId: field.id,
      metric: index.metricType as MetricType,
      partitions: loaded,
      vectors,
      averageLength: weighed?.averageLength,
      k: search.limit + search.offset,
      offset: search.offset,
      ef: tuning.ef ?? DEFAULT_EF,
      radius: tuning.radius,
      rangeFilter: tuning.rangeFilter,
      grouping: search.grouping,
      aggregation: search.aggregation,
      stages: stagesOf(search, index.metricType as MetricType),
      selection: restricted ? whole : undefined,
      test: sample === undefined ? testOf(ctx, collection, filter, search.asOf) : undefined,
      elements: filter?.elements,
      selectionKey: restricted ? `${field.id} ${filter?.key ?? ""} ${whole.living?.params.join() ?? ""}` : "",
      sample,
      known: undefined,
      ahead: undefined,
      long: longFilter(ctx, table, whole, filter),
      notes: search.notes,
      dataVersion: () => ctx.entities.version(collection.id),
    };
  };

  const ready = ctx.loader.ready(
    collection,
    read.map((p) => p.id),
  );
  if (!(ready instanceof Promise)) return plan(ready);
  const { at } = ctx.deadline;
  return ready.then(
    (loaded) => ctx.deadline.during(at, () => plan(loaded)),
    (error: unknown) => {
      throw isElanusError(error, "CollectionNotLoaded") ? released(collection) : error;
    },
  );
}

const NO_STAGES: Stages = { parts: [], best: [], page: [] };

function stagesOf({ boosting: boosts, order, chains }: VectorSearch, metric: MetricType): Stages {
  if (boosts === undefined && order === undefined && chains === undefined) return NO_STAGES;
  const sorted: Chain = order === undefined ? [] : [{ kind: "sort", keys: order }];
  return {
    parts: chains?.l0 ?? [],
    best: boosts === undefined ? sorted : boosting(metric, boosts),
    page: chains?.l2 ?? [],
  };
}

/** @throws InvalidParameter: elements are chosen where they are what is found */
function requireElements({ struct }: SelectedElements, { field, index }: VectorSearch): void {
  if (structOf(field) === struct && !comparesLists(index?.metricType ?? "")) return;
  throw failure("InvalidParameter", {
    text: "element_filter is only supported for element-level search on vector sub-fields of the same struct array; use MATCH_ANY/MATCH_* for row-level vector search",
  });
}

/** @throws CollectionNotLoaded once a partition that the plan reads has been released */
export function checkStillLoaded(plan: SearchPlan): void {
  if (!plan.partitions.every((partition) => partition.ready)) throw released(plan.collection);
}

function released(collection: Collection): Error {
  return failure("CollectionNotLoaded", { collection: collection.id, context: CONTEXT });
}
