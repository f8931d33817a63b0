import { failure, isElanusError } from "../../../errors.js";
import { mapInSlices } from "../../../values/slices.js";
import type { EngineContext } from "../../context.js";
import type { RecordBatch, SearchHits } from "../../contract/column.js";
import type { SearchRequest } from "../../contract/entities.js";
import type { Reply } from "../../contract/reply.js";
import { ColumnReader, columnSchema } from "../../entities/read-columns.js";
import type { LoadedPartition } from "../../load/loaded-partition.js";
import { type Collection, indexOfField, type MetricType } from "../../model/collection.js";
import { DEFAULT_LIMIT, MAX_RESULT_WINDOW } from "../../model/limits.js";
import { type FieldSchema, fieldByName, primaryField } from "../../model/schema.js";
import { FIELD_TYPES } from "../../model/types/table.js";
import type { VectorQuery } from "../../query/filtered-search.js";
import { type Grouping, groupHits } from "../../query/group-hits.js";
import type { Hit, HitKey } from "../../query/merge-hits.js";
import { columnReader, isEmptyOutput, type Output, planOutput, recordBatch } from "../../query/output.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";
import { decodeSearchParams } from "./search-params.js";
import { decodeQueryVectors, searchedField } from "./search-vectors.js";
import {
  checkConsistencyLevel,
  compileFilter,
  namedPartitions,
  requireLoaded,
  sampleRows,
  selectionOf,
} from "./shared.js";

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
    const output = planOutput(collection, request.outputFields ?? [], false);
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
      const answer = new HitCollector(ctx, collection, output);
      const one = (vector: Float32Array): void => {
        if (grouping !== undefined) answer.add(grouped(ctx, collection, query, grouping, vector));
        else answer.add(ctx.search.run(table, query, vector).slice(offset));
      };
      const [only] = vectors;
      if (vectors.length === 1 && only !== undefined) {
        one(only);
        return { data: answer.hits(), cost: 0 };
      }
      const stillLoaded = () => {
        if (loaded.every((partition) => partition.ready)) return;
        throw failure("CollectionNotLoaded", { collection: collection.id, context: "failed to search" });
      };
      return mapInSlices(vectors, one, stillLoaded).then(() => ({ data: answer.hits(), cost: 0 }));
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

type Answer = Reply<SearchHits>;

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
  const total = query.partitions.reduce((sum, p) => sum + (p.segments.get(query.fieldId)?.size ?? 0), 0);
  const valuesOf = (rowIds: readonly number[]): Map<number, unknown> => {
    const reader = new ColumnReader(table, { fields: [grouping.field], dynamicKeys: undefined });
    reader.addByRowId(rowIds);
    const values = reader.columns()[0]?.values as readonly unknown[];
    return new Map(rowIds.map((rowId, i) => [rowId, values[i]]));
  };
  const search = (k: number) => ctx.search.run(table, { ...query, k: Math.max(1, k) }, vector);
  const hits = groupHits(grouping, search, valuesOf, total);
  if (grouping.skip === 0) return hits;
  const values = valuesOf(hits.map((h) => h.rowId));
  const order = [...new Set(hits.map((h) => values.get(h.rowId)))];
  const dropped = new Set(order.slice(0, grouping.skip));
  return hits.filter((h) => !dropped.has(values.get(h.rowId)));
}

/** Gathers the hits of all query vectors, and their output fields. */
class HitCollector {
  readonly #collection: Collection;
  readonly #output: Output;
  readonly #reader: ColumnReader | undefined;
  readonly #topks: number[] = [];
  readonly #ids: HitKey[] = [];
  readonly #scores: number[] = [];

  constructor(ctx: EngineContext, collection: Collection, output: Output) {
    this.#collection = collection;
    this.#output = output;
    this.#reader = isEmptyOutput(output) ? undefined : columnReader(ctx.entities.table(collection), output);
  }

  /** The hits of the next query vector, best first. */
  add(hits: readonly Hit[]): void {
    const gone = this.#reader?.addByRowId(hits.map((hit) => hit.rowId));
    for (let i = 0; i < hits.length; i++) {
      if (gone?.includes(i) === true) continue;
      const { key, score } = hits[i] as Hit;
      this.#ids.push(key);
      this.#scores.push(finite(score));
    }
    this.#topks.push(hits.length - (gone?.length ?? 0));
  }

  hits(): SearchHits {
    const fields: RecordBatch =
      this.#reader === undefined
        ? { rowCount: this.#ids.length, columns: [], outputFields: this.#output.names }
        : recordBatch(this.#reader, this.#output);
    return {
      topks: this.#topks,
      ids: this.#ids,
      scores: this.#scores,
      fields,
      primaryKey: columnSchema(primaryField(this.#collection.schema)),
    };
  }
}

const MAX_FLOAT = 3.4028234663852886e38;

/** Vectors near the end of the float32 range have scores beyond it, which JSON could not say. */
function finite(score: number): number {
  return Math.min(Math.max(score, -MAX_FLOAT), MAX_FLOAT);
}
