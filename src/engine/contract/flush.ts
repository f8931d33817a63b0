import { type CollectionRequest, type DatabaseRequest, type Done, dbName, type EmptyRequest } from "./request.js";
import type { ContractRows } from "./row.js";

export interface FlushRequest extends CollectionRequest {
  /** Several at once, in place of `collectionName`. */
  readonly collectionNames?: readonly string[];
}

export interface FlushStateRequest extends DatabaseRequest {
  readonly collectionName?: string;
}

export interface FlushState {
  readonly flushed: boolean;
}

export interface FlushOperations {
  /** Every write is durable when it answers, so there is nothing to wait for; the log is moved into the file. */
  "collections/flush"(request: FlushRequest): Done;
  /** The same for all collections of all databases. Milvus has it over gRPC only. */
  "collections/flush_all"(request?: EmptyRequest): Done;
  /** A flush is done when it has answered. Milvus has it over gRPC only. */
  "collections/get_flush_state"(request?: FlushStateRequest): FlushState;
}

export const flushes: ContractRows<FlushOperations> = {
  "collections/flush": {
    request: {
      dbName,
      collectionName: { kind: "string", required: true, unless: "collectionNames" },
      collectionNames: { kind: "strings" },
    },
    writes: true,
    privilege: { object: "Collection", name: "Flush" },
  },
  "collections/flush_all": { request: {}, writes: true, privilege: { object: "Global", name: "FlushAll" } },
  "collections/get_flush_state": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: { object: "Collection", name: "GetFlushState" },
  },
};
