import { afterEach } from "vitest";
import { Elanus, type ElanusServer } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

type OpenOptions = NonNullable<Parameters<typeof Elanus.open>[1]>;

const open: Elanus[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((db) => db.close()));
});

/** A database in a file. */
export async function openStore(path: string = temporaryPath(), options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", ...options });
  open.push(db);
  return db;
}

/** A server to move to and from. */
export async function openServer(options: OpenOptions = {}): Promise<{ db: Elanus; server: ElanusServer }> {
  const db = await Elanus.open(":memory:", options);
  open.push(db);
  return { db, server: await db.listen({ port: 0 }) };
}

/** All that can be seen of a database: definitions, load states, and every row. */
export async function contentsOf(db: Elanus): Promise<unknown> {
  const contents: Record<string, unknown> = {};
  for (const dbName of await db.databases.list()) {
    for (const collectionName of await db.collections.list({ dbName })) {
      const { collectionID: _, ...description } = await db.collections.describe({ dbName, collectionName });
      const named = { dbName, collectionName };
      const partitions = await db.partitions.list(named);
      const indexes = await Promise.all(
        (await db.indexes.list(named)).map((indexName) => db.indexes.describe({ ...named, indexName })),
      );
      const keyed = description.fields.some(({ partitionKey }) => partitionKey);
      const loaded: Record<string, string> = {};
      for (const partition of keyed ? [] : partitions) {
        loaded[partition] = (await db.collections.getLoadState({ ...named, partitionNames: [partition] })).loadState;
      }
      if (description.indexes.length > 0) await db.collections.load(named);
      const rows: Record<string, unknown> = {};
      for (const partition of keyed ? [undefined] : partitions) {
        const among = partition === undefined ? {} : { partitionNames: [partition] };
        rows[partition ?? "*"] = await db.entities.query({ ...named, ...among, limit: 16384 });
      }
      contents[`${dbName}.${collectionName}`] = { description, loaded, rows, indexes: indexes.map(settled) };
    }
  }
  return contents;
}

function settled(states: readonly object[]): object[] {
  return states.map((state) => ({ ...state, indexedRows: 0, pendingRows: 0, indexState: "" }));
}
