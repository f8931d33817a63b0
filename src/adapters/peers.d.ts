// Of the frameworks, what the adapters use of them: whoever works on Elanus does not install them all. `npm run test:frameworks` holds the
// adapters to the true declarations; these are not part of the package.

declare module "@langchain/core/documents" {
  export interface DocumentInterface {
    pageContent: string;
    // biome-ignore lint/suspicious/noExplicitAny: as it is there
    metadata: Record<string, any>;
    id?: string;
  }
  export class Document implements DocumentInterface {
    pageContent: string;
    // biome-ignore lint/suspicious/noExplicitAny: as it is there
    metadata: Record<string, any>;
    id?: string;
    // biome-ignore lint/suspicious/noExplicitAny: as it is there
    constructor(fields: { pageContent: string; metadata?: Record<string, any>; id?: string });
  }
}

declare module "@langchain/core/embeddings" {
  export interface EmbeddingsInterface {
    embedDocuments(documents: string[]): Promise<number[][]>;
    embedQuery(document: string): Promise<number[]>;
  }
}

declare module "@langchain/core/utils/math" {
  export function maximalMarginalRelevance(
    query: number[],
    embeddings: number[][],
    lambda?: number,
    k?: number,
  ): number[];
}

declare module "@langchain/core/vectorstores" {
  import type { DocumentInterface } from "@langchain/core/documents";
  import type { EmbeddingsInterface } from "@langchain/core/embeddings";

  export interface MaxMarginalRelevanceSearchOptions<FilterType> {
    k: number;
    fetchK?: number;
    lambda?: number;
    filter?: FilterType;
  }
  export abstract class VectorStore {
    FilterType: object | string;
    embeddings: EmbeddingsInterface;
    // biome-ignore lint/suspicious/noExplicitAny: as it is there
    constructor(embeddings: EmbeddingsInterface, dbConfig: Record<string, any>);
    abstract _vectorstoreType(): string;
    abstract addVectors(
      vectors: number[][],
      documents: DocumentInterface[],
      options?: Record<string, unknown>,
    ): Promise<unknown>;
    abstract addDocuments(documents: DocumentInterface[], options?: Record<string, unknown>): Promise<unknown>;
    // biome-ignore lint/suspicious/noExplicitAny: as it is there
    delete(params?: Record<string, any>): Promise<void>;
    abstract similaritySearchVectorWithScore(
      query: number[],
      k: number,
      filter?: this["FilterType"],
    ): Promise<[DocumentInterface, number][]>;
    similaritySearch(query: string, k?: number, filter?: this["FilterType"]): Promise<DocumentInterface[]>;
    similaritySearchWithScore(
      query: string,
      k?: number,
      filter?: this["FilterType"],
    ): Promise<[DocumentInterface, number][]>;
    asRetriever(fields: object): { invoke(query: string): Promise<DocumentInterface[]> };
    maxMarginalRelevanceSearch?(
      query: string,
      options: MaxMarginalRelevanceSearchOptions<this["FilterType"]>,
      callbacks: undefined,
    ): Promise<DocumentInterface[]>;
    static fromTexts(
      texts: string[],
      metadatas: object[] | object,
      embeddings: EmbeddingsInterface,
      // biome-ignore lint/suspicious/noExplicitAny: as it is there
      dbConfig: Record<string, any>,
    ): Promise<VectorStore>;
    static fromDocuments(
      documents: DocumentInterface[],
      embeddings: EmbeddingsInterface,
      // biome-ignore lint/suspicious/noExplicitAny: as it is there
      dbConfig: Record<string, any>,
    ): Promise<VectorStore>;
  }
}

declare module "@mastra/core/vector" {
  // biome-ignore lint/suspicious/noExplicitAny: as it is there
  type Metadata = Record<string, any>;
  export interface QueryResult {
    id: string;
    score: number;
    metadata?: Metadata;
    vector?: number[];
  }
  export interface IndexStats {
    dimension: number;
    count: number;
    metric?: "cosine" | "euclidean" | "dotproduct";
  }
  export interface CreateIndexParams {
    indexName: string;
    dimension: number;
    metric?: "cosine" | "euclidean" | "dotproduct";
  }
  export interface UpsertVectorParams<Filter = object | null | undefined> {
    indexName: string;
    vectors: number[][];
    metadata?: Metadata[];
    ids?: string[];
    sparseVectors?: { indices: number[]; values: number[] }[];
    deleteFilter?: Filter;
  }
  export interface QueryVectorParams<Filter> {
    indexName: string;
    queryVector?: number[];
    topK?: number;
    filter?: Filter;
    includeVector?: boolean;
    sparseVector?: { indices: number[]; values: number[] };
  }
  interface Update {
    vector?: number[];
    metadata?: Metadata;
  }
  export type UpdateVectorParams<Filter> =
    | { indexName: string; id: string; filter?: never; update: Update }
    | { indexName: string; id?: never; filter: Filter; update: Update };
  export interface DeleteVectorsParams<Filter> {
    indexName: string;
    ids?: string[];
    filter?: Filter;
  }
  export abstract class MastraVector<Filter> {
    id: string;
    constructor(options: { id: string });
    abstract query(params: QueryVectorParams<Filter>): Promise<QueryResult[]>;
    abstract upsert(params: UpsertVectorParams): Promise<string[]>;
    abstract createIndex(params: CreateIndexParams): Promise<void>;
    abstract listIndexes(): Promise<string[]>;
    abstract describeIndex(params: { indexName: string }): Promise<IndexStats>;
    abstract deleteIndex(params: { indexName: string }): Promise<void>;
    abstract updateVector(params: UpdateVectorParams<Filter>): Promise<void>;
    abstract deleteVector(params: { indexName: string; id: string }): Promise<void>;
    abstract deleteVectors(params: DeleteVectorsParams<Filter>): Promise<void>;
    protected validateExistingIndex(indexName: string, dimension: number, metric: string): Promise<void>;
  }
}

declare module "ai" {
  /** Of what the adapter is given, only the SDK looks inside. */
  export type EmbeddingModel = string | { readonly specificationVersion: string; readonly modelId: string };
  export interface Schema<T> {
    readonly jsonSchema: object;
    readonly validate?: (value: unknown) => T;
  }
  export interface ToolExecutionOptions {
    readonly abortSignal?: AbortSignal;
  }
  export interface Tool<Input, Output> {
    readonly description?: string;
    readonly inputSchema: Schema<Input>;
    readonly execute?: (input: Input, options: ToolExecutionOptions) => Promise<Output>;
  }
  export function embedMany(request: {
    model: EmbeddingModel;
    values: string[];
    abortSignal?: AbortSignal;
    maxRetries?: number;
    providerOptions?: object;
  }): Promise<{ embeddings: number[][] }>;
  export function jsonSchema<T>(schema: object): Schema<T>;
}
