import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Elanus, MoveProgress } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { contentsOf, openServer, openStore } from "./stores.js";

const VECTOR = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } };
const TITLE = { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 20 } };
const ID = { fieldName: "id", dataType: "Int64", isPrimary: true };
const FLAT = { fieldName: "vector", indexName: "by_vector", indexType: "FLAT", metricType: "L2" };

/** A collection of some rows in two partitions. */
async function makeBooks(db: Elanus, rows = 100, collectionName = "book"): Promise<void> {
  await db.collections.create({ collectionName, schema: { fields: [ID, TITLE, VECTOR] }, indexParams: [FLAT] });
  await db.partitions.create({ collectionName, partitionName: "novel" });
  const data = Array.from({ length: rows }, (_, id) => ({ id, title: `t${id}`, vector: [id, -id] }));
  await db.entities.insert({ collectionName, data: data.slice(0, rows / 2) });
  await db.entities.insert({ collectionName, data: data.slice(rows / 2), partitionName: "novel" });
}

describe("a push", () => {
  it("moves databases, aliases, indexes and load states, and tells how far it is", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db);
    await db.aliases.create({ collectionName: "book", aliasName: "novels" });
    await db.databases.create({ dbName: "archive" });
    await db.collections.create({ dbName: "archive", collectionName: "old", dimension: 4 });
    await db.collections.release({ dbName: "archive", collectionName: "old" });
    const events: MoveProgress[] = [];
    const report = await db.push({ to: server.url, onProgress: (event) => events.push(event) });
    expect(report.rows).toBe(100);
    expect(report.comparisons.map(({ collection, same }) => [collection, same])).toEqual([
      ["book", true],
      ["old", true],
    ]);
    expect(report.comparisons[0]?.partitions).toEqual([
      { partition: "_default", rowsHere: 50, rowsThere: 50 },
      { partition: "novel", rowsHere: 50, rowsThere: 50 },
    ]);
    expect(report.comparisons[0]?.searches).toEqual({ count: 5, shared: 1 });
    expect(events.at(0)).toEqual({ kind: "move", database: "default", collection: "book", rows: 50, totalRows: 100 });
    expect(await contentsOf(far)).toEqual(await contentsOf(db));
  });

  it("works from a worker's thread, and over a socket", async () => {
    const db = await openStore(temporaryPath(), { worker: true });
    const { db: far } = await openServer();
    const path = join(dirname(temporaryPath()), "s");
    const server = await far.listen({ path });
    await makeBooks(db);
    expect((await db.push({ to: server.url })).comparisons[0]?.same).toBe(true);
  });

  it("says in a dry run what it would do, and does nothing", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db);
    const { plan, rows, comparisons } = await db.push({ to: server.url, dryRun: true });
    expect([rows, comparisons, await far.collections.list()]).toEqual([0, [], []]);
    expect(plan.collections).toEqual([
      {
        database: "default",
        collection: "book",
        into: "book",
        exists: false,
        rows: 100,
        partitions: ["_default", "novel"],
        changes: [],
        refusals: [],
      },
    ]);
  });

  it("refuses a collection that is there with another schema, by the names of what differs, unless it gets another name", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db);
    const wider = { ...VECTOR, elementTypeParams: { dim: 4 } };
    await far.collections.create({ collectionName: "book", schema: { fields: [ID, wider] } });
    const pushed = db.push({ to: server.url });
    await expect(pushed).rejects.toMatchObject({ kind: "MoveRefused" });
    await expect(pushed).rejects.toThrow(
      "default.book: it is there with another schema (field title is not there, field vector is FloatVector dim=2 here and FloatVector dim=4 there)",
    );
    const report = await db.push({ to: server.url, collections: ["book"], into: "books" });
    expect(report.comparisons).toMatchObject([{ collection: "book", into: "books", same: true }]);
  });

  it("keeps the keys that were made, and lets the server make the next ones", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    const collectionName = "notes";
    await db.collections.create({
      collectionName,
      schema: { fields: [{ ...ID, autoID: true }, VECTOR] },
      indexParams: [FLAT],
    });
    const { insertIds } = await db.entities.insert({ collectionName, data: [{ vector: [1, 2] }, { vector: [3, 4] }] });
    await db.push({ to: server.url });
    expect(await contentsOf(far)).toEqual(await contentsOf(db));
    const { insertIds: next } = await far.entities.insert({ collectionName, data: [{ vector: [5, 6] }] });
    expect(insertIds).not.toContainEqual(next[0]);
    await expect(far.entities.insert({ collectionName, data: [{ id: 1, vector: [5, 6] }] })).rejects.toThrow();
    // Moved once more, on top of what is there.
    const report = await db.push({ to: server.url });
    expect(report.comparisons[0]).toMatchObject({
      onlyHere: { count: 0 },
      onlyThere: { count: 1, keys: next },
      changed: { count: 0 },
    });
  });

  it("moves all rows but those that are refused, names these, and ends the work when they have been mended", async () => {
    const path = temporaryPath();
    const db = await openStore(path);
    const { db: far, server } = await openServer();
    await makeBooks(db, 1000);
    await db.entities.upsert({ collectionName: "book", data: [{ id: 777, title: "x".repeat(20), vector: [1, 1] }] });
    // What is there already is not looked at when a field is made shorter.
    await db.collections.fields.alterProperties({
      collectionName: "book",
      fieldName: "title",
      fieldParams: { max_length: 10 },
    });
    const pushed = db.push({ to: server.url });
    await expect(pushed).rejects.toMatchObject({ kind: "MoveIncomplete", details: { count: 1 } });
    await expect(pushed).rejects.toThrow(
      /^1 row\(s\) were not moved, all others are: default\.book 777: .*exceeds max length/,
    );
    expect(
      await far.entities.query({ collectionName: "book", filter: "id in [776, 777, 778]", outputFields: ["id"] }),
    ).toEqual([{ id: 776 }, { id: 778 }]);
    await expect(db.push({ to: server.url })).rejects.toMatchObject({ kind: "MoveIncomplete" });
    await db.entities.upsert({ collectionName: "book", data: [{ id: 777, title: "short", vector: [1, 1] }] });
    const report = await db.push({ to: server.url });
    expect([report.rows, report.comparisons[0]?.same]).toEqual([1, true]);
  });

  it("stops with a collection when all of its rows are refused, and moves the others", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db, 1000);
    await db.collections.fields.alterProperties({
      collectionName: "book",
      fieldName: "title",
      fieldParams: { max_length: 1 },
    });
    await makeBooks(db, 10, "other");
    await expect(db.push({ to: server.url })).rejects.toMatchObject({ kind: "MoveStopped" });
    expect((await far.collections.getStats({ collectionName: "other" })).rowCount).toBe(10);
  });

  it("tells of rows that the other side has besides, or counts more than once", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db);
    await db.push({ to: server.url });
    await far.entities.upsert({ collectionName: "book", data: [{ id: 900, title: "far", vector: [9, 9] }] });
    const { comparisons } = await db.push({ to: server.url });
    expect(comparisons[0]).toMatchObject({ same: false, onlyThere: { count: 1, keys: [900] }, rangesDiffering: 1 });
  });

  it("compares no more than it is told to", async () => {
    const db = await openStore();
    const { server } = await openServer();
    await makeBooks(db);
    expect((await db.push({ to: server.url, compare: "nothing" })).comparisons).toEqual([]);
    const [counted] = (await db.push({ to: server.url, compare: "counts" })).comparisons;
    expect(counted).toMatchObject({ same: true, ranges: 0, partitions: [{ rowsThere: 50 }, { rowsThere: 50 }] });
  });
});

describe("the journal of a push", () => {
  it("lies beside the file while the move goes on, and goes when it is over", async () => {
    const path = temporaryPath();
    const db = await openStore(path);
    const { server } = await openServer();
    await makeBooks(db, 2000);
    const stop = new AbortController();
    const journals: boolean[] = [];
    const at = () => journalsOf(path).length > 0;
    const stopped = db.push({
      to: server.url,
      signal: stop.signal,
      onProgress() {
        journals.push(at());
        stop.abort(new Error("enough"));
      },
    });
    await expect(stopped).rejects.toMatchObject({ kind: "Aborted" });
    expect([journals, at()]).toEqual([[true], true]);
    const report = await db.push({ to: server.url });
    expect([report.rows < 2000, report.comparisons[0]?.same, at()]).toEqual([true, true, false]);
  });

  it("may end in the middle of a line, and is not mixed up with that of another move", async () => {
    const path = temporaryPath();
    const db = await openStore(path);
    const { db: far, server } = await openServer();
    await makeBooks(db, 2000);
    const journal = `${path}.mine`;
    const stop = new AbortController();
    const first = db.push({ to: server.url, journal, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(first).rejects.toMatchObject({ kind: "Aborted" });
    const text = readFileSync(journal, "utf8");
    writeFileSync(journal, `${text}{"kind":"wri`);

    const foreign = `${path}.foreign`;
    writeFileSync(foreign, text.replace(/"store":"[^"]*"/, '"store":"1-7"'));
    await expect(db.push({ to: server.url, journal: foreign })).rejects.toThrow("another store");
    const renamed = db.push({ to: server.url, journal, collections: ["book"], into: "books" });
    await expect(renamed).rejects.toThrow("another name");
    const elsewhere = await openServer();
    await expect(db.push({ to: elsewhere.server.url, journal })).rejects.toThrow("another server");
    const report = await db.push({ to: server.url, journal });
    expect([report.comparisons[0]?.same, existsSync(journal)]).toEqual([true, false]);
    expect(await contentsOf(far)).toEqual(await contentsOf(db));
    writeFileSync(journal, "no journal\n");
    await expect(db.push({ to: server.url, journal })).rejects.toMatchObject({ kind: "JournalForeign" });
  });

  it("forgets what was done of a collection that has been made anew", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db, 2000);
    const stop = new AbortController();
    const first = db.push({ to: server.url, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(first).rejects.toThrow();
    await far.collections.drop({ collectionName: "book" });
    expect((await db.push({ to: server.url })).rows).toBe(2000);
  });
});

describe("a push to what does not take it", () => {
  it("says that nobody is there, that it is no gRPC server, and what is no address", async () => {
    const db = await openStore();
    await makeBooks(db);
    await expect(db.push({ to: "http://127.0.0.1:1" })).rejects.toMatchObject({ kind: "ServerUnreachable", code: 2 });
    const silent = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    await expect(db.push({ to: `127.0.0.1:${port}` })).rejects.toMatchObject({ kind: "ServerUnreachable" });
    silent.close();
    await expect(db.push({ to: "ftp://ann:secret1@host" })).rejects.toThrow(
      '"ftp://...@host" is no address of a server: http://host:19530, https://host or unix:/path',
    );
    await expect(db.push({ to: "unix:/tmp/none", over: "rest" })).rejects.toThrow("a socket is reached by gRPC only");
    await expect(db.push({} as never)).rejects.toThrow('push needs an address: "to"');
    await expect(db.push({ to: "host", colections: [] } as never)).rejects.toThrow(
      'has no option "colections": did you mean "collections"?',
    );
    await expect(db.push({ to: "127.0.0.1:1", collections: ["bok"] })).rejects.toMatchObject({
      kind: "ServerUnreachable",
    });
  });

  it("says that the credentials are wrong", async () => {
    const db = await openStore();
    await makeBooks(db);
    const { server } = await openServer({ auth: { users: { ann: "secret1" } } });
    await expect(db.push({ to: server.url })).rejects.toMatchObject({ kind: "ServerAccess", code: 1800 });
    await expect(db.push({ to: server.url, token: "ann:wrong" })).rejects.toThrow(
      /refuses the credentials: .*password/,
    );
    const url = server.url.replace("http://", "http://ann:secret1@");
    expect((await db.push({ to: url })).comparisons[0]?.same).toBe(true);
  });

  it("names collections that there are not", async () => {
    const db = await openStore();
    await makeBooks(db);
    const { server } = await openServer();
    await expect(db.push({ to: server.url, collections: ["bok"] })).rejects.toThrow(
      "has no collection bok: did you mean",
    );
    await expect(db.push({ to: server.url, databases: ["archive"] })).rejects.toThrow("has no database archive");
    await makeBooks(db, 10, "other");
    await expect(db.push({ to: server.url, into: "x" })).rejects.toThrow("2 are chosen");
  });

  it("refuses an alias that belongs to another collection there", async () => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await makeBooks(db);
    await db.aliases.create({ collectionName: "book", aliasName: "a" });
    await makeBooks(far, 10, "other");
    await far.aliases.create({ collectionName: "other", aliasName: "a" });
    await expect(db.push({ to: server.url })).rejects.toThrow("its alias a belongs to other there");
  });
});

describe("elanus push", () => {
  it("moves, shows what it has done, and tells by its exit code whether both sides are the same", async () => {
    const path = temporaryPath();
    const db = await openStore(path);
    await makeBooks(db);
    await db.close();
    const { db: far, server } = await openServer();
    const dry = await run("push", path, "--to", server.url, "--dry-run");
    expect(dry).toEqual({
      code: 0,
      err: "",
      out: `${path} -> ${server.url} (Elanus 3.0.2)\n  default.book: 100 rows, 2 partitions\n`,
    });
    const pushed = await run("push", path, "--to", server.url, "-c", "book");
    expect(pushed.code).toBe(0);
    expect(pushed.out).toContain(
      "100 rows written\n  default.book: the same: 100 rows on both sides, hashes of 2 of 2 ranges of keys agree\n",
    );
    await far.entities.delete({ collectionName: "book", id: 7 });
    const again = await run("push", path, "--to", server.url, "--json");
    expect([again.code, JSON.parse(again.out).code]).toEqual([0, 0]);
  });

  it("is used rightly, or says how", async () => {
    expect(await run("push", "a.db")).toMatchObject({ code: 2, err: expect.stringContaining("push needs --to") });
    expect(await run("push", "--to", "x")).toMatchObject({ code: 2 });
    expect(await run("push", "a", "b", "--to", "x")).toMatchObject({ code: 2 });
    expect(await run("push", "a", "--two", "x")).toMatchObject({
      code: 2,
      err: expect.stringContaining("did you mean --to?"),
    });
    expect(await run("push", "--help")).toMatchObject({ code: 0, out: expect.stringContaining("--dry-run") });
    const path = temporaryPath();
    (await openStore(path)).close();
    const lost = await run("push", path, "--to", "127.0.0.1:1");
    expect([lost.code, JSON.parse(lost.out).code]).toEqual([1, 2]);
  });
});

const run = (...argv: string[]) => runCommand(argv);

function journalsOf(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.endsWith(".journal"));
}
