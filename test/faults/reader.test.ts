import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { startProgram } from "./process.js";

const collectionName = "c";
const D = 4;
const vectorOf = (id: number) => Array.from({ length: D }, (_, i) => Math.sin(id * (i + 1)) + 0.01 * id);
const row = (id: number, more: object = {}) => ({ id, vector: vectorOf(id), n: id % 7, ...more });
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i));

async function pair(count: number, options: object = {}): Promise<{ path: string; writer: Elanus; reader: Elanus }> {
  const path = temporaryPath();
  const writer = await Elanus.open(path, { durability: "off", ...options });
  await writer.collections.create({ collectionName, dimension: D, metricType: "L2" });
  for (let from = 0; from < count; from += 5000) {
    await writer.entities.insert({ collectionName, data: rows(from, Math.min(5000, count - from)) });
  }
  const reader = await Elanus.open(path, { readonly: true, ...options });
  return { path, writer, reader };
}

async function close(...dbs: readonly Elanus[]): Promise<void> {
  for (const db of dbs) await db.close();
}

describe("a reader beside a writer", () => {
  it("sees what the writer has committed: rows, collections and load states", async () => {
    const { writer, reader } = await pair(5);
    const search = { collectionName, data: [vectorOf(77)], limit: 1, outputFields: ["n"] };
    await reader.entities.search(search);
    await writer.entities.insert({ collectionName, data: [row(77)] });
    expect((await reader.entities.search(search))[0]).toMatchObject({ id: 77, distance: 0 });
    await writer.entities.delete({ collectionName, id: [77] });
    expect((await reader.entities.search(search))[0]?.id).not.toBe(77);
    await writer.collections.create({ collectionName: "new", dimension: 2 });
    expect(await reader.collections.has({ collectionName: "new" })).toEqual({ has: true });
    await writer.collections.release({ collectionName });
    await expect(reader.entities.search(search)).rejects.toMatchObject({ code: 101 });
    await writer.collections.drop({ collectionName });
    await expect(reader.entities.query({ collectionName })).rejects.toMatchObject({ code: 100 });
    expect(await reader.check()).toEqual({ ok: true, problems: [] });
    await close(reader, writer);
  });

  it("is refused where there is no file, and makes none", async () => {
    const path = temporaryPath();
    await expect(Elanus.open(path, { readonly: true })).rejects.toMatchObject({ code: 2 });
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}-lock`)).toBe(false);
  });

  it("goes on where its writer has gone, and follows the next one", async () => {
    const { path, writer, reader } = await pair(5);
    await writer.close();
    expect(await reader.collections.getStats({ collectionName })).toEqual({ rowCount: 5 });
    const next = await Elanus.open(path);
    await next.entities.insert({ collectionName, data: [row(50)] });
    expect(await reader.entities.get({ collectionName, id: 50, outputFields: ["id"] })).toEqual([{ id: 50 }]);
    await next.close();
    await reader.close();
    await (await Elanus.open(path)).close();
  });
});

describe("a call of a reader sees one state of the file", () => {
  const queries = rows(0, 300).map((one) => one.vector);
  const search = { collectionName, data: queries, limit: 5, outputFields: ["n", "vector"] };
  const everything = { collectionName, filter: "id >= 0", limit: 16_000, outputFields: ["id", "n"] };
  const COUNT = 20_000;

  it.each<[string, (writer: Elanus) => Promise<unknown>]>([
    ["a delete", (writer) => writer.entities.delete({ collectionName, filter: "n < 4" })],
    ["an insert", (writer) => writer.entities.insert({ collectionName, data: rows(COUNT, 3000) })],
    [
      "an upsert",
      (writer) => writer.entities.upsert({ collectionName, data: rows(0, 300).map((r) => ({ ...r, n: 9 })) }),
    ],
    ["a truncation", (writer) => writer.collections.truncate({ collectionName } as never)],
    ["a drop", (writer) => writer.collections.drop({ collectionName })],
    ["a release", (writer) => writer.collections.release({ collectionName })],
  ])("whatever comes in the middle of a search: %s", async (_, change) => {
    const { writer, reader } = await pair(COUNT, { exactBelow: 1_000_000 });
    const before = await reader.entities.search(search);
    const running = reader.entities.search(search);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await change(writer);
    expect(await running).toEqual(before);
    // The next call sees the change.
    const outcome = async (db: Elanus) => db.entities.search(search).catch((error) => error.code);
    expect(await outcome(reader)).toEqual(await outcome(writer));
    await close(reader, writer);
  });

  it("also while it loads what the writer goes on changing", async () => {
    const { writer, reader } = await pair(COUNT, { exactBelow: 1_000_000 });
    const before = await writer.entities.search({ ...search, data: queries.slice(0, 20) });
    // The first search of the reader reads all rows, in slices.
    const running = reader.entities.search({ ...search, data: queries.slice(0, 20) });
    await new Promise((resolve) => setImmediate(resolve));
    await writer.entities.delete({ collectionName, filter: "n >= 2" });
    expect(await running).toEqual(before);
    expect(await reader.entities.query(everything)).toEqual(await writer.entities.query(everything));
    await close(reader, writer);
  });

  it("and those that come meanwhile see the newer one", async () => {
    const { writer, reader } = await pair(COUNT, { exactBelow: 1_000_000 });
    const before = await reader.entities.search(search);
    const running = reader.entities.search(search);
    await writer.entities.delete({ collectionName, id: [1, 2, 3] });
    expect(await reader.collections.getStats({ collectionName })).toEqual({ rowCount: COUNT - 3 });
    expect(await running).toEqual(before);
    await close(reader, writer);
  });
});

describe("a reader follows its writer", () => {
  const graphOf = async (db: Elanus) => (await db.stats()).graphRows;
  const search = { collectionName, data: [vectorOf(5)], limit: 3 };

  async function untilGraph(db: Elanus): Promise<void> {
    while ((await db.stats()).pendingRows > 0 || (await graphOf(db)) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it("without giving up its graph", async () => {
    const { writer, reader } = await pair(4000, { exactBelow: 1000 });
    await reader.entities.search(search);
    await untilGraph(reader);
    const graph = await graphOf(reader);
    expect(graph).toBeGreaterThan(3000);
    for (let i = 0; i < 20; i++) {
      await writer.entities.insert({ collectionName, data: rows(4000 + i * 5, 5) });
      await writer.entities.delete({ collectionName, id: [i * 3 + 6, 4000 + i * 5] });
      const [mine, theirs] = [await reader.entities.search(search), await writer.entities.search(search)];
      expect(mine[0]).toEqual(theirs[0]);
      // What is new may stay outside, being too little for a build; what was in the graph stays, but for the rows that were deleted.
      expect(await graphOf(reader)).toBeGreaterThanOrEqual(graph - (i + 1));
    }
    const stats = await reader.stats();
    expect(stats.rows).toBe((await writer.stats()).rows);
    expect(await reader.check()).toEqual({ ok: true, problems: [] });
    await close(reader, writer);
  });

  it("and begins with the graph that the writer has saved", async () => {
    const { path, writer, reader } = await pair(4000, { exactBelow: 1000 });
    await reader.close();
    await writer.entities.search(search);
    await untilGraph(writer);
    while ((await writer.stats()).segments[0]?.snapshot !== "current") {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const late = await Elanus.open(path, { readonly: true, exactBelow: 1000, buildWorkers: 0 });
    await late.entities.search(search);
    expect(await graphOf(late)).toBeGreaterThan(3000);
    await writer.collections.drop({ collectionName });
    await expect(late.entities.search(search)).rejects.toMatchObject({ code: 100 });
    await close(late, writer);
  });

  it("when it has slept for longer than the log goes back", async () => {
    const { writer, reader } = await pair(300, { exactBelow: 1_000_000 });
    await reader.entities.search(search);
    // More than what is kept, in few calls.
    for (let round = 0; round < 5; round++) {
      for (let from = 1000; from < 61_000; from += 5000) {
        await writer.entities.insert({ collectionName, data: rows(from, 5000) });
      }
      await writer.entities.delete({ collectionName, filter: "id >= 1000" });
    }
    await writer.entities.delete({ collectionName, id: [5] });
    expect(await reader.entities.search({ ...search, limit: 400 })).toEqual(
      await writer.entities.search({ ...search, limit: 400 }),
    );
    expect((await reader.stats()).rows).toBe(299);
    await close(reader, writer);
  });
});

describe("a reader in another process", () => {
  it("never sees half of a commit", async () => {
    const { path, writer, reader } = await pair(0);
    await close(reader, writer);
    // Groups of ten rows that come and go together, each with its number in all of its rows.
    const write = startProgram(
      path,
      `const db = await Elanus.open(path, { durability: "off" });
       let stop = false;
       process.stdin.once("data", () => { stop = true; });
       console.log("writing");
       for (let group = 0; !stop; group++) {
         const data = Array.from({ length: 10 }, (_, i) => ({ id: group * 10 + i, vector: [group % 5, i, 1, 1], group }));
         await db.entities.insert({ collectionName: "c", data });
         if (group % 3 === 2) await db.entities.delete({ collectionName: "c", filter: "group == " + (group - 1) });
         if (group % 50 === 49) await db.collections.truncate({ collectionName: "c" });
       }
       await db.close();`,
    );
    await write.said("writing");
    const beside = await Elanus.open(path, { readonly: true });
    let seen = 0;
    // Until enough was seen, however slowly the other process gets on.
    for (let round = 0; round < 150 || seen <= 100; round++) {
      const found = await beside.entities.search({
        collectionName,
        data: Array.from({ length: 20 }, (_, i) => [i % 5, 3, 1, 1]),
        limit: 500,
        outputFields: ["group"],
      });
      const perQuery = new Map<number, number>();
      for (const hit of found) {
        expect(hit["id"]).toBeTypeOf("number");
        const group = hit["group"] as number;
        expect(group).toBe(Math.floor((hit["id"] as number) / 10));
        perQuery.set(group, (perQuery.get(group) ?? 0) + 1);
      }
      for (const [group, count] of perQuery) expect(count % 200, `group ${group} in round ${round}`).toBe(0);
      seen += perQuery.size;
      const counted = await beside.entities.query({ collectionName, filter: "id >= 0", outputFields: ["count(*)"] });
      expect((counted[0]?.["count(*)"] as number) % 10).toBe(0);
    }
    write.child.stdin?.write("stop\n");
    write.child.stdin?.end();
    expect(await write.ended).toMatchObject({ code: 0, err: "" });
    await beside.close();
  });
});
