import type { RequestField } from "./row.js";

/** Request of an operation that takes nothing. */
export type EmptyRequest = Readonly<Record<string, never>>;

/** Success without a result. */
export type Done = Readonly<Record<string, never>>;

/** Fields nearly every request has. */
export interface DatabaseRequest {
  /** Default: `default`. */
  readonly dbName?: string;
}

export interface CollectionRequest extends DatabaseRequest {
  /** Name or alias. */
  readonly collectionName: string;
}

/** Parameters and properties of the caller's choice; values are kept as text. */
export type Properties = Readonly<Record<string, unknown>>;

/** A parameter or property as results show it. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export const dbName: RequestField = { kind: "string" };
export const collectionName: RequestField = { kind: "string", required: true };

export const DEFAULT_DATABASE = "default";
