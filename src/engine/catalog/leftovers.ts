import type { Leftover } from "../model/collection.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

interface LeftoverRow {
  readonly kind: Leftover["kind"];
  readonly name: string;
  readonly filler: string | null;
  readonly emptied: number;
}

/** SQL of the table `leftovers`. */
export interface LeftoverTable {
  of(collectionId: number): Leftover[];
  insert(collectionId: number, leftover: Leftover): void;
  setEmptied(collectionId: number, name: string): void;
  remove(collectionId: number, name: string): void;
  removeAll(collectionId: number): void;
}

export function leftoverTable(db: Connection): LeftoverTable {
  const of = prepare<[number], LeftoverRow>(
    db,
    "SELECT kind, name, filler, emptied FROM leftovers WHERE collection_id = ? ORDER BY name",
  );
  const insert = prepare<[number, string, string, string | null, number]>(
    db,
    "INSERT INTO leftovers VALUES (?, ?, ?, ?, ?)",
  );
  const setEmptied = prepare<[number, string]>(
    db,
    "UPDATE leftovers SET emptied = 1 WHERE collection_id = ? AND name = ?",
  );
  const remove = prepare<[number, string]>(db, "DELETE FROM leftovers WHERE collection_id = ? AND name = ?");
  const removeAll = prepare<[number]>(db, "DELETE FROM leftovers WHERE collection_id = ?");
  return {
    of: (collectionId) =>
      of.all(collectionId).map(({ kind, name, filler, emptied }) => ({
        kind,
        name,
        filler: filler ?? undefined,
        emptied: emptied === 1,
      })),
    insert(collectionId, { kind, name, filler, emptied }) {
      insert.run(collectionId, kind, name, filler ?? null, Number(emptied));
    },
    setEmptied(collectionId, name) {
      setEmptied.run(collectionId, name);
    },
    remove(collectionId, name) {
      remove.run(collectionId, name);
    },
    removeAll(collectionId) {
      removeAll.run(collectionId);
    },
  };
}
