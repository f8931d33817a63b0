import type { Engine } from "./engine/index.js";
import type { FieldDefinition } from "./engine/model/validate-fields.js";
import type { IndexDefinition } from "./engine/model/validate-index.js";
import type { CreateCollectionRequest } from "./engine/operations/collections/create.js";
import type { CollectionDescription } from "./engine/operations/collections/describe.js";
import type { GetLoadStateRequest, LoadStateResult } from "./engine/operations/collections/get-load-state.js";
import type { LoadCollectionRequest } from "./engine/operations/collections/load.js";
import type {
  CompactionState,
  CompactionStateRequest,
  CompactRequest,
} from "./engine/operations/collections/maintenance.js";
import type { DeleteRequest, DeleteResult } from "./engine/operations/entities/delete.js";
import type { GetRequest } from "./engine/operations/entities/get.js";
import type { InsertResult } from "./engine/operations/entities/insert.js";
import type { QueryRequest } from "./engine/operations/entities/query.js";
import type { SearchRequest, SearchRow } from "./engine/operations/entities/search.js";
import type { UpsertRequest, UpsertResult } from "./engine/operations/entities/upsert.js";
import type { WriteRequest } from "./engine/operations/entities/write.js";
import type { IndexState } from "./engine/operations/indexes/describe.js";
import type { CollectionRequest, DatabaseRequest, Reply } from "./engine/operations/operation.js";
import type { LoadPartitionsRequest, PartitionNamesRequest } from "./engine/operations/partitions/load.js";
import { failure } from "./errors.js";

type Properties = Readonly<Record<string, string | number | boolean>>;
/** Success without a result: `{}`, as on the wire. */
type Empty = Readonly<Record<string, never>>;
type Call<Request, Result> = (request: Request) => Promise<Result>;
type OptionalCall<Request, Result> = (request?: Request) => Promise<Result>;

/** A row of query and get: Int64 values are `number` where exact, else `bigint`; vectors `number[]`; JSON plain values. */
export type Row = Readonly<Record<string, unknown>>;
/** The hits of all query vectors, flat; `topks[i]` of them belong to query `i`. */
export type SearchHits = SearchRow[] & { readonly topks: readonly number[] };

interface PartitionRequest extends CollectionRequest {
  readonly partitionName: string;
}
interface IndexRequest extends CollectionRequest {
  readonly indexName: string;
}
interface DatabaseNameRequest {
  readonly dbName: string;
}

/**
 * One namespace per REST group, one method per action, both in camelCase; the request fields are those of REST v2.
 * Each resolves to the `data` of the envelope and rejects with ElanusError.
 */
export interface Namespaces {
  readonly databases: {
    readonly list: OptionalCall<Empty, string[]>;
    readonly create: Call<DatabaseNameRequest & { readonly properties?: Properties }, Empty>;
    readonly drop: Call<DatabaseNameRequest, Empty>;
    readonly describe: Call<
      DatabaseNameRequest,
      { readonly dbName: string; readonly dbID: number; readonly properties: readonly { key: string; value: string }[] }
    >;
    readonly alter: Call<DatabaseNameRequest & { readonly properties: Properties }, Empty>;
    readonly alterProperties: Call<DatabaseNameRequest & { readonly properties: Properties }, Empty>;
    readonly dropProperties: Call<DatabaseNameRequest & { readonly propertyKeys: readonly string[] }, Empty>;
  };
  readonly collections: {
    readonly list: OptionalCall<DatabaseRequest, string[]>;
    readonly has: Call<CollectionRequest, { readonly has: boolean }>;
    readonly describe: Call<CollectionRequest, CollectionDescription>;
    readonly getStats: Call<CollectionRequest, { readonly rowCount: number }>;
    readonly getLoadState: Call<GetLoadStateRequest, LoadStateResult>;
    readonly create: Call<CreateCollectionRequest, Empty>;
    readonly drop: Call<CollectionRequest, Empty>;
    readonly rename: Call<
      CollectionRequest & { readonly newCollectionName: string; readonly newDbName?: string },
      Empty
    >;
    readonly load: Call<LoadCollectionRequest, Empty>;
    readonly refreshLoad: Call<LoadCollectionRequest, Empty>;
    readonly release: Call<CollectionRequest, Empty>;
    readonly alterProperties: Call<CollectionRequest & { readonly properties: Properties }, Empty>;
    readonly dropProperties: Call<CollectionRequest & { readonly propertyKeys: readonly string[] }, Empty>;
    readonly flush: Call<CollectionRequest, Empty>;
    readonly compact: Call<CompactRequest, { readonly compactionID: number }>;
    readonly getCompactionState: Call<CompactionStateRequest, CompactionState>;
    readonly truncate: Call<CollectionRequest, Empty>;
    readonly fields: {
      readonly add: Call<CollectionRequest & { readonly schema: FieldDefinition }, Empty>;
      readonly alterProperties: Call<
        CollectionRequest & { readonly fieldName: string; readonly fieldParams: Properties },
        Empty
      >;
    };
  };
  readonly partitions: {
    readonly list: Call<CollectionRequest, string[]>;
    readonly has: Call<PartitionRequest, { readonly has: boolean }>;
    readonly getStats: Call<PartitionRequest, { readonly rowCount: number }>;
    readonly create: Call<PartitionRequest, Empty>;
    readonly drop: Call<PartitionRequest, Empty>;
    readonly load: Call<LoadPartitionsRequest, Empty>;
    readonly release: Call<PartitionNamesRequest, Empty>;
  };
  readonly entities: {
    readonly insert: Call<WriteRequest, InsertResult>;
    readonly upsert: Call<UpsertRequest, UpsertResult>;
    readonly delete: Call<DeleteRequest, DeleteResult>;
    readonly get: Call<GetRequest, Row[]>;
    readonly query: Call<QueryRequest, Row[]>;
    readonly search: Call<SearchRequest, SearchHits>;
  };
  readonly indexes: {
    readonly list: Call<CollectionRequest, string[]>;
    readonly describe: Call<IndexRequest, IndexState[]>;
    readonly create: Call<CollectionRequest & { readonly indexParams: readonly IndexDefinition[] }, Empty>;
    readonly drop: Call<IndexRequest, Empty>;
    readonly alterProperties: Call<IndexRequest & { readonly properties: Properties }, Empty>;
    readonly dropProperties: Call<IndexRequest & { readonly propertyKeys: readonly string[] }, Empty>;
  };
  readonly aliases: {
    readonly list: OptionalCall<DatabaseRequest & { readonly collectionName?: string }, string[]>;
    readonly describe: Call<
      DatabaseRequest & { readonly aliasName: string },
      { readonly dbName: string; readonly collectionName: string; readonly aliasName: string }
    >;
    readonly create: Call<CollectionRequest & { readonly aliasName: string }, Empty>;
    readonly drop: Call<DatabaseRequest & { readonly aliasName: string }, Empty>;
    readonly alter: Call<CollectionRequest & { readonly aliasName: string }, Empty>;
  };
}

export type { IndexState };

/** `get_load_state` -> `getLoadState` */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Builds the namespaces out of the table of operations: every row is a method, also those that only answer 3000. */
export function createNamespaces(engine: Pick<Engine, "operations" | "execute">): Namespaces {
  const root: Record<string, unknown> = Object.create(null);
  for (const { path } of engine.operations) {
    const steps = path.split("/").map(camelCase);
    const action = steps.pop() as string;
    let place = root;
    for (const step of steps) {
      place[step] ??= Object.create(null);
      place = place[step] as Record<string, unknown>;
    }
    place[action] = async (request: unknown = {}) => {
      if (request === null || typeof request !== "object") {
        throw failure("MalformedRequest", { detail: `${path} takes an object, not ${String(request)}` });
      }
      return unwrap(await engine.execute(path, request));
    };
  }
  return root as unknown as Namespaces;
}

function unwrap(reply: Reply<unknown>): unknown {
  if (reply.topks === undefined) return reply.data;
  return Object.assign(reply.data as unknown[], { topks: reply.topks });
}
