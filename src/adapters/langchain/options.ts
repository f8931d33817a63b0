import type { Database } from "../kit/collection.js";

/** How the vectors of a new collection are indexed; the names are those of the Milvus connector. */
export interface IndexCreateOptions {
  readonly index_type: string;
  readonly metric_type: "L2" | "IP" | "COSINE";
  readonly params?: Readonly<Record<string, unknown>>;
  /** `ef`, `nprobe` and so on, of every search. */
  readonly search_params?: Readonly<Record<string, unknown>>;
}

/** Beside `db` and `collectionName` they are those of LangChain's Milvus connector, and mean the same. */
export interface ElanusVectorStoreOptions {
  /** An open database, or the view of a user: `await Elanus.open("app.db")`. The store does not close it. */
  readonly db: Database;
  /** Is created when the first documents come. */
  readonly collectionName: string;
  /** Where rows are added, searched and deleted; created when it is missing. Default: added to `_default`, searched everywhere. */
  readonly partitionName?: string;
  /** Of a new collection, default `langchain_primaryid`. */
  readonly primaryField?: string;
  /** Default `langchain_vector`, or the vector field of a collection that is there. */
  readonly vectorField?: string;
  /** Default `langchain_text`. */
  readonly textField?: string;
  /** Bytes of a text in a new collection; default 65535. */
  readonly textFieldMaxLength?: number;
  /** Bytes of a text in the metadata of a new collection; default 65535. */
  readonly metadataTextFieldMaxLength?: number;
  /**
   * Whether a new collection makes the ids. Default: it does, unless the documents that come first have ids of their own
   * (`addDocuments(documents, { ids })`).
   */
  readonly autoId?: boolean;
  /** Key of the metadata by which a new collection is divided. */
  readonly partitionKey?: string;
  readonly partitionKeyMaxLength?: number;
  /** Default HNSW (M 8, efConstruction 64) with L2. */
  readonly indexCreateOptions?: IndexCreateOptions;
}
