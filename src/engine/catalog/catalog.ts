import type {
  Collection,
  ConsistencyLevel,
  IndexDescription,
  Leftover,
  LoadMode,
  Partition,
} from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import type { NewStruct } from "../model/read-structs.js";
import type { CollectionSchema, FieldSchema } from "../model/schema.js";
import type { StructSchema } from "../model/structs.js";
import type { BoundStatement } from "../storage/write-job.js";
import type { Sequences } from "./sequences.js";

export interface DatabaseRecord {
  readonly id: number;
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** The next numbers of a collection. */
export interface CollectionNumbers {
  readonly nextFieldId: number;
  readonly nextRowId: number;
}

/** A collection that comes with its ids, those of its partitions and indexes included. */
export interface GivenCollection extends Omit<Collection, "database" | "schemaVersion" | "schemaChanges"> {
  readonly numbers: CollectionNumbers;
}

/** A schema whose fields have no ids yet. */
export interface NewSchema {
  readonly fields: readonly Omit<FieldSchema, "id">[];
  readonly structs: readonly NewStruct[];
  readonly functions: CollectionSchema["functions"];
  readonly dynamic: CollectionSchema["dynamic"];
}

export interface NewCollection {
  readonly databaseId: number;
  readonly name: string;
  readonly description: string;
  /** Field ids are given by the catalogue, in order. */
  readonly schema: NewSchema;
  readonly shardsNum: number;
  readonly consistencyLevel: ConsistencyLevel;
  readonly properties: Readonly<Record<string, string>>;
  /** `["_default"]`, or `_default_0` ... of a partition-key collection. */
  readonly partitionNames: readonly string[];
}

/**
 * Databases, collections, partitions, indexes, aliases and load intent, kept in SQLite and mirrored in memory.
 * Readers answer from memory. Writers validate nothing (operations do), write SQL, and replace the
 * picture of the collection they touched; call them inside `ctx.transaction`.
 */
/** Indexes that another connection makes known. */
export interface IndexesElsewhere {
  readonly indexes: readonly IndexDescription[];
  readonly statements: readonly BoundStatement[];
  /** Call after the commit. */
  readonly follow: () => void;
}

/** What of a collection can be changed; the rest stays. */
export type CollectionChange = Partial<Pick<Collection, "description" | "consistencyLevel" | "properties">>;

export interface Catalog {
  /** Ids, row ids, generated primary keys, change numbers. */
  readonly sequences: Sequences;

  databases(): readonly DatabaseRecord[];
  database(name: string): DatabaseRecord | undefined;
  createDatabase(name: string, properties: Readonly<Record<string, string>>): DatabaseRecord;
  dropDatabase(id: number): void;
  setDatabaseProperties(id: number, properties: Readonly<Record<string, string>>): void;

  /** In order of creation. */
  collections(database: string): readonly Collection[];
  /** All databases. */
  allCollections(): readonly Collection[];
  /** By name or alias; undefined when the database or the collection is missing. */
  find(database: string, nameOrAlias: string): Collection | undefined;
  /** The current picture; undefined after a drop. */
  byId(id: number): Collection | undefined;
  createCollection(definition: NewCollection): Collection;
  /** Takes in a collection as it is, not loaded and without aliases. */
  adoptCollection(given: GivenCollection): Collection;
  /** The next field id and row id. */
  numbers(id: number): CollectionNumbers;
  dropCollection(id: number): void;
  renameCollection(id: number, databaseId: number, name: string): void;
  changeCollection(id: number, change: CollectionChange): void;
  /** Appends a field; its id is the next free one. */
  addField(id: number, field: Omit<FieldSchema, "id">): FieldSchema;
  /** Its id is not used again. Drop its indexes first. @param leftovers what stays of it in the tables */
  dropField(id: number, fieldId: number, leftovers: readonly Leftover[]): void;
  /** Gives a field another name; its indexes must be gone. */
  renameField(id: number, fieldId: number, change: Pick<FieldSchema, "name" | "nullable">): void;
  /** Takes the next free field id for a field that comes later. */
  reserveField(id: number): number;
  /** What is not part of the schema yet, or any more: a table with its rows. */
  addLeftover(id: number, leftover: Leftover): void;
  /** Appends a field under an id that was reserved for it, with the function that computes it. */
  addFunctionField(id: number, field: FieldSchema, made: FunctionSchema): void;
  setFunctions(id: number, functions: readonly FunctionSchema[]): void;
  /** A column is empty from now on; anything else is gone. */
  leftoverFreed(id: number, leftover: Leftover): void;
  /** Appends a struct and its fields, which get the ids after its own. */
  addStruct(id: number, struct: NewStruct): readonly FieldSchema[];
  changeStruct(id: number, structId: number, change: Pick<StructSchema, "description" | "params">): void;
  /** Of a struct whose fields are dropped. */
  dropStruct(id: number, structId: number): void;
  /** Gives a collection a dynamic field. */
  addDynamicField(id: number): void;
  changeField(id: number, fieldId: number, change: Pick<FieldSchema, "description" | "params">): void;

  createPartition(id: number, name: string, loaded: boolean): Partition;
  dropPartition(id: number, partitionId: number): void;
  /** Replaces mode and loaded set in one go. */
  setLoadState(id: number, mode: LoadMode, loadedPartitionIds: ReadonlySet<number>, replicaNumber?: number): void;

  createIndex(id: number, index: Omit<IndexDescription, "id">): IndexDescription;
  /** The same for several, by a transaction of another connection. */
  indexesElsewhere(id: number, indexes: readonly Omit<IndexDescription, "id">[]): IndexesElsewhere;
  dropIndex(id: number, indexId: number): void;
  setIndexParams(id: number, indexId: number, params: Readonly<Record<string, string>>): void;

  /** Aliases of a database with the collection each names, in order of creation. */
  aliases(database: string): readonly { readonly alias: string; readonly collection: string }[];
  setAlias(databaseId: number, alias: string, collectionId: number): void;
  dropAlias(databaseId: number, alias: string): void;

  /** Forgets the mirror and reads SQL again (after a rollback). */
  reload(): void;
}
