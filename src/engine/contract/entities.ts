import { type SearchAggregation, searchAggregation } from "./aggregation.js";
import type { InputColumns, QueryVectors, RecordBatch, SearchHits } from "./column.js";
import { type FunctionChain, functionChain } from "./function-chains.js";
import { BOOST_PARAMS, FUSION_PARAMS, HIGHLIGHTER_PARAMS, RANKER_PARAMS, SEARCH_PARAMS } from "./known-keys.js";
import { type CollectionRequest, collectionName, dbName } from "./request.js";
import type { ContractRow, ContractRows, RequestField, RequestShape } from "./row.js";

export interface WriteRequest extends CollectionRequest {
  readonly partitionName?: string;
  /** One entity or an array of them. Without it, `columns` must be there. */
  readonly data?: unknown;
  /** The same by column, for those who have them. */
  readonly columns?: InputColumns;
}

/** How an upsert changes one field of the rows that are there. */
export interface FieldChange {
  readonly fieldName?: string;
  /** `REPLACE`; of an Array also `ARRAY_APPEND`: the given elements come behind those there are, `ARRAY_REMOVE`: all equal ones go. */
  readonly op?: string;
}

export interface UpsertRequest extends WriteRequest {
  /** Only the given fields change; a new key must bring all required fields. */
  readonly partialUpdate?: boolean;
  /** Fields that are changed, not replaced: with one of them an upsert is partial. */
  readonly fieldOps?: readonly FieldChange[] | Readonly<Record<string, string>>;
}

export interface InsertResult {
  /** Rows given, overwritten ones included. */
  readonly insertCount: number;
  /** Primary keys in input order; Int64 as number where that is exact, else bigint. */
  readonly insertIds: readonly (number | bigint | string)[];
}

export interface UpsertResult {
  readonly upsertCount: number;
  readonly upsertIds: readonly (number | bigint | string)[];
}

export interface DeleteRequest extends CollectionRequest {
  readonly partitionName?: string;
  readonly filter?: string;
  /** A key or an array of keys; exclusive with `filter`. */
  readonly id?: unknown;
  readonly exprParams?: Readonly<Record<string, unknown>>;
}

export interface DeleteResult {
  /** Entities actually removed. */
  readonly deleteCount: number;
}

export interface GetRequest extends CollectionRequest {
  /** A key or an array of keys; the request key is `id` whatever the primary field is called. */
  readonly id: unknown;
  /** Default `["*"]`; `[]`: the primary key alone. */
  readonly outputFields?: readonly string[];
  readonly partitionNames?: readonly string[];
  readonly partitionName?: string;
  readonly consistencyLevel?: string;
}

export interface QueryRequest extends CollectionRequest {
  readonly filter?: string;
  /**
   * Default `["*"]`; `[]`: the primary key alone. `count(*)`, and `count`, `sum`, `avg`, `min`, `max` of a field, are computed
   * over all rows or over those of each group.
   */
  readonly outputFields?: readonly string[];
  /** One row per combination of these fields (integers, VarChar, Timestamptz); `limit` and `offset` count groups. */
  readonly groupByFields?: readonly string[];
  /**
   * `field[:asc|desc[:nulls_first|nulls_last]]`, the first one first; equal rows by primary key. Null is the largest value
   * unless said. Wants a limit. With groups: group fields alone.
   */
  readonly orderByFields?: readonly string[];
  /** Default 100; 0 and less: up to 16384, together with `offset`; `Infinity`: all, whatever `offset` says. */
  readonly limit?: number;
  readonly offset?: number;
  readonly partitionNames?: readonly string[];
  readonly exprParams?: Readonly<Record<string, unknown>>;
  readonly consistencyLevel?: string;
  /** Zone of the points in time that are shown, and of those in filters that name none; default: that of the collection. */
  readonly timezone?: string;
}

/** How hits are grouped. */
export interface GroupingRequest {
  /**
   * A field, a path into a JSON field (`meta["color"]`) or a dynamic key. Hits come group by group, groups by their best hit;
   * `limit` and `offset` count groups.
   */
  readonly groupingField?: string;
  /** 1..10 hits per group; default, and 0 and less: 1. */
  readonly groupSize?: number;
  /** Looks on until every group is full. */
  readonly strictGroupSize?: boolean;
}

/** `rerank` of a hybrid search. */
export interface RerankRequest {
  /** `rrf` (default) or `weighted`. */
  readonly strategy?: string;
  /** `k`, `weights`, `norm_score`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A function that ranks: `params.reranker` is `rrf`, `weighted`, `decay`, `boost` or `model`. */
export interface RerankFunction {
  readonly name?: string;
  readonly description?: string;
  /** `Rerank`. */
  readonly type?: string;
  readonly inputFieldNames?: readonly string[];
  readonly outputFieldNames?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FunctionScore {
  /** Boosts, and at most one of the others. */
  readonly functions?: readonly RerankFunction[];
  /** How boosts act: `boost_mode` and `function_mode`, each `multiply` (default) or `sum`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Marks words in the texts of the hits, which then carry `highlight: { <field>: [fragment, ...] }`. */
export interface HighlighterRequest {
  /** `Lexical` (0, default); `Semantic` is refused. */
  readonly type?: string | number;
  /**
   * `highlight_search_text`, `highlight_query` (a list of `{ type: "TextMatch", field, text }`), `pre_tags`, `post_tags`,
   * `fragment_offset`, `fragment_size`, `num_of_fragments`.
   */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** One of the searches of a hybrid search. */
export interface AnnSearch {
  /** Query vectors, or texts for a field that a function makes. Without them, `vectors` must be there. */
  readonly data?: readonly unknown[];
  /** The same as bytes. */
  readonly vectors?: QueryVectors;
  readonly annsField?: string;
  readonly filter?: string;
  /** 1..16384 candidates. */
  readonly limit?: number;
  /** Has no effect, as on a server. */
  readonly offset?: number;
  /** Has no effect: the index says it. */
  readonly metricType?: string;
  readonly ignoreGrowing?: boolean;
  readonly groupingField?: string;
  readonly outputFields?: readonly string[];
  /** As `searchParams` of a search. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly exprParams?: Readonly<Record<string, unknown>>;
}

export interface HybridSearchRequest extends CollectionRequest, GroupingRequest {
  readonly search: readonly AnnSearch[];
  readonly rerank?: RerankRequest;
  /** Takes the place of `rerank`. */
  readonly functionScore?: FunctionScore;
  /** 1..16384, default 100. */
  readonly limit?: number;
  readonly offset?: number;
  readonly outputFields?: readonly string[];
  readonly partitionNames?: readonly string[];
  readonly consistencyLevel?: string;
  /** 0..6 decimals of the scores; -1 (default): all. */
  readonly roundDecimal?: number;
  /** What stands for a group: `max` (default), `sum`, `avg`. */
  readonly rankGroupScorer?: string;
  /** Zone of the points in time that are shown, and of those in filters that name none; default: that of the collection. */
  readonly timezone?: string;
}

export interface SearchRequest extends CollectionRequest, GroupingRequest {
  /**
   * Query vectors, each of the field's dimension, or texts for a field that a function makes. Without them, `ids` or
   * `vectors` must be there.
   */
  readonly data?: readonly unknown[];
  /** Keys of rows: what they hold in the searched field is searched for, one query per key. The rows themselves may be hits. */
  readonly ids?: readonly (number | bigint | string)[];
  /** Query vectors as bytes. What is wrong with them, or with `annsField`, is then told in the words of gRPC. */
  readonly vectors?: QueryVectors;
  readonly annsField?: string;
  readonly filter?: string;
  /** 1..16384 hits per query vector, default 100; `offset + limit` is bounded by the same number. */
  readonly limit?: number;
  readonly offset?: number;
  /** Default: none; rows carry `id` and `distance`. */
  readonly outputFields?: readonly string[];
  /** `ef`, `radius`, `range_filter`, `round_decimal`, `metric_type`; also below `params`. */
  readonly searchParams?: Readonly<Record<string, unknown>>;
  readonly partitionNames?: readonly string[];
  readonly consistencyLevel?: string;
  readonly exprParams?: Readonly<Record<string, unknown>>;
  /** Gives the page of hits another order: largest score first. */
  readonly functionScore?: FunctionScore;
  /** Rewrite the scores of the hits, sort them and cut them; at most one of each stage, and none beside `functionScore`. */
  readonly functionChains?: readonly FunctionChain[];
  /**
   * Sorts the page of hits that was found, which brings in no other hits: `field[:asc|desc[:nulls_first|nulls_last]]`, where the
   * field may be a path into a JSON field (`meta["a"]`) or a dynamic key. Groups are sorted by their first hit.
   */
  readonly orderByFields?: readonly string[];
  readonly highlighter?: HighlighterRequest;
  /** Facets of the best hits in place of the hits; `limit` is then of no effect. */
  readonly searchAggregation?: SearchAggregation;
  /** Zone of the points in time that are shown, and of those in filters that name none; default: that of the collection. */
  readonly timezone?: string;
}

export interface EntityOperations {
  /**
   * Inserts a batch of entities, all or none. A primary key that exists is overwritten.
   *
   * Differs from Milvus: there both copies stay until compaction.
   */
  "entities/insert"(request: WriteRequest): InsertResult;
  /** Replaces entities by primary key, or inserts them; all or none. */
  "entities/upsert"(request: UpsertRequest): UpsertResult;
  /**
   * Deletes entities by filter or by id. Pure key filters and ids work on a released collection too.
   *
   * @throws MissingParameters without filter and id: an empty filter never deletes everything
   */
  "entities/delete"(request: DeleteRequest): DeleteResult;
  /** Entities by primary key, in ascending order; unknown keys are absent. */
  "entities/get"(request: GetRequest): RecordBatch;
  /** Entities that a filter selects, in ascending order of the primary key or as asked; or what they come to, by group. */
  "entities/query"(request: QueryRequest): RecordBatch;
  /**
   * Finds the `limit` entities nearest to each query vector: the hits of all queries, flat, best first per query;
   * scores grow with similarity for IP and COSINE, shrink for L2 (squared). Ties are ordered by primary key.
   */
  "entities/search"(request: SearchRequest): SearchHits;
  /** Several searches over one collection, ranked together; scores are the ranker's. */
  "entities/hybrid_search"(request: HybridSearchRequest): SearchHits;
  /** The same under its older name. */
  "entities/advanced_search"(request: HybridSearchRequest): SearchHits;
}

const write: RequestShape<WriteRequest> = {
  dbName,
  collectionName,
  partitionName: { kind: "string" },
  data: { kind: "rows", required: true, unless: "columns" },
  columns: { kind: "columns" },
};
const text: RequestField = { kind: "string" };
const filter: RequestField = { kind: "string", long: true };
const count: RequestField = { kind: "int" };
const names: RequestField = { kind: "strings" };
const values: RequestField = { kind: "object" };

const annSearch: RequestShape<AnnSearch> = {
  data: { kind: "array" },
  vectors: { kind: "columns" },
  annsField: text,
  filter,
  limit: count,
  offset: count,
  metricType: text,
  ignoreGrowing: { kind: "bool" },
  groupingField: text,
  outputFields: names,
  params: { kind: "object", keys: SEARCH_PARAMS },
  exprParams: values,
};

const rerankFunction: RequestShape<RerankFunction> = {
  name: text,
  description: text,
  type: text,
  inputFieldNames: names,
  outputFieldNames: names,
  params: { kind: "object", keys: RANKER_PARAMS, freeWith: { key: "reranker", value: "model" } },
};

const functionScore: RequestShape<FunctionScore> = {
  functions: { kind: "array", shape: rerankFunction },
  params: { kind: "object", keys: BOOST_PARAMS },
};

const hybrid: ContractRow<HybridSearchRequest> & { readonly result: "hits" } = {
  request: {
    dbName,
    collectionName,
    search: { kind: "array", required: true, shape: annSearch },
    rerank: { kind: "object", shape: { strategy: text, params: { kind: "object", keys: FUSION_PARAMS } } },
    functionScore: { kind: "object", shape: functionScore },
    limit: count,
    offset: count,
    outputFields: names,
    groupingField: text,
    groupSize: count,
    strictGroupSize: { kind: "bool" },
    partitionNames: names,
    timezone: text,
    consistencyLevel: text,
    roundDecimal: count,
    rankGroupScorer: text,
  },
  writes: false,
  result: "hits",
  privilege: { object: "Collection", name: "Search" },
};

export const entities: ContractRows<EntityOperations> = {
  "entities/hybrid_search": hybrid,
  "entities/advanced_search": hybrid,
  "entities/insert": {
    request: write,
    writes: true,
    result: "keys",
    privilege: { object: "Collection", name: "Insert" },
  },
  "entities/upsert": {
    request: {
      ...write,
      partialUpdate: { kind: "bool" },
      fieldOps: { kind: "any" },
    },
    writes: true,
    result: "keys",
    privilege: { object: "Collection", name: "Upsert" },
  },
  "entities/delete": {
    request: {
      dbName,
      collectionName,
      partitionName: text,
      filter: { ...filter, required: true, unless: "id" },
      id: { kind: "any" },
      exprParams: values,
    },
    writes: true,
    privilege: { object: "Collection", name: "Delete" },
  },
  "entities/get": {
    request: {
      dbName,
      collectionName,
      id: { kind: "any", required: true },
      outputFields: names,
      partitionNames: names,
      partitionName: text,
      consistencyLevel: text,
    },
    writes: false,
    result: "rows",
    privilege: { object: "Collection", name: "Query" },
  },
  "entities/query": {
    request: {
      dbName,
      collectionName,
      filter,
      outputFields: names,
      groupByFields: names,
      orderByFields: names,
      limit: { kind: "int", unbounded: true },
      offset: count,
      partitionNames: names,
      exprParams: values,
      timezone: text,
      consistencyLevel: text,
    },
    writes: false,
    result: "rows",
    privilege: { object: "Collection", name: "Query" },
  },
  "entities/search": {
    request: {
      dbName,
      collectionName,
      data: { kind: "array" },
      ids: { kind: "array" },
      vectors: { kind: "columns" },
      annsField: text,
      filter,
      limit: count,
      offset: count,
      outputFields: names,
      groupingField: text,
      groupSize: count,
      strictGroupSize: { kind: "bool" },
      searchParams: { kind: "object", keys: SEARCH_PARAMS },
      partitionNames: names,
      timezone: text,
      consistencyLevel: text,
      exprParams: values,
      functionScore: { kind: "object", shape: functionScore },
      functionChains: { kind: "array", shape: functionChain },
      orderByFields: names,
      searchAggregation: { kind: "object", shape: searchAggregation },
      highlighter: {
        kind: "object",
        shape: { type: { kind: "any" }, params: { kind: "object", keys: HIGHLIGHTER_PARAMS } },
      },
    },
    writes: false,
    result: "hits",
    privilege: { object: "Collection", name: "Search" },
  },
};
