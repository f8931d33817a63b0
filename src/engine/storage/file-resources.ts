import type { Connection } from "./driver.js";
import { prepare } from "./statements.js";

export interface FileResourceRecord {
  readonly id: number;
  readonly name: string;
  readonly path: string;
}

/** SQL of the table `file_resources`. What writes is called inside a transaction. */
export interface FileResources {
  /** In order of addition. */
  all(): readonly FileResourceRecord[];
  find(name: string): FileResourceRecord | undefined;
  content(name: string): string | undefined;
  add(record: FileResourceRecord, content: string): void;
  remove(name: string): void;
}

export function fileResourceTable(db: Connection): FileResources {
  const all = prepare<[], FileResourceRecord>(db, "SELECT id, name, path FROM file_resources ORDER BY id");
  const find = prepare<[string], FileResourceRecord>(db, "SELECT id, name, path FROM file_resources WHERE name = ?");
  const content = prepare<[string], string>(db, "SELECT content FROM file_resources WHERE name = ?").pluck();
  const add = prepare<[number, string, string, string]>(db, "INSERT INTO file_resources VALUES (?, ?, ?, ?)");
  const remove = prepare<[string]>(db, "DELETE FROM file_resources WHERE name = ?");
  return {
    all: () => all.all(),
    find: (name) => find.get(name),
    content: (name) => content.get(name),
    add({ id, name, path }, text) {
      add.run(id, name, path, text);
    },
    remove(name) {
      remove.run(name);
    },
  };
}
