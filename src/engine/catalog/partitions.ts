import type { Partition } from "../model/collection.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

interface PartitionRow {
  readonly id: number;
  readonly name: string;
  readonly loaded: number;
  readonly created_at: number;
}

/** SQL of the table `partitions`. */
export interface PartitionTable {
  /** In order of creation. */
  of(collectionId: number): Partition[];
  insert(collectionId: number, partition: Partition): void;
  remove(partitionId: number): void;
  removeAll(collectionId: number): void;
  /** Writes only the rows that change. */
  setLoaded(collectionId: number, loaded: ReadonlySet<number>): void;
}

export function partitionTable(db: Connection): PartitionTable {
  const of = prepare<[number], PartitionRow>(
    db,
    "SELECT id, name, loaded, created_at FROM partitions WHERE collection_id = ? ORDER BY id",
  );
  const insert = prepare<[number, number, string, number, number]>(
    db,
    "INSERT INTO partitions (id, collection_id, name, loaded, created_at) VALUES (?, ?, ?, ?, ?)",
  );
  const remove = prepare<[number]>(db, "DELETE FROM partitions WHERE id = ?");
  const removeAll = prepare<[number]>(db, "DELETE FROM partitions WHERE collection_id = ?");
  const update = prepare<[number, number]>(db, "UPDATE partitions SET loaded = ? WHERE id = ?");
  return {
    of: (collectionId) =>
      of
        .all(collectionId)
        .map((row) => ({ id: row.id, name: row.name, createdAt: row.created_at, loaded: row.loaded === 1 })),
    insert(collectionId, partition) {
      insert.run(partition.id, collectionId, partition.name, Number(partition.loaded), partition.createdAt);
    },
    remove(partitionId) {
      remove.run(partitionId);
    },
    removeAll(collectionId) {
      removeAll.run(collectionId);
    },
    setLoaded(collectionId, loaded) {
      for (const row of of.all(collectionId)) {
        const wanted = Number(loaded.has(row.id));
        if (wanted !== row.loaded) update.run(wanted, row.id);
      }
    },
  };
}
