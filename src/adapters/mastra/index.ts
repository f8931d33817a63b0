/** `elanus/mastra`: a vector store of Mastra on an open database. */
import { randomUUID } from "node:crypto";
import {
  type CreateIndexParams,
  type DeleteVectorsParams,
  type IndexStats,
  MastraVector,
  type QueryResult,
  type QueryVectorParams,
  type UpdateVectorParams,
  type UpsertVectorParams,
} from "@mastra/core/vector";
import type { SearchRow } from "../../entity-iterators.js";
import { failure, invalidParameter } from "../../errors.js";
import { inBatches } from "../kit/batches.js";
import {
  type Database,
  described,
  dimensionOf,
  metricOf,
  requireDatabase,
  STRONG,
  vectorField,
  whenLoaded,
} from "../kit/collection.js";
import { type Filter, translate } from "../kit/filter.js";
import { list } from "../kit/literal.js";
import { jsonOperand } from "../kit/operand.js";
import { collectionFor, isIndex, METRICS, type MetricName, scoreOf } from "./schema.js";

export type { Filter };

export interface ElanusVectorOptions {
  /** The name of the store in Mastra; default `elanus`. */
  readonly id?: string;
  /** An open database, or the view of a user: `await Elanus.open("app.db")`. The store does not close it. */
  readonly db: Database;
}

const ROWS_OF_A_CALL = 1000;

/**
 * Mastra's vector store: an index is a collection with the fields `id`, `vector` and `metadata`. Scores are larger for what is nearer: the
 * cosine, the dot product, or 1 / (1 + distance).
 */
export class ElanusVector extends MastraVector<Filter> {
  readonly #db: Database;

  constructor(options: ElanusVectorOptions) {
    requireDatabase("ElanusVector", options);
    const { id = "elanus", db } = options;
    super({ id });
    this.#db = db;
  }

  /** Creates an index, or looks whether the one that is there has the same dimension. */
  override async createIndex({ indexName, dimension, metric = "cosine" }: CreateIndexParams): Promise<void> {
    if ((await described(this.#db, indexName)) !== undefined) {
      return this.validateExistingIndex(indexName, dimension, metric);
    }
    await this.#db.collections.create(collectionFor(indexName, dimension, metric));
  }

  /** The collections that have the fields of an index. */
  override async listIndexes(): Promise<string[]> {
    const names = await this.#db.collections.list();
    const descriptions = await Promise.all(names.map((name) => described(this.#db, name)));
    return names.filter((_, at) => descriptions[at] !== undefined && isIndex(descriptions[at]));
  }

  override async describeIndex({ indexName }: { indexName: string }): Promise<IndexStats> {
    const description = await this.#db.collections.describe({ collectionName: indexName });
    const field = vectorField(description, "vector");
    const [counted] = await this.#read(indexName, () =>
      this.#db.entities.query({ ...STRONG, collectionName: indexName, filter: "", outputFields: ["count(*)"] }),
    );
    const metric = this.#metric(metricOf(description, field.name));
    return { dimension: dimensionOf(field), count: Number(counted?.["count(*)"]), ...(metric && { metric }) };
  }

  /** @throws CollectionNotFound */
  override async deleteIndex({ indexName }: { indexName: string }): Promise<void> {
    await this.#db.collections.describe({ collectionName: indexName });
    await this.#db.collections.drop({ collectionName: indexName });
  }

  /**
   * Writes vectors; those with an id that is there replace it. What `deleteFilter` lets through goes once the new ones are there, so that
   * nothing is lost where the call is interrupted.
   *
   * @returns the ids, made where none are given
   */
  override async upsert(params: UpsertVectorParams): Promise<string[]> {
    const { indexName, vectors, metadata, ids = vectors.map(() => randomUUID()), deleteFilter } = params;
    refuseSparse(params.sparseVectors);
    for (const [what, list] of Object.entries({ ids, metadata })) {
      if (list !== undefined && list.length !== vectors.length) {
        throw invalidParameter(`${vectors.length} vectors came with ${list.length} ${what}`);
      }
    }
    const replaced =
      deleteFilter === undefined || deleteFilter === null ? undefined : deleteBy("deleteFilter", deleteFilter);
    const rows = vectors.map((vector, at) => ({ id: ids[at], vector, metadata: metadata?.[at] ?? {} }));
    for (const data of inBatches(rows, vectors[0]?.length ?? 0, ({ metadata: given }) => given)) {
      await this.#db.entities.upsert({ collectionName: indexName, data });
    }
    if (replaced !== undefined) {
      await this.#remove(indexName, ids.length === 0 ? replaced : `(${replaced}) and id not in ${list(ids)}`);
    }
    return ids;
  }

  /** The nearest vectors, or, without a vector, those that a filter lets through. */
  override async query(params: QueryVectorParams<Filter>): Promise<QueryResult[]> {
    const { indexName, queryVector, topK: limit = 10, filter, includeVector = false } = params;
    refuseSparse(params.sparseVector);
    const request = {
      ...STRONG,
      collectionName: indexName,
      filter: filterOf(filter),
      limit,
      outputFields: ["id", "metadata", ...(includeVector ? ["vector"] : [])],
    };
    if (queryVector === undefined) {
      if (filter === undefined || filter === null) throw invalidParameter("query takes a queryVector or a filter");
      const rows = await this.#read(indexName, () => this.#db.entities.query(request));
      return rows.map((row) => resultOf(row as SearchRow, 0));
    }
    const description = await this.#db.collections.describe({ collectionName: indexName });
    const metric = this.#metric(metricOf(description, "vector"));
    const hits = await this.#read(indexName, () =>
      this.#db.entities.search({ ...request, data: [queryVector], annsField: "vector" }),
    );
    return hits.map((hit) => resultOf(hit, scoreOf(metric, hit.distance)));
  }

  /** Replaces the vector, the metadata or both of the row with an id, or of all that a filter lets through. */
  override async updateVector({ indexName, id, filter, update }: UpdateVectorParams<Filter>): Promise<void> {
    if ((id === undefined) === (filter === undefined)) throw invalidParameter("updateVector takes an id or a filter");
    const { vector, metadata } = update;
    if (vector === undefined && metadata === undefined) {
      throw invalidParameter("updateVector takes a vector, metadata or both");
    }
    const change = { ...(vector !== undefined && { vector }), ...(metadata !== undefined && { metadata }) };
    const found =
      id === undefined ? await this.#idsOf(indexName, filter as Filter) : await this.#existing(indexName, id);
    for (let from = 0; from < found.length; from += ROWS_OF_A_CALL) {
      const data = found.slice(from, from + ROWS_OF_A_CALL).map((each) => ({ id: each, ...change }));
      await this.#db.entities.upsert({ collectionName: indexName, data, partialUpdate: true });
    }
  }

  override async deleteVector({ indexName, id }: { indexName: string; id: string }): Promise<void> {
    await this.deleteVectors({ indexName, ids: [id] });
  }

  override async deleteVectors({ indexName, ids, filter }: DeleteVectorsParams<Filter>): Promise<void> {
    if ((ids === undefined) === (filter === undefined)) throw invalidParameter("deleteVectors takes ids or a filter");
    if (ids !== undefined) {
      if (ids.length > 0)
        await this.#read(indexName, () => this.#db.entities.delete({ collectionName: indexName, id: ids }));
      return;
    }
    await this.#remove(indexName, deleteBy("deleteVectors", filter));
  }

  async #remove(collectionName: string, filter: string): Promise<void> {
    await this.#read(collectionName, () => this.#db.entities.delete({ collectionName, filter }));
  }

  async #idsOf(collectionName: string, filter: Filter): Promise<string[]> {
    const ids: string[] = [];
    const request = { collectionName, filter: filterOf(filter), outputFields: ["id"] };
    await this.#read(collectionName, async () => {
      ids.length = 0;
      for await (const rows of this.#db.entities.queryIterator(request)) ids.push(...rows.map(({ id }) => String(id)));
    });
    return ids;
  }

  async #existing(collectionName: string, id: string): Promise<string[]> {
    const rows = await this.#read(collectionName, () =>
      this.#db.entities.get({ ...STRONG, collectionName, id: [id], outputFields: ["id"] }),
    );
    if (rows.length === 0) throw invalidParameter(`${collectionName} has no vector with the id ${JSON.stringify(id)}`);
    return [id];
  }

  #read<T>(collectionName: string, call: () => Promise<T>): Promise<T> {
    return whenLoaded(this.#db, collectionName, call);
  }

  #metric(type: string | undefined): MetricName | undefined {
    return (Object.keys(METRICS) as MetricName[]).find((name) => METRICS[name] === type);
  }
}

function filterOf(filter: unknown): string {
  return translate(filter, (path) => jsonOperand("metadata", path), "id in []");
}

/** @throws InvalidParameter for a filter that would delete everything */
function deleteBy(what: string, filter: unknown): string {
  const text = filterOf(filter);
  if (text === "") throw invalidParameter(`${what} takes a filter that says something`);
  return text;
}

function resultOf(row: SearchRow, score: number): QueryResult {
  const { id, metadata, vector } = row;
  return {
    id: String(id),
    score,
    metadata: (metadata ?? {}) as object,
    ...(vector !== undefined && { vector: [...(vector as number[])] }),
  };
}

function refuseSparse(given: unknown): void {
  if (given !== undefined) throw failure("Unsupported", { what: "an index of Mastra has no sparse vectors here" });
}
