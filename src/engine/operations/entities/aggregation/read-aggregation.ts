import { failure, invalidParameter } from "../../../../errors.js";
import type { SearchAggregation as AggregationRequest, BucketOrder, HitSort } from "../../../contract/aggregation.js";
import type { SearchRequest } from "../../../contract/entities.js";
import type { Collection } from "../../../model/collection.js";
import type { CollectionSchema, FieldSchema } from "../../../model/schema.js";
import { mayBe } from "../../../model/types/table.js";
import {
  type AggregationLevel,
  type BucketSort,
  breadthOf,
  type SearchAggregation,
} from "../../../query/aggregation/search-aggregation.js";
import { SCORE_COLUMN } from "../../../query/chain/hit-columns.js";
import { BY_KEY, type SortKey } from "../../../query/chain/sort.js";
import { fieldKey } from "../../../query/group-key.js";
import { firstOfEach } from "../../../query/sort-items.js";
import { listParam } from "../search-params.js";
import { aggregatedField } from "./aggregated-field.js";
import { checkForm } from "./check-form.js";
import { type ReadMetric, readMetrics } from "./read-metrics.js";

const MOST_LEVELS = 4;
/** Hits that the buckets of all queries may hold. */
const MOST_ENTRIES = 10_000;

/**
 * `searchAggregation` of a search.
 *
 * @param queries how many query vectors there are
 * @param larger whether larger scores are better
 * @throws InvalidParameter
 */
export function readAggregation(
  { schema }: Collection,
  request: SearchRequest,
  queries: number,
  larger: boolean,
): SearchAggregation | undefined {
  const { searchAggregation } = request;
  if (searchAggregation === undefined) return undefined;
  refuseBeside(request);
  checkForm(searchAggregation);
  const requests = levelsOf(searchAggregation);
  if (requests.length > MOST_LEVELS)
    throw invalidParameter(`search_aggregation nesting exceeds max ${MOST_LEVELS} levels`);
  const used = new Set<FieldSchema>();
  const levels = requests.map((level) => readLevel(schema, level, used, larger));
  const { groups, size } = breadthOf(levels);
  if (queries * groups * size > MOST_ENTRIES)
    throw invalidParameter("number of search_aggregation result entries is too large");
  return levels;
}

function refuseBeside({ offset = 0, ids = [], groupSize = 0, ...request }: SearchRequest): void {
  if (offset !== 0) throw invalidParameter("offset is not supported with searchAggregation");
  const { searchParams } = request;
  const grouped =
    (request.groupingField ?? "") !== "" ||
    groupSize > 0 ||
    request.strictGroupSize === true ||
    listParam(searchParams, "group_by_fields").length > 0;
  const others: Readonly<Record<string, boolean>> = {
    ids: ids.length > 0,
    "groupingField/groupSize/strictGroupSize": grouped,
    orderByFields: [...(request.orderByFields ?? []), ...listParam(searchParams, "order_by_fields")].length > 0,
    highlighter: request.highlighter !== undefined,
  };
  for (const [name, given] of Object.entries(others)) {
    if (given) throw invalidParameter(`${name} and searchAggregation cannot be used simultaneously`);
  }
  if (request.functionScore !== undefined) {
    throw failure("Unsupported", {
      what: "functionScore with searchAggregation is not supported by the embedded engine",
    });
  }
}

/** The outermost first. */
function levelsOf(aggregation: AggregationRequest): readonly AggregationRequest[] {
  const levels: AggregationRequest[] = [];
  for (let at: AggregationRequest | undefined = aggregation; at !== undefined; at = at.subAggregation) levels.push(at);
  return levels;
}

/** @param used the fields of the levels around it; those of the level are added */
function readLevel(
  schema: CollectionSchema,
  { fields = [], size = 1, searchSize = 0, metrics = {}, order = [], topHits }: AggregationRequest,
  used: Set<FieldSchema>,
  larger: boolean,
): AggregationLevel {
  const own = readKeys(schema, fields, used);
  const read = readMetrics(schema, metrics);
  const keys = own.map(fieldKey);
  return {
    keys,
    metrics: read.map(({ metric }) => metric),
    order: firstOfEach(
      order.map((item) => readOrder(item, read)),
      ({ by }) => by,
    ),
    size,
    searchSize: searchSize === 0 ? size : searchSize,
    topHits: topHits && {
      size: topHits.size ?? 1,
      sort: [
        ...firstOfEach(topHits.sort ?? [], ({ fieldName }) => fieldName).map((item) => readSort(schema, item)),
        { by: SCORE_COLUMN, descending: larger, nullsFirst: false },
        BY_KEY,
      ],
    },
    shown: { fields: keys.map(({ head }) => head), metrics: read.map(({ shown }) => shown) },
  };
}

function readKeys(schema: CollectionSchema, names: readonly string[], used: Set<FieldSchema>): readonly FieldSchema[] {
  const own = new Set<FieldSchema>();
  for (const given of names) {
    const name = given.trim();
    const what = `group_by field ${JSON.stringify(name)}`;
    const field = aggregatedField(schema, name, "group_by field");
    if (field.type === "Float" || field.type === "Double") {
      throw invalidParameter(
        `${what}: FLOAT / DOUBLE fields are not supported with search_aggregation (BucketKeyEntry has no float variant; equality on floats is fragile)`,
      );
    }
    if (field.type !== "Bool" && !mayBe("group", field.type)) {
      throw invalidParameter(`group_by field data type ${field.type} is not supported`);
    }
    if (own.has(field)) throw invalidParameter(`duplicated ${what} in one level`);
    if (used.has(field)) throw invalidParameter(`duplicated ${what} across levels`);
    own.add(field);
  }
  for (const field of own) used.add(field);
  return [...own];
}

function readOrder({ key = "", direction }: BucketOrder, metrics: readonly ReadMetric[]): BucketSort {
  const descending = readDirection(direction);
  if (key === "_count" || key === "_key") return { by: key === "_key" ? "key" : "count", descending };
  const by = metrics.findIndex(({ shown }) => shown.name === key);
  if (by < 0) throw invalidParameter(`order key ${JSON.stringify(key)} is neither reserved key nor metric alias`);
  return { by, descending };
}

function readSort(schema: CollectionSchema, { fieldName = "", direction, nullFirst = false }: HitSort): SortKey {
  const descending = readDirection(direction);
  if (fieldName === "_score") return { by: SCORE_COLUMN, descending, nullsFirst: nullFirst };
  const field = aggregatedField(schema, fieldName, "top_hits.sort field");
  if (!mayBe("sort", field.type) && !mayBe("group", field.type)) {
    throw invalidParameter(`top_hits.sort field ${JSON.stringify(fieldName)} has unsupported data type ${field.type}`);
  }
  return { by: fieldKey(field), descending, nullsFirst: nullFirst };
}

function readDirection(given = ""): boolean {
  const direction = given.trim().toLowerCase();
  if (direction !== "" && direction !== "asc" && direction !== "desc")
    throw invalidParameter("direction must be asc or desc");
  return direction !== "asc";
}
