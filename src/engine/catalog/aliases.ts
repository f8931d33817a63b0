import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

/** SQL of the table `aliases`. */
export interface AliasTable {
  /** In order of creation. */
  of(collectionId: number): string[];
  /** Aliases of a database with the name of the collection each names, in order of creation. */
  inDatabase(databaseId: number): { readonly alias: string; readonly collection: string }[];
  /** The collection id that an alias names. */
  target(databaseId: number, alias: string): number | undefined;
  /** Makes the alias, or points it elsewhere. */
  set(databaseId: number, alias: string, collectionId: number): void;
  remove(databaseId: number, alias: string): void;
  removeAll(collectionId: number): void;
}

export function aliasTable(db: Connection): AliasTable {
  const of = prepare<[number], string>(db, "SELECT name FROM aliases WHERE collection_id = ? ORDER BY id").pluck();
  const inDatabase = prepare<[number], { alias: string; collection: string }>(
    db,
    `SELECT a.name AS alias, c.name AS collection FROM aliases a JOIN collections c ON c.id = a.collection_id
      WHERE a.database_id = ? ORDER BY a.id`,
  );
  const target = prepare<[number, string], number>(
    db,
    "SELECT collection_id FROM aliases WHERE database_id = ? AND name = ?",
  ).pluck();
  const set = prepare<[number, string, number]>(
    db,
    `INSERT INTO aliases (database_id, name, collection_id) VALUES (?, ?, ?)
      ON CONFLICT (database_id, name) DO UPDATE SET collection_id = excluded.collection_id`,
  );
  const remove = prepare<[number, string]>(db, "DELETE FROM aliases WHERE database_id = ? AND name = ?");
  const removeAll = prepare<[number]>(db, "DELETE FROM aliases WHERE collection_id = ?");
  return {
    of: (collectionId) => of.all(collectionId),
    inDatabase: (databaseId) => inDatabase.all(databaseId),
    target: (databaseId, alias) => target.get(databaseId, alias),
    set(databaseId, alias, collectionId) {
      set.run(databaseId, alias, collectionId);
    },
    remove(databaseId, alias) {
      remove.run(databaseId, alias);
    },
    removeAll(collectionId) {
      removeAll.run(collectionId);
    },
  };
}
