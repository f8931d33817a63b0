import type { Engine } from "../engine/index.js";

type Server = Pick<Engine, "execute">;

/** Requests that make a collection or give one another name, as far as they say which. */
interface Naming {
  readonly dbName?: string;
  readonly collectionName?: string;
  readonly newDbName?: string;
  readonly newCollectionName?: string;
  readonly targetDbName?: string;
  readonly targetCollectionName?: string;
}

interface Named {
  readonly dbName?: string;
  readonly collectionName: string;
}

/** The collections that a suite has made on a server: they go again, and no others. */
export class MadeThere {
  readonly #server: Server;
  readonly #made = new Map<string, Named>();

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Looks at what a call is about to make.
   *
   * @param database of requests that name none
   * @returns to be called when it has succeeded there
   */
  async before(path: string, request: object, database: string | undefined): Promise<() => void> {
    const asked = request as Naming;
    const name = named(asked.dbName || database, asked.collectionName);
    switch (path) {
      case "collections/create":
        return this.#unlessThere(name);
      case "snapshots/restore":
        return this.#unlessThere(named(asked.targetDbName || name.dbName, asked.targetCollectionName));
      case "collections/drop":
        return () => void this.#made.delete(keyOf(name));
      case "collections/rename": {
        const next = named(asked.newDbName || name.dbName, asked.newCollectionName);
        return () => void (this.#made.delete(keyOf(name)) && this.#made.set(keyOf(next), next));
      }
      default:
        return () => {};
    }
  }

  /** There is nobody to be asked any more. */
  forget(): void {
    this.#made.clear();
  }

  /** Drops them, with their aliases, without which they cannot be. */
  async drop(): Promise<void> {
    const made = [...this.#made.values()];
    this.#made.clear();
    for (const request of made) {
      try {
        const { data: aliases } = await this.#server.execute("aliases/list", request);
        for (const aliasName of aliases as readonly string[]) {
          await this.#server.execute("aliases/drop", { ...inDatabase(request.dbName), aliasName });
        }
        await this.#server.execute("collections/drop", request);
      } catch {
        // Somebody else has dropped it, or the server is gone: neither is a test's affair.
      }
    }
  }

  /** A collection that was there before is its owner's. */
  async #unlessThere(name: Named): Promise<() => void> {
    try {
      const { data } = await this.#server.execute("collections/has", name);
      if (!(data as { readonly has: boolean }).has) return () => void this.#made.set(keyOf(name), name);
    } catch {
      // What cannot be known is left alone; the call itself tells what is wrong.
    }
    return () => {};
  }
}

function named(dbName: string | undefined, collectionName = ""): Named {
  return { ...inDatabase(dbName), collectionName };
}

function inDatabase(dbName: string | undefined): { readonly dbName?: string } {
  return dbName === undefined || dbName === "" ? {} : { dbName };
}

function keyOf({ dbName = "default", collectionName }: Named): string {
  return JSON.stringify([dbName, collectionName]);
}
