import type { CollectionDescription } from "../engine/contract/collections.js";
import type { RecordBatch } from "../engine/contract/column.js";
import type { KeyValue } from "../engine/contract/request.js";
import type { ServerVersion } from "./server-version.js";

/** A primary key. */
export type Key = number | bigint | string;

export interface CollectionName {
  readonly database: string;
  readonly collection: string;
}

/** As commands and options spell it. */
export function nameOf({ database, collection }: CollectionName): string {
  return `${database}.${collection}`;
}

export interface IndexDescription {
  readonly indexName: string;
  readonly fieldName: string;
  readonly indexType: string;
  /** Empty for a scalar index. */
  readonly metricType: string;
  /** As they were given. */
  readonly params: readonly KeyValue[];
}

export interface PartitionDescription {
  readonly name: string;
  readonly loaded: boolean;
}

/** All that a collection is, but for its rows. */
export interface DescribedCollection {
  /** Never given to another collection of the same name. */
  readonly id: string;
  readonly description: CollectionDescription;
  readonly partitions: readonly PartitionDescription[];
  readonly indexes: readonly IndexDescription[];
}

export interface ReadRequest extends CollectionName {
  readonly described: DescribedCollection;
  /** Absent: all of them. */
  readonly partition: string | undefined;
  /** Empty: every row. */
  readonly filter: string;
  /** Names of fields, `*` for all that can be read. */
  readonly outputFields: readonly string[];
  readonly limit: number;
}

export interface WriteRequest extends CollectionName {
  /** Absent where a partition key chooses. */
  readonly partition: string | undefined;
  readonly rows: RecordBatch;
  /** `insert`: rows with these keys are not there, and automatic keys are given; `upsert`: they are replaced. */
  readonly mode: "insert" | "upsert";
}

export interface NearestRequest extends CollectionName {
  readonly described: DescribedCollection;
  readonly field: string;
  readonly metricType: string;
  /** Absent: all that are loaded. */
  readonly partitions: readonly string[] | undefined;
  /** As they are stored. */
  readonly vectors: readonly Uint8Array[];
  readonly limit: number;
}

/**
 * One of the two stores between which rows are moved: an engine, or a server over the network. What it answers and takes is data
 * of the contract, whatever travels on the wire.
 */
export interface Side {
  /** For messages: the path of a file, or an address. */
  readonly name: string;
  readonly server: ServerVersion;
  /** The database of the caller, not a server. */
  readonly isHere: boolean;
  databases(): Promise<readonly string[]>;
  createDatabase(database: string): Promise<void>;
  collections(database: string): Promise<readonly string[]>;
  /** Undefined: there is none. */
  describe(name: CollectionName): Promise<DescribedCollection | undefined>;
  /** Makes a collection and no more: no index, not loaded. */
  createCollection(database: string, description: CollectionDescription): Promise<void>;
  setProperty(name: CollectionName, key: string, value: string): Promise<void>;
  dropProperty(name: CollectionName, key: string): Promise<void>;
  createPartition(name: CollectionName, partition: string): Promise<void>;
  createIndex(name: CollectionName, index: IndexDescription): Promise<void>;
  dropIndex(name: CollectionName, indexName: string): Promise<void>;
  createAlias(name: CollectionName, alias: string): Promise<void>;
  /** Resolves when the rows can be read. @param partitions absent: all of them */
  load(name: CollectionName, partitions: readonly string[] | undefined): Promise<void>;
  release(name: CollectionName): Promise<void>;
  /** Whether rows of a collection that is not loaded can be read. */
  readonly readsReleased: boolean;
  /** Rows in ascending order of their keys. */
  read(request: ReadRequest): Promise<RecordBatch>;
  count(name: CollectionName, described: DescribedCollection, partition: string | undefined): Promise<number>;
  write(request: WriteRequest): Promise<void>;
  /** Removes rows by a filter that names keys, loaded or not. */
  remove(name: CollectionName, partition: string | undefined, filter: string): Promise<void>;
  /** The keys nearest to each vector, best first. */
  nearest(request: NearestRequest): Promise<readonly (readonly Key[])[]>;
  close(): Promise<void>;
}
