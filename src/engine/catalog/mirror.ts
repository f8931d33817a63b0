import type { Collection } from "../model/collection.js";
import type { DatabaseRecord } from "./catalog.js";

/** The catalogue in memory: immutable pictures and the names that lead to them. */
export class Mirror {
  readonly #databases = new Map<string, DatabaseRecord>();
  /** In order of creation: a replaced picture keeps its place. */
  readonly #collections = new Map<number, Collection>();
  /** Per database: names and aliases. */
  readonly #names = new Map<number, Map<string, number>>();
  readonly #lists = new Map<string, readonly Collection[]>();
  #all: readonly Collection[] | undefined;

  databases(): readonly DatabaseRecord[] {
    return [...this.#databases.values()];
  }

  database(name: string): DatabaseRecord | undefined {
    return this.#databases.get(name);
  }

  databaseById(id: number): DatabaseRecord | undefined {
    for (const record of this.#databases.values()) if (record.id === id) return record;
    return undefined;
  }

  putDatabase(record: DatabaseRecord): void {
    this.#databases.set(record.name, record);
  }

  removeDatabase(id: number): void {
    const record = this.databaseById(id);
    if (record !== undefined) this.#databases.delete(record.name);
    this.#names.delete(id);
  }

  collection(id: number): Collection | undefined {
    return this.#collections.get(id);
  }

  find(database: string, nameOrAlias: string): Collection | undefined {
    const record = this.#databases.get(database);
    const id = record === undefined ? undefined : this.#names.get(record.id)?.get(nameOrAlias);
    return id === undefined ? undefined : this.#collections.get(id);
  }

  collections(database: string): readonly Collection[] {
    let list = this.#lists.get(database);
    if (list === undefined) {
      list = this.all().filter((c) => c.database === database);
      this.#lists.set(database, list);
    }
    return list;
  }

  all(): readonly Collection[] {
    this.#all ??= [...this.#collections.values()];
    return this.#all;
  }

  put(collection: Collection): void {
    const before = this.#collections.get(collection.id);
    if (before !== undefined) this.#forgetNames(before);
    this.#collections.set(collection.id, collection);
    let names = this.#names.get(collection.databaseId);
    if (names === undefined) {
      names = new Map();
      this.#names.set(collection.databaseId, names);
    }
    for (const name of [collection.name, ...collection.aliases]) names.set(name, collection.id);
    this.#forgetLists();
  }

  remove(id: number): void {
    const before = this.#collections.get(id);
    if (before === undefined) return;
    this.#forgetNames(before);
    this.#collections.delete(id);
    this.#forgetLists();
  }

  /** Only names that still lead to this collection: an alias may have been moved to another one meanwhile. */
  #forgetNames(collection: Collection): void {
    const names = this.#names.get(collection.databaseId);
    for (const name of [collection.name, ...collection.aliases]) {
      if (names?.get(name) === collection.id) names.delete(name);
    }
  }

  #forgetLists(): void {
    this.#lists.clear();
    this.#all = undefined;
  }
}
