import type { ConsistencyLevel, LoadMode } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import type { StructSchema } from "../model/structs.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import type { BoundStatement } from "../storage/write-job.js";
import type { CollectionChange, CollectionNumbers, NewCollection } from "./catalog.js";

/** One row of the table `collections`. */
export interface CollectionRow {
  readonly id: number;
  readonly database_id: number;
  readonly name: string;
  readonly description: string;
  readonly dynamic: number;
  readonly shards_num: number;
  readonly consistency_level: ConsistencyLevel;
  readonly properties: string;
  readonly functions: string;
  readonly structs: string;
  readonly schema_version: number;
  readonly schema_changes: number;
  readonly created_at: number;
  readonly load_mode: LoadMode;
  readonly replica_number: number;
}

/** SQL of the table `collections`. */
export interface CollectionTable {
  /** In order of creation. */
  ids(): number[];
  get(id: number): CollectionRow | undefined;
  insert(id: number, definition: NewCollection, numbers: CollectionNumbers, createdAt: number): void;
  numbers(id: number): CollectionNumbers | undefined;
  remove(id: number): void;
  rename(id: number, databaseId: number, name: string): void;
  change(id: number, change: CollectionChange): void;
  setDynamic(id: number): void;
  setFunctions(id: number, functions: readonly FunctionSchema[]): void;
  setStructs(id: number, structs: readonly StructSchema[]): void;
  setLoadState(id: number, mode: LoadMode, replicaNumber: number): void;
  /** Takes the next free field id. */
  takeFieldId(id: number): number;
  /** Makes what was compiled for the collection stale. */
  bumpSchema(id: number): void;
  /** The same for a transaction of another connection. */
  bumpingSchema(id: number): BoundStatement;
  /** The same, and what clients know of the schema too. */
  changeSchema(id: number): void;
}

export function collectionTable(db: Connection): CollectionTable {
  const ids = prepare<[], number>(db, "SELECT id FROM collections ORDER BY id").pluck();
  const get = prepare<[number], CollectionRow>(
    db,
    `SELECT id, database_id, name, description, dynamic, shards_num, consistency_level, properties, functions,
      structs, schema_version, schema_changes, created_at, load_mode, replica_number FROM collections WHERE id = ?`,
  );
  const insert = prepare<unknown[]>(
    db,
    `INSERT INTO collections (id, database_id, name, description, dynamic, shards_num, consistency_level, properties,
      functions, schema_version, load_mode, replica_number, next_field_id, next_row_id, change_seq, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'none', 1, ?, ?, 0, ?)`,
  );
  const numbers = prepare<[number], CollectionNumbers>(
    db,
    "SELECT next_field_id AS nextFieldId, next_row_id AS nextRowId FROM collections WHERE id = ?",
  );
  const remove = prepare<[number]>(db, "DELETE FROM collections WHERE id = ?");
  const rename = prepare<[number, string, number]>(db, "UPDATE collections SET database_id = ?, name = ? WHERE id = ?");
  const change = prepare<[string | null, string | null, string | null, number]>(
    db,
    `UPDATE collections SET description = COALESCE(?, description), consistency_level = COALESCE(?, consistency_level),
      properties = COALESCE(?, properties) WHERE id = ?`,
  );
  const setDynamic = prepare<[number]>(db, "UPDATE collections SET dynamic = 1 WHERE id = ?");
  const setFunctions = prepare<[string, number]>(db, "UPDATE collections SET functions = ? WHERE id = ?");
  const setStructs = prepare<[string, number]>(db, "UPDATE collections SET structs = ? WHERE id = ?");
  const setLoadState = prepare<[LoadMode, number, number]>(
    db,
    "UPDATE collections SET load_mode = ?, replica_number = ? WHERE id = ?",
  );
  const takeFieldId = prepare<[number], number>(
    db,
    "UPDATE collections SET next_field_id = next_field_id + 1 WHERE id = ? RETURNING next_field_id - 1",
  ).pluck();
  const bumping = "UPDATE collections SET schema_version = schema_version + 1 WHERE id = ?";
  const bump = prepare<[number]>(db, bumping);
  const changeSchema = prepare<[number]>(
    db,
    "UPDATE collections SET schema_version = schema_version + 1, schema_changes = schema_changes + 1 WHERE id = ?",
  );
  return {
    ids: () => ids.all(),
    get: (id) => get.get(id),
    numbers: (id) => numbers.get(id),
    insert(id, definition, { nextFieldId, nextRowId }, createdAt) {
      insert.run(
        id,
        definition.databaseId,
        definition.name,
        definition.description,
        Number(definition.schema.dynamic),
        definition.shardsNum,
        definition.consistencyLevel,
        JSON.stringify(definition.properties),
        JSON.stringify(definition.schema.functions),
        nextFieldId,
        nextRowId,
        createdAt,
      );
    },
    remove(id) {
      remove.run(id);
    },
    rename(id, databaseId, name) {
      rename.run(databaseId, name, id);
    },
    change(id, { description, consistencyLevel, properties }) {
      const text = properties === undefined ? null : JSON.stringify(properties);
      change.run(description ?? null, consistencyLevel ?? null, text, id);
    },
    setDynamic(id) {
      setDynamic.run(id);
    },
    setFunctions(id, functions) {
      setFunctions.run(JSON.stringify(functions), id);
    },
    setStructs(id, structs) {
      setStructs.run(JSON.stringify(structs), id);
    },
    setLoadState(id, mode, replicaNumber) {
      setLoadState.run(mode, replicaNumber, id);
    },
    takeFieldId: (id) => takeFieldId.get(id) as number,
    bumpSchema(id) {
      bump.run(id);
    },
    bumpingSchema: (id) => ({ text: bumping, params: [id] }),
    changeSchema(id) {
      changeSchema.run(id);
    },
  };
}
