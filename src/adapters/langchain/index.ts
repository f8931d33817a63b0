/** `elanus/langchain`: a vector store of LangChain on an open database. */
import { Document, type DocumentInterface } from "@langchain/core/documents";
import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import { maximalMarginalRelevance } from "@langchain/core/utils/math";
import { type MaxMarginalRelevanceSearchOptions, VectorStore } from "@langchain/core/vectorstores";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { Row, SearchRow } from "../../entity-iterators.js";
import { invalidParameter } from "../../errors.js";
import { inBatches } from "../kit/batches.js";
import { type Database, described, primaryField, requireCollection, STRONG, whenLoaded } from "../kit/collection.js";
import { fieldsOf } from "../kit/collection-fields.js";
import { type Filter, translate } from "../kit/filter.js";
import type { ElanusVectorStoreOptions, IndexCreateOptions } from "./options.js";
import { documentOf, type Layout, layoutOf, rowOf } from "./rows.js";
import { collectionFor, PRIMARY_FIELD, TEXT_FIELD, VECTOR_FIELD } from "./schema.js";

export type { ElanusVectorStoreOptions, Filter, IndexCreateOptions };

/**
 * LangChain's vector store: documents in a collection of Elanus, with the fields of the Milvus connector of LangChain, so that either goes
 * on with the collection of the other. Scores are those of the metric: L2 unless the collection says otherwise, where less is nearer.
 */
export class ElanusVectorStore extends VectorStore {
  /** Text in the filter language of Milvus, or an object: `{ year: { $gt: 1900 } }`. */
  declare FilterType: string | Filter;
  readonly #options: ElanusVectorStoreOptions;
  #creating: Promise<unknown> | undefined;

  constructor(embeddings: EmbeddingsInterface, options: ElanusVectorStoreOptions) {
    super(embeddings, options);
    requireCollection("ElanusVectorStore", options);
    this.#options = options;
  }

  override _vectorstoreType(): string {
    return "elanus";
  }

  /** @returns the ids of the documents, in their order */
  override async addDocuments(documents: DocumentInterface[], options?: { ids?: string[] }): Promise<string[]> {
    const vectors = await this.embeddings.embedDocuments(documents.map(({ pageContent }) => pageContent));
    return this.addVectors(vectors, documents, options);
  }

  /**
   * Adds documents with their vectors; those with an id that is there replace it.
   *
   * @returns the ids of the documents, in their order
   * @throws InvalidParameter where vectors, documents and ids are not equally many, where a vector is none, where the collection makes the ids itself, or metadata
   * has no place in it; what `entities.insert` throws
   */
  override async addVectors(
    vectors: number[][],
    added: DocumentInterface[],
    options?: { ids?: string[] },
  ): Promise<string[]> {
    const given = options?.ids;
    if (vectors.length !== added.length || (given !== undefined && given.length !== added.length)) {
      const ids = given === undefined ? "" : ` and ${given.length} ids`;
      throw invalidParameter(`${added.length} documents came with ${vectors.length} vectors${ids}`);
    }
    if (added.length === 0) return [];
    const documents = added.map(({ pageContent, metadata, id }) => ({
      pageContent,
      metadata: metadata ?? {},
      ...(id !== undefined && { id }),
    }));
    const { db, collectionName, partitionName } = this.#options;
    const layout = await this.#ready(vectors, documents, given !== undefined);
    if (given !== undefined && layout.autoId) {
      throw invalidParameter(`${collectionName} makes its ids itself: it takes no ids`);
    }
    const ids = given ?? (layout.autoId ? undefined : documents.map(({ id }) => id));
    const rows = documents.map((document, at) => rowOf(layout, vectors[at] as number[], document, ids?.[at]));
    const keys: string[] = [];
    for (const data of inBatches(rows, vectors[0]?.length ?? 0, (row) => ({ ...row, [layout.vector]: 0 }))) {
      const request = { collectionName, data, ...(partitionName !== undefined && { partitionName }) };
      const written = layout.autoId
        ? (await db.entities.insert(request)).insertIds
        : (await db.entities.upsert(request)).upsertIds;
      keys.push(...written.map(String));
    }
    return keys;
  }

  override async similaritySearchVectorWithScore(
    query: number[],
    k: number,
    filter?: this["FilterType"],
  ): Promise<[Document, number][]> {
    return (await this.#search(query, k, filter)).map(({ document, score }) => [document, score]);
  }

  /** Documents that are near to the query and different from each other. */
  override async maxMarginalRelevanceSearch(
    query: string,
    { k, fetchK = 20, lambda = 0.5, filter }: MaxMarginalRelevanceSearchOptions<this["FilterType"]>,
  ): Promise<Document[]> {
    const vector = await this.embeddings.embedQuery(query);
    const hits = await this.#search(vector, Math.max(k, fetchK), filter, true);
    const chosen = maximalMarginalRelevance(
      vector,
      hits.map((hit) => [...(hit.vector as ArrayLike<number> & Iterable<number>)]),
      lambda,
      k,
    );
    return chosen.map((at) => hits[at]!.document);
  }

  /**
   * Deletes the documents with some ids, or those that a filter lets through.
   *
   * @throws InvalidParameter unless exactly one of both is given, CollectionNotFound
   */
  override async delete(params: { ids?: string[]; filter?: string | Filter } = {}): Promise<void> {
    const { ids, filter } = params;
    if ((ids === undefined) === (filter === undefined)) throw invalidParameter("delete takes ids or a filter");
    if (ids?.length === 0) return;
    const { db, collectionName, partitionName } = this.#options;
    const description = await db.collections.describe({ collectionName });
    const what = ids === undefined ? { filter: filterText(filter, description) } : { id: ids };
    if (what.filter === "") throw invalidParameter("delete takes a filter that says something");
    const request = { collectionName, ...what, ...(partitionName !== undefined && { partitionName }) };
    await whenLoaded(db, collectionName, () => db.entities.delete(request));
  }

  static override async fromTexts(
    texts: string[],
    metadatas: object[] | object,
    embeddings: EmbeddingsInterface,
    options: ElanusVectorStoreOptions,
  ): Promise<ElanusVectorStore> {
    const metadataOf = (at: number): object => (Array.isArray(metadatas) ? metadatas[at] : metadatas) ?? {};
    const documents = texts.map((pageContent, at) => new Document({ pageContent, metadata: metadataOf(at) }));
    return ElanusVectorStore.fromDocuments(documents, embeddings, options);
  }

  static override async fromDocuments(
    documents: DocumentInterface[],
    embeddings: EmbeddingsInterface,
    options: ElanusVectorStoreOptions,
  ): Promise<ElanusVectorStore> {
    const store = new ElanusVectorStore(embeddings, options);
    await store.addDocuments(documents);
    return store;
  }

  /** @throws CollectionNotFound, InvalidParameter where it is none for documents */
  static async fromExistingCollection(
    embeddings: EmbeddingsInterface,
    options: ElanusVectorStoreOptions,
  ): Promise<ElanusVectorStore> {
    const store = new ElanusVectorStore(embeddings, options);
    layoutOf(await options.db.collections.describe({ collectionName: options.collectionName }), options);
    return store;
  }

  async #search(
    query: number[],
    limit: number,
    filter: this["FilterType"] | undefined,
    withVector = false,
  ): Promise<{ document: Document; score: number; vector: unknown }[]> {
    const { db, collectionName, partitionName, indexCreateOptions } = this.#options;
    const description = await db.collections.describe({ collectionName });
    const layout = layoutOf(description, this.#options);
    const outputFields = [...layout.outputFields, ...(withVector ? [layout.vector] : [])];
    const params = indexCreateOptions?.search_params;
    const place = {
      collectionName,
      ...STRONG,
      ...(partitionName !== undefined && { partitionNames: [partitionName] }),
    };
    const request = {
      ...place,
      data: [query],
      annsField: layout.vector,
      limit,
      filter: filterText(filter, description),
      outputFields: layout.hidden ? [] : outputFields,
      ...(params !== undefined && { searchParams: { params } }),
    };
    const hits = await whenLoaded(db, collectionName, () => db.entities.search(request));
    const rowOf = layout.hidden ? await rowsBehind(db, hits, layout, { ...place, outputFields }) : fieldsOfHit;
    return hits.flatMap((hit) => {
      const row = rowOf(hit, layout);
      // It may have gone between the search and the look at it.
      if (row === undefined) return [];
      return [{ document: new Document(documentOf(layout, row)), score: hit.distance, vector: row[layout.vector] }];
    });
  }

  /** How documents lie in the collection, which is created when it is missing. */
  async #ready(vectors: number[][], documents: DocumentInterface[], withIds: boolean): Promise<Layout> {
    const { db, collectionName, partitionName } = this.#options;
    let description = await described(db, collectionName);
    if (description === undefined) {
      checkVectors(vectors);
      // Documents that come at the same time wait for the collection that the first ones make.
      this.#creating ??= this.#create(vectors, documents, withIds).finally(() => {
        this.#creating = undefined;
      });
      await this.#creating;
      description = await db.collections.describe({ collectionName });
    }
    if (partitionName !== undefined && !(await db.partitions.has({ collectionName, partitionName })).has) {
      await db.partitions.create({ collectionName, partitionName });
    }
    return layoutOf(description, this.#options);
  }

  async #create(vectors: number[][], documents: DocumentInterface[], withIds: boolean): Promise<void> {
    const { db, collectionName, primaryField, vectorField, textField } = this.#options;
    const own = {
      primary: primaryField ?? PRIMARY_FIELD,
      vector: vectorField ?? VECTOR_FIELD,
      text: textField ?? TEXT_FIELD,
    };
    try {
      await db.collections.create(collectionFor(own, vectors, documents, withIds, this.#options));
    } catch (error) {
      // Another store may have been faster.
      if ((await described(db, collectionName)) === undefined) throw error;
    }
  }
}

/** Of the first documents: what they have wrong would be the shape of the collection. */
function checkVectors(vectors: readonly (readonly number[])[]): void {
  const dimension = vectors[0]?.length ?? 0;
  const bad = vectors.findIndex((vector) => vector?.length !== dimension || !Array.from(vector).every(Number.isFinite));
  if (bad >= 0) throw invalidParameter(`vector ${bad} of the documents is no list of ${dimension} finite numbers`);
}

function filterText(filter: string | Filter | undefined, description: CollectionDescription): string {
  if (typeof filter === "string") return filter;
  return translate(filter, fieldsOf(description), `${primaryField(description).name} in []`);
}

type RowOf = (hit: SearchRow, layout: Layout) => Row | undefined;

const fieldsOfHit: RowOf = ({ id, distance: _distance, ...fields }, { primary }) => ({ ...fields, [primary]: id });

/** Where fields are called as what a hit has of its own, the rows are read by themselves. */
async function rowsBehind(
  { entities }: Database,
  hits: readonly SearchRow[],
  { primary }: Layout,
  request: Omit<Parameters<Database["entities"]["get"]>[0], "id">,
): Promise<RowOf> {
  const found = hits.length === 0 ? [] : await entities.get({ ...request, id: hits.map(({ id }) => id) });
  const rows = new Map(found.map((row) => [row[primary], row]));
  return ({ id }) => rows.get(id);
}
