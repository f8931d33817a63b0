import type { EngineContext } from "../context.js";

/** JSON kinds of a request field; what does not fit is refused with 1801 before the operation runs. */
export type FieldKind =
  | "string"
  | "bool"
  /** int32 or int64 JSON integer, given to the operation as a number. */
  | "int"
  | "strings"
  | "object"
  | "array"
  /** Any JSON value, checked by the operation itself. */
  | "any";

export interface RequestField {
  readonly kind: FieldKind;
  /** Missing, `null` or `""` answers 1802. */
  readonly required?: boolean;
  /** The field's name in the server's messages; default: the key with a capital first letter. */
  readonly label?: string;
}

/** One entry per request key; keys are matched without regard to case, unknown keys are ignored. */
export type RequestShape<Req> = { readonly [K in keyof Req]-?: RequestField };

/** What an operation answers: `data` and the few things some endpoints put beside it. */
export interface Reply<Data> {
  readonly data: Data;
  readonly message?: string;
  readonly cost?: number;
  /** Hits per query vector (search). */
  readonly topks?: readonly number[];
  /**
   * Keys whose Int64 values (in the rows of `data`, or in `data` itself: `insertIds`) follow
   * `Accept-Type-Allow-Int64`.
   */
  readonly int64?: readonly string[];
  /** Ids of the items that `data` names, in the same order. Only the 9091 surface shows them. */
  readonly ids?: readonly number[];
}

/**
 * One use case, one name everywhere: `partitions/release` is `POST /v2/vectordb/partitions/release`,
 * `db.partitions.release(request)` and `elanus partitions release`. Request fields are those of REST v2.
 */
export interface Operation<Req, Data> {
  readonly path: string;
  /** The server's name of the request type in 1802 messages (`PartitionReq`). */
  readonly requestType: string;
  readonly request: RequestShape<Req>;
  /** Refused (3000) on a database that was opened read-only. */
  readonly writes: boolean;
  readonly run: (ctx: EngineContext, request: Req) => Reply<Data> | Promise<Reply<Data>>;
}

/** Request of an endpoint that takes nothing. */
export type EmptyRequest = Readonly<Record<string, never>>;

/** Fields nearly every request has. */
export interface DatabaseRequest {
  readonly dbName?: string;
}
export interface CollectionRequest extends DatabaseRequest {
  readonly collectionName: string;
}

export const dbName: RequestField = { kind: "string", label: "DbName" };
export const collectionName: RequestField = { kind: "string", required: true, label: "CollectionName" };

export const DEFAULT_DATABASE = "default";
