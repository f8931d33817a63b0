import type { IndexDefinition } from "../model/validate-index.js";
import { INDEX_PARAMS } from "./known-keys.js";
import { type CollectionRequest, collectionName, type Done, dbName, type Properties } from "./request.js";
import type { ContractRows, RequestField, RequestShape } from "./row.js";

export type { IndexDefinition };

export interface IndexRequest extends CollectionRequest {
  readonly indexName: string;
}

export interface DropIndexRequest extends CollectionRequest {
  readonly indexName?: string;
  /** In place of a name: all indexes of this field; empty, of every field. */
  readonly fieldName?: string;
}

export interface CreateIndexRequest extends CollectionRequest {
  readonly indexParams: readonly IndexDefinition[];
}

export interface AlterIndexRequest extends IndexRequest {
  /** `mmap.enabled`, `indexoffsetcache.enabled`, `warmup`; kept, without effect. */
  readonly properties: Properties;
}

export interface DropIndexPropertiesRequest extends IndexRequest {
  readonly propertyKeys: readonly string[];
}

export interface IndexState {
  readonly indexName: string;
  readonly fieldName: string;
  readonly indexType: string;
  /** Empty for a scalar index. */
  readonly metricType: string;
  /** Live rows: `indexedRows` + `pendingRows`. */
  readonly totalRows: number;
  readonly indexedRows: number;
  /** Rows of loaded partitions that wait for a graph being built; they are found by exact search meanwhile. */
  readonly pendingRows: number;
  /** `InProgress`, `Failed` or `Finished`. */
  readonly indexState: string;
  readonly failReason: string;
}

export interface IndexOperations {
  /**
   * Names of the indexes of a collection in order of creation.
   *
   * @throws CollectionNotFound
   */
  "indexes/list"(request: CollectionRequest): readonly string[];
  /**
   * Type and progress of one index.
   *
   * @throws CollectionNotFound, IndexNotFound
   */
  "indexes/describe"(request: IndexRequest): readonly IndexState[];
  /**
   * Creates indexes, all or none; one that exists with the same parameters is left as it is. On a loaded collection a
   * vector field that had no index becomes searchable before the call returns.
   *
   * @throws CollectionNotFound, IndexDistinct, IndexFieldNotFound, ParameterMismatch, Unsupported
   */
  "indexes/create"(request: CreateIndexRequest): Done;
  /**
   * Drops an index. A missing one is dropped already; a vector index of a loaded collection stays.
   *
   * @throws CollectionNotFound, IndexOnLoadedCollection
   */
  "indexes/drop"(request: DropIndexRequest): Done;
  /**
   * Sets storage properties of an index of a released collection.
   *
   * @throws CollectionNotFound, IndexNotFound, InvalidParameter (key or value), CollectionAlreadyLoaded
   */
  "indexes/alter_properties"(request: AlterIndexRequest): Done;
  /**
   * Removes storage properties of an index of a released collection.
   *
   * @throws CollectionNotFound, IndexNotFound, InvalidParameter (key), CollectionAlreadyLoaded
   */
  "indexes/drop_properties"(request: DropIndexPropertiesRequest): Done;
}

/** One entry of `indexParams`. */
export const indexShape: RequestShape<IndexDefinition> = {
  fieldName: { kind: "string" },
  indexName: { kind: "string" },
  metricType: { kind: "string" },
  indexType: { kind: "string" },
  params: { kind: "object", keys: INDEX_PARAMS },
};

const indexName: RequestField = { kind: "string", required: true };

export const indexes: ContractRows<IndexOperations> = {
  "indexes/list": {
    request: { dbName, collectionName },
    writes: false,
    privilege: { object: "Collection", name: "IndexDetail" },
    tellsOf: "collection",
  },
  "indexes/describe": {
    request: { dbName, collectionName, indexName },
    writes: false,
    privilege: { object: "Collection", name: "IndexDetail" },
    tellsOf: "collection",
  },
  "indexes/create": {
    request: { dbName, collectionName, indexParams: { kind: "array", required: true, shape: indexShape } },
    writes: true,
    privilege: { object: "Collection", name: "CreateIndex" },
  },
  "indexes/drop": {
    request: {
      dbName,
      collectionName,
      indexName: { kind: "string", required: true, unless: "fieldName" },
      fieldName: { kind: "string" },
    },
    writes: true,
    privilege: { object: "Collection", name: "DropIndex" },
  },
  "indexes/alter_properties": {
    request: { dbName, collectionName, indexName, properties: { kind: "object", required: true } },
    writes: true,
    privilege: { object: "Collection", name: "CreateIndex" },
  },
  "indexes/drop_properties": {
    request: { dbName, collectionName, indexName, propertyKeys: { kind: "strings", required: true } },
    writes: true,
    privilege: { object: "Collection", name: "CreateIndex" },
  },
};
