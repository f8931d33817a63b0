import type { Connection } from "../storage/driver.js";
import { parseStrings, prepare } from "../storage/statements.js";
import type { DatabaseRecord } from "./catalog.js";

interface DatabaseRow {
  readonly id: number;
  readonly name: string;
  readonly properties: string;
}

/** SQL of the table `databases`. */
export interface DatabaseTable {
  all(): DatabaseRecord[];
  insert(name: string, properties: Readonly<Record<string, string>>): DatabaseRecord;
  remove(id: number): void;
  setProperties(id: number, properties: Readonly<Record<string, string>>): void;
}

export function databaseTable(db: Connection): DatabaseTable {
  const all = prepare<[], DatabaseRow>(db, "SELECT id, name, properties FROM databases ORDER BY id");
  const insert = prepare<[string, string], number>(
    db,
    "INSERT INTO databases (name, properties) VALUES (?, ?) RETURNING id",
  ).pluck();
  const remove = prepare<[number]>(db, "DELETE FROM databases WHERE id = ?");
  const update = prepare<[string, number]>(db, "UPDATE databases SET properties = ? WHERE id = ?");
  return {
    all: () => all.all().map((row) => ({ id: row.id, name: row.name, properties: parseStrings(row.properties) })),
    insert(name, properties) {
      const id = insert.get(name, JSON.stringify(properties)) as number;
      return { id, name, properties };
    },
    remove(id) {
      remove.run(id);
    },
    setProperties(id, properties) {
      update.run(JSON.stringify(properties), id);
    },
  };
}
