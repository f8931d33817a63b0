import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

/** The group in which everything is that nobody has put elsewhere: it has the one node there is, this process. */
export const DEFAULT_RESOURCE_GROUP = "__default_resource_group";

export interface ResourceGroupRecord {
  readonly name: string;
  /** As it was given, of the keys that are known. */
  readonly config: object;
}

/** Groups that users have made, and which collection's replica is in which of them. Call what writes inside a transaction. */
export interface ResourceGroups {
  /** Without the default one, in order of creation. */
  all(): readonly ResourceGroupRecord[];
  /** Undefined for the default one. */
  get(name: string): ResourceGroupRecord | undefined;
  create(name: string, config: object): void;
  setConfig(name: string, config: object): void;
  drop(name: string): void;
  /** The group of a collection's replica. */
  of(collectionId: number): string;
  place(collectionId: number, name: string): void;
}

export function resourceGroups(db: Connection): ResourceGroups {
  interface Row {
    readonly name: string;
    readonly config: string;
  }
  const all = prepare<[], Row>(db, "SELECT name, config FROM resource_groups ORDER BY id");
  const get = prepare<[string], Row>(db, "SELECT name, config FROM resource_groups WHERE name = ?");
  const create = prepare<[string, string]>(db, "INSERT INTO resource_groups (name, config) VALUES (?, ?)");
  const setConfig = prepare<[string, string]>(db, "UPDATE resource_groups SET config = ? WHERE name = ?");
  const drop = prepare<[string]>(db, "DELETE FROM resource_groups WHERE name = ?");
  const of = prepare<[number], string>(db, "SELECT group_name FROM replica_groups WHERE collection_id = ?").pluck();
  const place = prepare<[number, string]>(
    db,
    "INSERT OR REPLACE INTO replica_groups (collection_id, group_name) VALUES (?, ?)",
  );
  const bringBack = prepare<[number]>(db, "DELETE FROM replica_groups WHERE collection_id = ?");
  const record = ({ name, config }: Row): ResourceGroupRecord => ({ name, config: JSON.parse(config) as object });
  return {
    all: () => all.all().map(record),
    get(name) {
      const row = get.get(name);
      return row === undefined ? undefined : record(row);
    },
    create: (name, config) => void create.run(name, JSON.stringify(config)),
    setConfig: (name, config) => void setConfig.run(JSON.stringify(config), name),
    drop: (name) => void drop.run(name),
    of: (collectionId) => of.get(collectionId) ?? DEFAULT_RESOURCE_GROUP,
    place(collectionId, name) {
      if (name === DEFAULT_RESOURCE_GROUP) bringBack.run(collectionId);
      else place.run(collectionId, name);
    },
  };
}
