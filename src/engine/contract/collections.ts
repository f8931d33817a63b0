import type { ConsistencyLevel } from "../model/collection.js";
import type { FunctionDefinition } from "../model/functions.js";
import type { IndexDefinition } from "../model/validate-index.js";
import {
  type FieldDefinition,
  type FieldDescription,
  fieldShape,
  type StructDefinition,
  type StructDescription,
  structShape,
} from "./fields.js";
import { functionShape } from "./functions.js";
import { indexShape } from "./indexes.js";
import {
  type CollectionRequest,
  collectionName,
  type DatabaseRequest,
  type Done,
  dbName,
  type KeyValue,
  type Properties,
} from "./request.js";
import type { ContractRows, RequestField, RequestShape } from "./row.js";

export type { FunctionDefinition };

/** `schema` of a custom definition. */
export interface SchemaRequest {
  /** Speaks of the primary field. */
  readonly autoID?: boolean;
  /** Default false. */
  readonly enableDynamicField?: boolean;
  readonly fields?: readonly FieldDefinition[];
  /** Milvus 3.0. Lists of elements that have the same fields; both names mean the same. */
  readonly structFields?: readonly StructDefinition[];
  readonly structArrayFields?: readonly StructDefinition[];
  /** Fields that are computed: BM25. */
  readonly functions?: readonly FunctionDefinition[];
}

export interface CollectionParams {
  /** Length of a VarChar key in quick setup. */
  readonly max_length?: number | string;
  /** Quick setup only; default true. */
  readonly enableDynamicField?: boolean | string;
  readonly shardsNum?: number | string;
  readonly consistencyLevel?: string;
  /** With a partition key only; 1..1024, default 64. */
  readonly partitionsNum?: number | string;
  readonly ttlSeconds?: number | string;
  /** A Timestamptz field: a row is gone once the time that it holds there has come. */
  readonly ttlField?: string;
  readonly partitionKeyIsolation?: boolean | string;
}

export interface CreateCollectionRequest extends CollectionRequest {
  /** Quick setup: dimension of the only vector field; none for sparse vectors. */
  readonly dimension?: number;
  /** Quick setup; default COSINE, of bits HAMMING, of sparse vectors IP. */
  readonly metricType?: string;
  /** Quick setup: `Int64` (default) or `VarChar`. */
  readonly idType?: string;
  /** Quick setup; default false. */
  readonly autoID?: boolean;
  /** Quick setup; default `id`. */
  readonly primaryFieldName?: string;
  /** Quick setup; default `vector`. */
  readonly vectorFieldName?: string;
  /** Quick setup, Milvus 3.0: `FloatVector` (default), `BinaryVector`, `Float16Vector`, `BFloat16Vector` or `SparseFloatVector`. */
  readonly vectorFieldType?: string;
  readonly description?: string;
  /** Custom setup, when it has fields. */
  readonly schema?: SchemaRequest;
  readonly indexParams?: readonly IndexDefinition[];
  readonly params?: CollectionParams;
  /** Milvus 3.0; the same as `params.consistencyLevel`. */
  readonly consistencyLevel?: string;
  /** Milvus 3.0. Kept as text; `collection.ttl.seconds`, `ttl_field` and `timezone` take effect. */
  readonly properties?: Properties;
}

export interface RenameCollectionRequest extends CollectionRequest {
  readonly newCollectionName: string;
  /** Default: the database it is in. */
  readonly newDbName?: string;
}

export interface LoadCollectionRequest extends CollectionRequest {
  /** Remembered for the mismatch check of the legacy rules; the engine keeps one copy. */
  readonly replicaNumber?: number;
}

export interface GetLoadStateRequest extends CollectionRequest {
  readonly partitionNames?: readonly string[];
}

export interface AlterPropertiesRequest extends CollectionRequest {
  /** Values are stored as text. */
  readonly properties: Properties;
}

export interface DropPropertiesRequest extends CollectionRequest {
  readonly propertyKeys: readonly string[];
}

export interface CompactRequest extends CollectionRequest {
  readonly isClustering?: boolean;
}

export interface CompactionStateRequest extends DatabaseRequest {
  /** The id that `compact` answered; one official client calls it `compactionID`. */
  readonly jobID?: number;
  readonly compactionID?: number;
}

export interface FunctionDescription {
  readonly name: string;
  readonly description: string;
  /** As in the wire protocol: 1 is BM25. */
  readonly type: number;
  readonly id: number;
  readonly inputFieldNames: readonly string[];
  readonly outputFieldNames: readonly string[];
  readonly params: readonly KeyValue[];
}

export interface CollectionDescription {
  readonly collectionName: string;
  readonly collectionID: number;
  readonly description: string;
  readonly autoId: boolean;
  readonly enableDynamicField: boolean;
  readonly consistencyLevel: ConsistencyLevel;
  readonly shardsNum: number;
  readonly partitionsNum: number;
  /** `LoadStateNotLoad`, `LoadStateLoading` or `LoadStateLoaded`. */
  readonly load: string;
  readonly aliases: readonly string[];
  readonly properties: readonly KeyValue[];
  readonly functions: readonly FunctionDescription[];
  /** In schema order; the dynamic field is not listed. */
  readonly fields: readonly FieldDescription[];
  /** Only where there are some. */
  readonly structFields?: readonly StructDescription[];
  /** All of them, scalar ones too (`metricType` is empty), in order of creation. */
  readonly indexes: readonly { readonly fieldName: string; readonly indexName: string; readonly metricType: string }[];
}

export interface LoadStateResult {
  readonly loadState: "LoadStateLoaded" | "LoadStateLoading" | "LoadStateNotLoad";
  /** 0-100; absent when not loaded. */
  readonly loadProgress?: number;
}

export interface CompactionState {
  readonly compactionID: number;
  readonly state: "Completed";
  readonly executingPlanNumber: 0;
  readonly timeoutPlanNumber: 0;
  readonly completedPlanNumber: 0;
}

export interface CollectionOperations {
  /**
   * Names of the collections of a database in order of creation, without aliases.
   *
   * @throws DatabaseNotFound
   */
  "collections/list"(request?: DatabaseRequest): readonly string[];
  /**
   * Whether a collection exists; an alias counts.
   *
   * @throws InvalidParameter (bad name), DatabaseNotFound
   */
  "collections/has"(request: CollectionRequest): { readonly has: boolean };
  /**
   * Schema, properties and load state of a collection.
   *
   * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
   */
  "collections/describe"(request: CollectionRequest): CollectionDescription;
  /**
   * Number of live entities of a collection, loaded or not; expired ones are not counted.
   *
   * @throws InvalidParameter (bad name), DatabaseNotFound, CollectionNotFound
   */
  "collections/get_stats"(request: CollectionRequest): { readonly rowCount: number };
  /**
   * The load state of a collection, or of some of its partitions (loaded when all of them are).
   *
   * @throws CollectionMissing, PartitionNotFound
   */
  "collections/get_load_state"(request: GetLoadStateRequest): LoadStateResult;
  /** The same, for those who may ask for no more than this. Milvus has it over gRPC only. */
  "collections/get_loading_progress"(request: GetLoadStateRequest): LoadStateResult;
  /**
   * Creates a collection, its indexes, and loads it: in quick setup always, with a schema only when `indexParams` are
   * given. All or nothing: a failure in any step leaves nothing behind. Repeating an identical definition succeeds and
   * loads the collection again.
   *
   * @throws the errors of a bad schema or index, CollectionExists, CollectionNameIsAlias, CollectionLimit,
   * VectorIndexMissing
   */
  "collections/create"(request: CreateCollectionRequest): Done;
  /**
   * Drops a collection with all it holds, loaded or not. A missing one is dropped already.
   *
   * @throws InvalidParameter (bad name), CollectionDropByAlias, CollectionHasAliases
   */
  "collections/drop"(request: CollectionRequest): Done;
  /**
   * Gives a collection another name, and moves it to another database if one is named. Data, indexes, load state and
   * aliases stay.
   *
   * @throws InvalidParameter (bad name), CollectionMissing, and the refusals of a rename
   */
  "collections/rename"(request: RenameCollectionRequest): Done;
  /**
   * Loads all partitions; answers when every row is searchable.
   *
   * @throws CollectionNotFound, IndexMissing, VectorIndexMissing
   */
  "collections/load"(request: LoadCollectionRequest): Done;
  /**
   * Loads again what is loaded already.
   *
   * @throws CollectionNotFound, CollectionNotLoaded
   */
  "collections/refresh_load"(request: LoadCollectionRequest): Done;
  /**
   * Frees the memory of all partitions; a collection that is not loaded stays so.
   *
   * @throws CollectionNotFound
   */
  "collections/release"(request: CollectionRequest): Done;
  /**
   * Sets properties of a collection. `collection.ttl.seconds` and `timezone` take effect, the others are only kept.
   *
   * @throws CollectionNotFound, InvalidParameter (bad value), CollectionAlreadyLoaded (`mmap.enabled`)
   */
  "collections/alter_properties"(request: AlterPropertiesRequest): Done;
  /**
   * Removes properties of a collection; unknown keys are ignored.
   *
   * @throws CollectionNotFound, CollectionAlreadyLoaded (`mmap.enabled`)
   */
  "collections/drop_properties"(request: DropPropertiesRequest): Done;
  /** Removes expired entities (TTL) and what dropped fields have left, and answers an id; there is nothing to poll for. */
  "collections/compact"(request: CompactRequest): { readonly compactionID: number };
  /** A compaction is complete when `compact` has answered. */
  "collections/get_compaction_state"(request: CompactionStateRequest): CompactionState;
  /** Removes all entities of all partitions; schema, partitions, indexes and load state stay. */
  "collections/truncate"(request: CollectionRequest): Done;
}

const schemaShape: RequestShape<SchemaRequest> = {
  autoID: { kind: "bool" },
  enableDynamicField: { kind: "bool" },
  fields: { kind: "array", shape: fieldShape },
  structFields: { kind: "array", shape: structShape },
  structArrayFields: { kind: "array", shape: structShape },
  functions: { kind: "array", shape: functionShape },
};

/** Numbers, booleans and texts are all taken. */
const paramsShape: RequestShape<CollectionParams> = {
  max_length: { kind: "any" },
  enableDynamicField: { kind: "any" },
  shardsNum: { kind: "any" },
  consistencyLevel: { kind: "any" },
  partitionsNum: { kind: "any" },
  ttlSeconds: { kind: "any" },
  ttlField: { kind: "any" },
  partitionKeyIsolation: { kind: "any" },
};

const named: RequestShape<CollectionRequest> = { dbName, collectionName };
const load: RequestShape<LoadCollectionRequest> = { ...named, replicaNumber: { kind: "int" } };
const properties: RequestField = { kind: "object", required: true };

export const collections: ContractRows<CollectionOperations> = {
  "collections/list": { request: { dbName }, writes: false, privilege: undefined },
  "collections/has": { request: named, writes: false, privilege: undefined },
  "collections/describe": {
    request: named,
    writes: false,
    privilege: { object: "Global", name: "DescribeCollection" },
    tellsOf: "collection",
  },
  "collections/get_stats": {
    request: named,
    writes: false,
    privilege: { object: "Collection", name: "GetStatistics" },
  },
  "collections/get_load_state": {
    request: { ...named, partitionNames: { kind: "strings" } },
    writes: false,
    privilege: { object: "Collection", name: "GetLoadState" },
  },
  "collections/get_loading_progress": {
    request: { ...named, partitionNames: { kind: "strings" } },
    writes: false,
    privilege: { object: "Collection", name: "GetLoadingProgress" },
  },
  "collections/create": {
    request: {
      ...named,
      dimension: { kind: "int" },
      metricType: { kind: "string" },
      idType: { kind: "string" },
      autoID: { kind: "bool" },
      primaryFieldName: { kind: "string" },
      vectorFieldName: { kind: "string" },
      vectorFieldType: { kind: "string" },
      description: { kind: "string" },
      schema: { kind: "object", shape: schemaShape },
      indexParams: { kind: "array", shape: indexShape },
      params: { kind: "object", shape: paramsShape },
      consistencyLevel: { kind: "string" },
      properties: { kind: "object" },
    },
    writes: true,
    privilege: { object: "Global", name: "CreateCollection" },
  },
  "collections/drop": { request: named, writes: true, privilege: { object: "Global", name: "DropCollection" } },
  "collections/rename": {
    request: { ...named, newCollectionName: { kind: "string", required: true }, newDbName: { kind: "string" } },
    writes: true,
    privilege: { object: "Global", name: "RenameCollection" },
  },
  "collections/load": { request: load, writes: true, privilege: { object: "Collection", name: "Load" } },
  "collections/refresh_load": { request: load, writes: true, privilege: { object: "Collection", name: "Load" } },
  "collections/release": { request: named, writes: true, privilege: { object: "Collection", name: "Release" } },
  "collections/alter_properties": {
    request: { ...named, properties },
    writes: true,
    privilege: { object: "Global", name: "CreateCollection" },
  },
  "collections/drop_properties": {
    request: { ...named, propertyKeys: { kind: "strings", required: true } },
    writes: true,
    privilege: { object: "Global", name: "CreateCollection" },
  },
  "collections/compact": {
    request: { ...named, isClustering: { kind: "bool" } },
    writes: true,
    privilege: { object: "Collection", name: "Compaction" },
  },
  "collections/get_compaction_state": {
    request: { dbName, jobID: { kind: "int" }, compactionID: { kind: "int" } },
    writes: false,
    privilege: undefined,
  },
  "collections/truncate": { request: named, writes: true, privilege: { object: "Global", name: "DropCollection" } },
};
