import { failure, isElanusError } from "../../../errors.js";
import { shortestFloat } from "../../../values/float32.js";
import { mapInSlices } from "../../../values/slices.js";
import type { EngineContext } from "../../context.js";
import type { SearchRequest } from "../../contract/entities.js";
import type { Reply } from "../../contract/reply.js";
import { fetchRows, type OutputColumns, type OutputRow } from "../../entities/read-rows.js";
import type { LoadedPartition } from "../../load/loaded-partition.js";
import { type Collection, indexOfField, type MetricType } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { type FieldSchema, fieldByName, primaryField } from "../../model/schema.js";
import { FIELD_TYPES } from "../../model/types/table.js";
import type { VectorQuery } from "../../query/filtered-search.js";
import { type Grouping, groupHits } from "../../query/group-hits.js";
import type { Hit } from "../../query/merge-hits.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { decodeSearchParams } from "./search-params.js";
import { decodeQueryVectors, searchedField } from "./search-vectors.js";
import {
  checkConsistencyLevel,
  compileFilter,
  int64Keys,
  namedPartitions,
  outputColumns,
  requireLoaded,
  sampleRows,
  selectionOf,
} from "./shared.js";

export type SearchRow = OutputRow & { readonly id: number | bigint | string; readonly distance: number };

/** Breadth of the graph walk when the caller names none. */
const DEFAULT_EF = 64;

/**
 * Finds the `limit` entities nearest to each query vector.
 *
 * @returns the hits of all queries, flat, best first per query, with `topks`; `distance` grows with similarity for IP
 * and COSINE, shrinks for L2 (squared). Ties are ordered by primary key.
 * @see the Milvus manual, "Basic Vector Search"
 */
export const searchEntities: Operation<"entities/search"> = {
  path: "entities/search",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    if (request.functionScore !== undefined && Object.keys(request.functionScore).length > 0) {
      throw failure("Unsupported", { what: "functionScore is not supported by the embedded engine" });
    }
    checkConsistencyLevel(request.consistencyLevel);
    const field = searchedField(collection, request.annsField);
    const vectors = decodeQueryVectors(field, request.data as readonly unknown[]);
    const { limit, offset } = window(request);
    const output = outputColumns(collection, request.outputFields ?? [], false);
    const index = indexOfField(collection, field.id);
    const params = index === undefined ? undefined : decodeSearchParams(request.searchParams, index);
    const grouping = decodeGrouping(collection, request, limit + offset, params?.radius);
    const filter = compileFilter(ctx, collection, request.filter, request.exprParams, "query");
    const named = namedPartitions(collection, request.partitionNames);
    const partitions = requireLoaded(ctx, collection, named, "failed to search");
    if (index === undefined || params === undefined) {
      throw failure("VectorIndexMissing", { fields: [field.name] });
    }
    const finish = (loaded: readonly LoadedPartition[]): Answer | Promise<Answer> => {
      const table = ctx.entities.table(collection);
      const restricted =
        filter?.condition !== undefined || selectionOf(ctx, collection, [], undefined).newerThan !== undefined;
      const selection = restricted ? selectionOf(ctx, collection, partitions, filter) : undefined;
      const sample = filter?.plan.sample;
      const query: VectorQuery = {
        collectionId: collection.id,
        fieldId: field.id,
        metric: index.metricType as MetricType,
        partitions: loaded,
        k: limit + offset,
        ef: params.ef ?? DEFAULT_EF,
        ...(params.radius === undefined ? {} : { radius: params.radius }),
        ...(params.rangeFilter === undefined ? {} : { rangeFilter: params.rangeFilter }),
        ...(selection === undefined
          ? {}
          : { selection, selectionKey: `${filter?.key ?? ""} ${selection.newerThan ?? ""}` }),
        ...(sample === undefined
          ? {}
          : {
              selection: {},
              volatile: sampleRows(table, selection ?? selectionOf(ctx, collection, partitions, filter), sample),
            }),
        dataVersion: ctx.entities.version(collection.id),
      };
      const one = (vector: Float32Array): SearchRow[] => {
        if (grouping !== undefined) {
          return present(ctx, collection, grouped(ctx, collection, query, grouping, vector), output);
        }
        return present(ctx, collection, ctx.search.run(table, query, vector).slice(offset), output);
      };
      const [only] = vectors;
      if (vectors.length === 1 && only !== undefined) return reply(collection, output, [one(only)]);
      const stillLoaded = () => {
        if (loaded.every((partition) => partition.ready)) return;
        throw failure("CollectionNotLoaded", { collection: collection.id, context: "failed to search" });
      };
      return mapInSlices(vectors, one, stillLoaded).then((rows) => reply(collection, output, rows));
    };
    const ready = ctx.loader.ready(
      collection,
      partitions.map((p) => p.id),
    );
    if (!(ready instanceof Promise)) return finish(ready);
    return ready.then(finish, (error: unknown) => {
      if (!isElanusError(error, "CollectionNotLoaded")) throw error;
      throw failure("CollectionNotLoaded", { collection: collection.id, context: "failed to search" });
    });
  },
};

type Answer = Reply<readonly SearchRow[]>;

function window(request: SearchRequest): { limit: number; offset: number } {
  const limit = request.limit ?? DEFAULT_LIMIT;
  const offset = request.offset ?? 0;
  const range = (what: string, value: number) => failure("SearchWindow", { what, value, limit: MAX_RESULT_WINDOW });
  if (limit < 1 || limit > MAX_RESULT_WINDOW) throw range("topk", limit);
  if (offset < 0 || offset > MAX_RESULT_WINDOW) throw range("offset", offset);
  if (limit + offset > MAX_RESULT_WINDOW) throw range("offset+topk", limit + offset);
  return { limit, offset };
}

interface GroupedSearch extends Grouping {
  readonly field: FieldSchema;
  /** Groups to leave out in front. */
  readonly skip: number;
}

function decodeGrouping(
  collection: Collection,
  request: SearchRequest,
  groups: number,
  radius: number | undefined,
): GroupedSearch | undefined {
  const name = request.groupingField;
  if (name === undefined || name === "") return undefined;
  const field = fieldByName(collection.schema, name);
  if (field === undefined) {
    throw failure("FieldNotFound", { field: name, context: "groupBy field not found in schema" });
  }
  const type = FIELD_TYPES[field.type];
  if (type.family !== "scalar" || !type.groups) {
    throw failure("InvalidParameter", { text: `group_by field data type ${field.type} is not supported` });
  }
  if (radius !== undefined) {
    throw failure("ParameterMismatch", {
      text: "Not allowed to do range-search when doing search-group-by",
      expected: "",
      actual: "",
    });
  }
  const size = request.groupSize ?? 1;
  if (size < 1 || size > MAX_RESULT_WINDOW) {
    throw failure("InvalidParameter", {
      text: `input group size:${size} should be in range [1, ${MAX_RESULT_WINDOW}]`,
    });
  }
  return { field, groups, size, strict: request.strictGroupSize === true, skip: Math.max(0, request.offset ?? 0) };
}

function grouped(
  ctx: EngineContext,
  collection: Collection,
  query: VectorQuery,
  grouping: GroupedSearch,
  vector: Float32Array,
): Hit[] {
  const table = ctx.entities.table(collection);
  const output: OutputColumns = { fields: [grouping.field], dynamicKeys: [], timeZone: undefined };
  const total = query.partitions.reduce((sum, p) => sum + (p.segments.get(query.fieldId)?.size ?? 0), 0);
  const valuesOf = (rowIds: readonly number[]): Map<number, unknown> => {
    const rows = fetchRows(table, rowIds, output);
    return new Map([...rows].map(([rowId, row]) => [rowId, row[grouping.field.name]]));
  };
  const search = (k: number) => ctx.search.run(table, { ...query, k: Math.max(1, k) }, vector);
  const hits = groupHits(grouping, search, valuesOf, total);
  if (grouping.skip === 0) return hits;
  const values = valuesOf(hits.map((h) => h.rowId));
  const order = [...new Set(hits.map((h) => values.get(h.rowId)))];
  const dropped = new Set(order.slice(0, grouping.skip));
  return hits.filter((h) => !dropped.has(values.get(h.rowId)));
}

/** Rows as the REST API shows them: the primary key always under `id`. */
function present(ctx: EngineContext, collection: Collection, hits: readonly Hit[], output: OutputColumns): SearchRow[] {
  const wantsRows = output.fields.length > 0 || output.dynamicKeys === "all" || output.dynamicKeys.length > 0;
  const rowIds = hits.map((hit) => hit.rowId);
  const fetched = wantsRows ? fetchRows(ctx.entities.table(collection), rowIds, output) : undefined;
  return hits.map((hit) => {
    const front = { id: hit.key, distance: shortestFloat(finite(hit.score)) };
    // Spread, not `Object.assign`: a key named `__proto__` stays a key.
    return fetched === undefined ? front : { ...front, ...fetched.get(hit.rowId), ...front };
  });
}

function reply(collection: Collection, output: OutputColumns, perQuery: readonly SearchRow[][]): Answer {
  const int64 = int64Keys(output.fields);
  if (primaryField(collection.schema).type === "Int64") int64.push("id");
  return { data: perQuery.flat(), cost: 0, topks: perQuery.map((rows) => rows.length), int64 };
}

const MAX_FLOAT = 3.4028234663852886e38;

/** Vectors near the end of the float32 range have scores beyond it, which JSON could not say. */
function finite(score: number): number {
  return Math.min(Math.max(score, -MAX_FLOAT), MAX_FLOAT);
}
