import { now } from "../../values/clock.js";
import type { Collection, IndexDescription, Leftover, LoadMode, Partition } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import type { NewStruct } from "../model/read-structs.js";
import type { FieldSchema } from "../model/schema.js";
import type { StructSchema } from "../model/structs.js";
import type { Connection } from "../storage/driver.js";
import { parseStrings, prepare } from "../storage/statements.js";
import { type AliasTable, aliasTable } from "./aliases.js";
import type {
  Catalog,
  CollectionChange,
  CollectionNumbers,
  DatabaseRecord,
  GivenCollection,
  IndexesElsewhere,
  NewCollection,
} from "./catalog.js";
import { type CollectionTable, collectionTable } from "./collections.js";
import { type DatabaseTable, databaseTable } from "./databases.js";
import { type FieldTable, fieldTable } from "./fields.js";
import { type IndexTable, indexTable } from "./indexes.js";
import { type LeftoverTable, leftoverTable } from "./leftovers.js";
import { Mirror } from "./mirror.js";
import { type PartitionTable, partitionTable } from "./partitions.js";
import { openSequences, type Sequences } from "./sequences.js";

/** Ids below this are kept for system fields, as in Milvus. */
const FIRST_FIELD_ID = 100;

type Strings = Readonly<Record<string, string>>;

/** Tells readers beside this writer. */
const TELLING = "UPDATE counters SET value = value + 1 WHERE name = 'catalogue'";

class SqliteCatalog implements Catalog {
  readonly sequences: Sequences;
  readonly #now: () => number;
  readonly #databases: DatabaseTable;
  readonly #collections: CollectionTable;
  readonly #fields: FieldTable;
  readonly #partitions: PartitionTable;
  readonly #indexes: IndexTable;
  readonly #aliases: AliasTable;
  readonly #leftovers: LeftoverTable;
  /** Readers beside this writer read the catalogue anew. */
  readonly #tellReaders: () => void;
  /** Undefined after a rollback, until somebody asks. */
  #known: Mirror | undefined;

  constructor(db: Connection, now: () => number) {
    this.sequences = openSequences(db, now);
    this.#now = now;
    this.#databases = databaseTable(db);
    this.#collections = collectionTable(db);
    this.#fields = fieldTable(db);
    this.#partitions = partitionTable(db);
    this.#indexes = indexTable(db);
    this.#aliases = aliasTable(db);
    this.#leftovers = leftoverTable(db);
    const tell = prepare<[]>(db, TELLING);
    this.#tellReaders = () => void tell.run();
    this.#known = this.#read();
  }

  get #mirror(): Mirror {
    this.#known ??= this.#read();
    return this.#known;
  }

  databases(): readonly DatabaseRecord[] {
    return this.#mirror.databases();
  }

  database(name: string): DatabaseRecord | undefined {
    return this.#mirror.database(name);
  }

  createDatabase(name: string, properties: Strings): DatabaseRecord {
    const record = this.#databases.insert(name, properties, this.#now());
    this.#mirror.putDatabase(record);
    this.#tellReaders();
    return record;
  }

  dropDatabase(id: number): void {
    this.#databases.remove(id);
    this.#mirror.removeDatabase(id);
    this.#tellReaders();
  }

  setDatabaseProperties(id: number, properties: Strings): void {
    const record = this.#mirror.databaseById(id);
    if (record === undefined) throw new Error(`no database with id ${id}`);
    this.#databases.setProperties(id, properties);
    this.#mirror.putDatabase({ ...record, properties });
    this.#tellReaders();
  }

  collections(database: string): readonly Collection[] {
    return this.#mirror.collections(database);
  }

  allCollections(): readonly Collection[] {
    return this.#mirror.all();
  }

  find(database: string, nameOrAlias: string): Collection | undefined {
    return this.#mirror.find(database, nameOrAlias);
  }

  byId(id: number): Collection | undefined {
    return this.#mirror.collection(id);
  }

  createCollection(definition: NewCollection): Collection {
    const id = this.sequences.nextId();
    const { fields, structs } = definition.schema;
    const createdAt = this.#now();
    this.#collections.insert(id, definition, { nextFieldId: FIRST_FIELD_ID + fields.length, nextRowId: 1 }, createdAt);
    for (const [position, field] of fields.entries()) {
      this.#fields.insert(id, { ...field, id: FIRST_FIELD_ID + position });
    }
    this.#appendStructs(id, [], structs);
    for (const name of definition.partitionNames) {
      this.#partitions.insert(id, { id: this.sequences.nextId(), name, createdAt, loaded: false });
    }
    return this.#refresh(id);
  }

  adoptCollection(given: GivenCollection): Collection {
    const { id, partitions, indexes, schema } = given;
    const row = { ...given, schema: { ...schema, structs: [] }, partitionNames: [] };
    this.#collections.insert(id, row, given.numbers, given.createdAt);
    this.#collections.setStructs(id, schema.structs);
    for (const field of given.schema.fields) this.#fields.insert(id, field);
    for (const partition of partitions) this.#partitions.insert(id, { ...partition, loaded: false });
    for (const index of indexes) this.#indexes.insert(id, index);
    return this.#refresh(id);
  }

  numbers(id: number): CollectionNumbers {
    const numbers = this.#collections.numbers(id);
    if (numbers === undefined) throw new Error(`no collection with id ${id}`);
    return numbers;
  }

  dropCollection(id: number): void {
    this.#aliases.removeAll(id);
    this.#leftovers.removeAll(id);
    this.#indexes.removeAll(id);
    this.#partitions.removeAll(id);
    this.#fields.removeAll(id);
    this.#collections.remove(id);
    this.#mirror.remove(id);
    this.#tellReaders();
  }

  renameCollection(id: number, databaseId: number, name: string): void {
    this.#collections.rename(id, databaseId, name);
    this.#refresh(id);
  }

  changeCollection(id: number, change: CollectionChange): void {
    this.#collections.change(id, change);
    // The time zone is part of what filters are compiled for.
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  addField(id: number, field: Omit<FieldSchema, "id">): FieldSchema {
    const added: FieldSchema = { ...field, id: this.#collections.takeFieldId(id) };
    this.#fields.insert(id, added);
    this.#collections.changeSchema(id);
    this.#refresh(id);
    return added;
  }

  dropField(id: number, fieldId: number, leftovers: readonly Leftover[]): void {
    this.#fields.remove(id, fieldId);
    for (const leftover of leftovers) this.#leftovers.insert(id, leftover);
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  addStruct(id: number, struct: NewStruct): readonly FieldSchema[] {
    const added = this.#appendStructs(id, this.#mirror.collection(id)?.schema.structs ?? [], [struct]);
    this.#collections.changeSchema(id);
    this.#refresh(id);
    return added;
  }

  changeStruct(id: number, structId: number, change: Pick<StructSchema, "description" | "params">): void {
    this.#replaceStruct(id, structId, (struct) => [{ ...struct, ...change }]);
  }

  dropStruct(id: number, structId: number): void {
    this.#replaceStruct(id, structId, () => []);
  }

  #replaceStruct(id: number, structId: number, by: (struct: StructSchema) => readonly StructSchema[]): void {
    const structs = this.#mirror.collection(id)?.schema.structs ?? [];
    this.#collections.setStructs(
      id,
      structs.flatMap((struct) => (struct.id === structId ? by(struct) : [struct])),
    );
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  #appendStructs(id: number, known: readonly StructSchema[], added: readonly NewStruct[]): readonly FieldSchema[] {
    if (added.length === 0) return [];
    const taken: FieldSchema[] = [];
    const structs = added.map(({ fields, ...struct }): StructSchema => {
      const numbered = { ...struct, id: this.#collections.takeFieldId(id) };
      for (const field of fields) {
        const one: FieldSchema = { ...field, id: this.#collections.takeFieldId(id) };
        this.#fields.insert(id, one);
        taken.push(one);
      }
      return numbered;
    });
    this.#collections.setStructs(id, [...known, ...structs]);
    return taken;
  }

  renameField(id: number, fieldId: number, change: Pick<FieldSchema, "name" | "nullable">): void {
    this.#fields.rename(id, fieldId, change);
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  reserveField(id: number): number {
    return this.#collections.takeFieldId(id);
  }

  addLeftover(id: number, leftover: Leftover): void {
    this.#leftovers.insert(id, leftover);
    this.#refresh(id);
  }

  addFunctionField(id: number, field: FieldSchema, made: FunctionSchema): void {
    this.#fields.insert(id, field);
    this.setFunctions(id, [...(this.#mirror.collection(id)?.schema.functions ?? []), made]);
  }

  setFunctions(id: number, functions: readonly FunctionSchema[]): void {
    this.#collections.setFunctions(id, functions);
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  leftoverFreed(id: number, { kind, name }: Leftover): void {
    if (kind === "column") this.#leftovers.setEmptied(id, name);
    else this.#leftovers.remove(id, name);
    this.#refresh(id);
  }

  addDynamicField(id: number): void {
    this.#collections.setDynamic(id);
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  changeField(id: number, fieldId: number, change: Pick<FieldSchema, "description" | "params">): void {
    this.#fields.change(id, fieldId, change);
    this.#collections.changeSchema(id);
    this.#refresh(id);
  }

  createPartition(id: number, name: string, loaded: boolean): Partition {
    const partition: Partition = { id: this.sequences.nextId(), name, createdAt: this.#now(), loaded };
    this.#partitions.insert(id, partition);
    this.#refresh(id);
    return partition;
  }

  dropPartition(id: number, partitionId: number): void {
    this.#partitions.remove(partitionId);
    this.#refresh(id);
  }

  setLoadState(id: number, mode: LoadMode, loadedPartitionIds: ReadonlySet<number>, replicaNumber?: number): void {
    const before = this.#mirror.collection(id);
    this.#collections.setLoadState(id, mode, replicaNumber ?? before?.replicaNumber ?? 1);
    this.#partitions.setLoaded(id, loadedPartitionIds);
    this.#refresh(id);
  }

  createIndex(id: number, index: Omit<IndexDescription, "id">): IndexDescription {
    const created: IndexDescription = { ...index, id: this.sequences.nextId() };
    this.#indexes.insert(id, created);
    // Filters are compiled with the JSON paths that have an index.
    this.#collections.bumpSchema(id);
    this.#refresh(id);
    return created;
  }

  indexesElsewhere(id: number, wanted: readonly Omit<IndexDescription, "id">[]): IndexesElsewhere {
    const { first, statement } = this.sequences.idsElsewhere(wanted.length);
    const indexes = wanted.map((index, i) => ({ ...index, id: first + i }));
    const made = indexes.map((index) => this.#indexes.insertion(id, index));
    const told = [this.#collections.bumpingSchema(id), { text: TELLING, params: [] }];
    return {
      indexes,
      statements: [statement, ...made, ...told],
      follow: () => this.#mirror.put(this.#picture(id, this.#mirror)),
    };
  }

  dropIndex(id: number, indexId: number): void {
    this.#indexes.remove(indexId);
    this.#collections.bumpSchema(id);
    this.#refresh(id);
  }

  setIndexParams(id: number, indexId: number, params: Strings): void {
    this.#indexes.setParams(indexId, params);
    this.#refresh(id);
  }

  aliases(database: string): readonly { readonly alias: string; readonly collection: string }[] {
    const record = this.#mirror.database(database);
    return record === undefined ? [] : this.#aliases.inDatabase(record.id);
  }

  setAlias(databaseId: number, alias: string, collectionId: number): void {
    const before = this.#aliases.target(databaseId, alias);
    this.#aliases.set(databaseId, alias, collectionId);
    if (before !== undefined && before !== collectionId) this.#refresh(before);
    this.#refresh(collectionId);
  }

  dropAlias(databaseId: number, alias: string): void {
    const before = this.#aliases.target(databaseId, alias);
    if (before === undefined) return;
    this.#aliases.remove(databaseId, alias);
    this.#refresh(before);
  }

  /** Reads nothing yet: storage that has just failed may fail again, and whoever asks next is told so. */
  reload(): void {
    this.#known = undefined;
  }

  #read(): Mirror {
    const mirror = new Mirror();
    for (const record of this.#databases.all()) mirror.putDatabase(record);
    for (const id of this.#collections.ids()) mirror.put(this.#picture(id, mirror));
    return mirror;
  }

  /** Reads a collection from SQL and replaces its picture. */
  #refresh(id: number): Collection {
    const collection = this.#picture(id, this.#mirror);
    this.#mirror.put(collection);
    this.#tellReaders();
    return collection;
  }

  #picture(id: number, mirror: Mirror): Collection {
    const row = this.#collections.get(id);
    if (row === undefined) throw new Error(`no collection with id ${id}`);
    const fields = this.#fields.of(id);
    return {
      id,
      databaseId: row.database_id,
      database: mirror.databaseById(row.database_id)?.name ?? "",
      name: row.name,
      description: row.description,
      schema: {
        fields,
        structs: JSON.parse(row.structs) as StructSchema[],
        functions: JSON.parse(row.functions) as FunctionSchema[],
        dynamic: row.dynamic === 1,
      },
      schemaVersion: row.schema_version,
      schemaChanges: row.schema_changes,
      createdAt: row.created_at,
      shardsNum: row.shards_num,
      consistencyLevel: row.consistency_level,
      properties: parseStrings(row.properties),
      partitions: this.#partitions.of(id),
      indexes: this.#indexes.of(id, fields),
      leftovers: this.#leftovers.of(id),
      aliases: this.#aliases.of(id),
      loadMode: row.load_mode,
      replicaNumber: row.replica_number,
    };
  }
}

/**
 * The catalogue of an open database file of the current format (`migrate`).
 *
 * @param clock of generated primary keys and of what is made, milliseconds since the epoch
 */
export function openCatalog(db: Connection, clock: () => number = now): Catalog {
  return new SqliteCatalog(db, clock);
}
