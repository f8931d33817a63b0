import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError, type OpenOptions } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(path: string, options?: OpenOptions): Promise<Elanus> {
  const db = await Elanus.open(path, options);
  opened.push(db);
  return db;
}

async function closeAll(): Promise<void> {
  for (const db of opened.splice(0)) await db.close();
}

/** A file with loaded collections in two databases, one of which is loaded in part, and a released one. */
async function library(): Promise<string> {
  const path = temporaryPath();
  const db = await open(path);
  await db.databases.create({ dbName: "archive" });
  for (const [dbName, collectionName] of [
    ["default", "book"],
    ["default", "film"],
    ["default", "song"],
    ["archive", "book"],
  ] as const) {
    await db.collections.create({ dbName, collectionName, dimension: 2 });
    const data = [1, 2, 3].map((id) => ({ id, vector: [id, 1] }));
    await db.entities.insert({ dbName, collectionName, data });
  }
  await db.collections.release({ collectionName: "song" });
  await db.partitions.create({ collectionName: "film", partitionName: "silent" });
  await db.entities.insert({ collectionName: "film", partitionName: "silent", data: [{ id: 9, vector: [9, 1] }] });
  await db.partitions.release({ collectionName: "film", partitionNames: ["_default"] });
  await db.aliases.create({ collectionName: "book", aliasName: "tome" });
  await closeAll();
  return path;
}

/** Rows in memory by collection: `archive.book` where the database is not the default one. */
async function inMemory(db: Elanus): Promise<Record<string, number>> {
  const { segments } = await db.stats();
  const rows: Record<string, number> = {};
  for (const { database, collection, rows: count } of segments) {
    const name = database === "default" ? collection : `${database}.${collection}`;
    rows[name] = (rows[name] ?? 0) + count;
  }
  return rows;
}

async function refusalOf(path: string, options: OpenOptions): Promise<unknown> {
  try {
    await open(path, options);
  } catch (error) {
    if (isElanusError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

describe.each<[string, OpenOptions]>([
  ["in this thread", {}],
  ["in a worker", { worker: true }],
  ["read-only", { readonly: true }],
])("preload, %s", (_, how) => {
  it("reads nothing before the first search unless it is asked to", async () => {
    const path = await library();
    for (const preload of [undefined, false, []]) {
      const db = await open(path, { ...how, ...(preload !== undefined && { preload }) });
      expect(await inMemory(db)).toEqual({});
      await closeAll();
    }
  });

  it("has all that is loaded in memory when open resolves", async () => {
    const db = await open(await library(), { ...how, preload: true });
    expect(await inMemory(db)).toEqual({ book: 3, film: 1, "archive.book": 3 });
    const hits = await db.entities.search({ collectionName: "film", data: [[9, 1]] });
    expect(hits.map(({ id }) => id)).toEqual([9]);
  });

  it("takes names, of other databases and aliases too", async () => {
    const path = await library();
    for (const [preload, expected] of [
      [["film"], { film: 1 }],
      [["tome", "book"], { book: 3 }],
      [["archive.book"], { "archive.book": 3 }],
    ] as const) {
      const db = await open(path, { ...how, preload });
      expect(await inMemory(db)).toEqual(expected);
      await closeAll();
    }
  });

  it("refuses names that no loaded collection has, and leaves the file free", async () => {
    const path = await library();
    const refusal = (text: string) => ({ code: 1100, message: `"preload" of Elanus.open: ${text}: invalid parameter` });
    const cases: readonly (readonly [string, string])[] = [
      ["boook", 'there is no collection "boook": did you mean "book"?'],
      ["archive.bok", 'there is no collection "archive.bok": did you mean "archive.book"?'],
      ["nowhere.at.all", 'there is no collection "nowhere.at.all"'],
      ["", 'there is no collection ""'],
      ["song", 'the collection "song" is released: collections.load makes it searchable'],
    ];
    for (const [name, text] of cases) {
      expect(await refusalOf(path, { ...how, preload: ["book", name] })).toEqual(refusal(text));
    }
    expect(await inMemory(await open(path, { preload: true }))).toEqual({ book: 3, film: 1, "archive.book": 3 });
  });
});

describe("preload", () => {
  it("of another kind is refused", async () => {
    for (const preload of ["book", 1, [1], { book: true }, null]) {
      expect(await refusalOf(":memory:", { preload } as unknown as OpenOptions)).toMatchObject({
        code: 1100,
        message: expect.stringMatching(/^"preload" of Elanus.open must be true, false or an array of texts, not /),
      });
    }
  });
});
