import { type HybridTime, hybridTime } from "../../values/hybrid-time.js";
import type { CollectionSchema } from "./schema.js";

export type { Metric as MetricType } from "./types/field-type.js";
/** Written out: the compiler tells its users of it by this name. */
export type ConsistencyLevel = "Strong" | "Session" | "Bounded" | "Eventually" | "Customized";
/** In the order of their numbers. */
export const CONSISTENCY_LEVELS: readonly ConsistencyLevel[] = [
  "Strong",
  "Session",
  "Bounded",
  "Eventually",
  "Customized",
];
/** How a collection was last loaded (load-state rules): as a whole, partition by partition, or not. */
export type LoadMode = "none" | "collection" | "partition";

export interface Partition {
  /** Unique in the database file, never reused. */
  readonly id: number;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Load intent, persisted; what is still being loaded is known to the loader alone. */
  readonly loaded: boolean;
}

export interface IndexDescription {
  readonly id: number;
  readonly name: string;
  readonly fieldId: number;
  readonly fieldName: string;
  /** As asked for and described: `AUTOINDEX`, `IVF_FLAT`, `INVERTED`, ... */
  readonly indexType: string;
  /** Upper-case; empty for scalar indexes. */
  readonly metricType: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What a dropped field has left in the tables of its collection. */
export interface Leftover {
  readonly kind: "column" | "table" | "index";
  readonly name: string;
  /** What new rows hold in a column that takes no NULL, as SQL. */
  readonly filler: string | undefined;
  /** A column whose values are gone; it stays. */
  readonly emptied: boolean;
}

/**
 * One collection as the catalogue knows it: an immutable picture, replaced after each change.
 * Hold it for one synchronous stretch only; look it up again after an `await`.
 */
export interface Collection {
  /** Unique in the database file, never reused. */
  readonly id: number;
  readonly databaseId: number;
  readonly database: string;
  readonly name: string;
  readonly description: string;
  readonly schema: CollectionSchema;
  /** Grows with each schema change; part of the key of compiled filters and prepared statements. */
  readonly schemaVersion: number;
  /** Changes of fields and properties since it was made; indexes do not count. */
  readonly schemaChanges: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: Readonly<Record<string, string>>;
  /** In order of creation. */
  readonly partitions: readonly Partition[];
  readonly indexes: readonly IndexDescription[];
  readonly leftovers: readonly Leftover[];
  /** In order of creation. */
  readonly aliases: readonly string[];
  readonly loadMode: LoadMode;
  /** `replica_number` of the last load; remembered for the mismatch check of the legacy rules. */
  readonly replicaNumber: number;
}

export const DEFAULT_PARTITION = "_default";

/**
 * Tells one state of a collection's schema from every other, also of another collection that had the same name: hybrid time
 * (milliseconds since the epoch times 2^18) of its making, and the number of changes since. Never 0.
 */
export function schemaTimestamp(collection: Collection): HybridTime {
  return hybridTime(collection.createdAt) + BigInt(collection.schemaChanges);
}

export function partitionByName(collection: Collection, name: string): Partition | undefined {
  return collection.partitions.find((p) => p.name === name);
}

export function hasPartitionKey(collection: Collection): boolean {
  return collection.schema.fields.some((f) => f.partitionKey);
}

export function indexOfField(collection: Collection, fieldId: number): IndexDescription | undefined {
  return collection.indexes.find((i) => i.fieldId === fieldId);
}
