import type { Connection } from "../storage/driver.js";
import { parseStrings, prepare } from "../storage/statements.js";
import type { DatabaseRecord } from "./catalog.js";

interface DatabaseRow {
  readonly id: number;
  readonly name: string;
  readonly properties: string;
  readonly created_at: number;
}

/** SQL of the table `databases`. */
export interface DatabaseTable {
  all(): DatabaseRecord[];
  insert(name: string, properties: Readonly<Record<string, string>>, createdAt: number): DatabaseRecord;
  remove(id: number): void;
  setProperties(id: number, properties: Readonly<Record<string, string>>): void;
}

export function databaseTable(db: Connection): DatabaseTable {
  const all = prepare<[], DatabaseRow>(db, "SELECT id, name, properties, created_at FROM databases ORDER BY id");
  const insert = prepare<[string, string, number], number>(
    db,
    "INSERT INTO databases (name, properties, created_at) VALUES (?, ?, ?) RETURNING id",
  ).pluck();
  const remove = prepare<[number]>(db, "DELETE FROM databases WHERE id = ?");
  const update = prepare<[string, number]>(db, "UPDATE databases SET properties = ? WHERE id = ?");
  return {
    all: () =>
      all.all().map((row) => ({
        id: row.id,
        name: row.name,
        properties: parseStrings(row.properties),
        createdAt: row.created_at,
      })),
    insert(name, properties, createdAt) {
      const id = insert.get(name, JSON.stringify(properties), createdAt) as number;
      return { id, name, properties, createdAt };
    },
    remove(id) {
      remove.run(id);
    },
    setProperties(id, properties) {
      update.run(JSON.stringify(properties), id);
    },
  };
}
