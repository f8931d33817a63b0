import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "book" };
const ROWS = 1200;
/** So wide that the database is copied in several steps. */
const DIMENSION = 256;
/** Most writes beside an export. */
const TURNS = 8;
const open: Elanus[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

const row = (id: number, turn: number) => ({ id, vector: Array.from({ length: DIMENSION }, () => id), turn });
const rows = (turn: number) => Array.from({ length: ROWS }, (_, id) => row(id, turn));

async function filled(options: object = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  open.push(db);
  await db.collections.create({ ...C, dimension: DIMENSION });
  await db.entities.insert({ ...C, data: rows(0) });
  return db;
}

/** Copies that exports have made of databases in memory. */
const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`elanus-state-${process.pid}-`));

describe("an export of a database in memory", () => {
  it.each([false, true])("shows one state, whatever is written meanwhile (worker: %s)", async (worker) => {
    const before = copies();
    const db = await filled({ worker });
    const to = temporaryPath("book.ndjson");
    let ended = false;
    const exported = db.export({ ...C, to }).finally(() => {
      ended = true;
    });
    let turns = 0;
    while (!ended && turns < TURNS) {
      await db.entities.upsert({ ...C, data: rows(++turns) });
      await db.entities.delete({ ...C, filter: `id == ${turns}` });
      await db.entities.insert({ ...C, data: [row(ROWS + turns, turns)] });
    }
    const { rowCount } = await exported;
    const lines = readFileSync(to, "utf8").trim().split("\n");
    expect(lines).toHaveLength(rowCount);
    // The rows below ROWS were all written in one call, and one call takes one of them away.
    const written = lines.map((line) => JSON.parse(line) as { id: number; turn: number }).filter(({ id }) => id < ROWS);
    expect(new Set(written.map(({ turn }) => turn)).size).toBe(1);
    expect(written.length).toBeGreaterThanOrEqual(ROWS - 1);
    expect(copies()).toEqual(before);
  });

  it("goes on when its collection is dropped or changed, and leaves nothing behind when it is ended or refused", async () => {
    const before = copies();
    const db = await filled();
    const to = temporaryPath("book.csv");
    const folder = dirname(to);
    let dropped: Promise<unknown> | undefined;
    const onProgress = () => {
      dropped ??= db.collections.drop(C);
    };
    expect((await db.export({ ...C, to, onProgress })).rowCount).toBe(ROWS);
    await dropped;
    expect(await db.collections.list()).toEqual([]);

    const other = await filled();
    const stop = new AbortController();
    const ended = other.export({ ...C, to: join(folder, "ended.csv"), signal: stop.signal });
    stop.abort();
    await expect(ended).rejects.toMatchObject({ kind: "Aborted" });
    await expect(other.export({ ...C, to })).rejects.toMatchObject({ kind: "FileExists" });
    await expect(other.export({ ...C, to: join(folder, "x.csv"), filter: "id >" })).rejects.toMatchObject({
      kind: "InvalidExpression",
    });
    await expect(other.export({ collectionName: "none", to: join(folder, "x.csv") })).rejects.toMatchObject({
      kind: "CollectionNotFound",
    });
    const closed = expect(other.export({ ...C, to: join(folder, "closed.csv") })).rejects.toMatchObject({
      kind: "NotReady",
    });
    await other.close();
    await closed;
    expect([existsSync(join(folder, "closed.csv")), copies()]).toEqual([false, before]);
  });

  it("says that there is no room for the copy it reads", async () => {
    const db = await filled();
    const file = temporaryPath("file");
    writeFileSync(file, "");
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = file;
    try {
      await expect(db.export({ ...C, to: `${file}.csv` })).rejects.toMatchObject({ kind: "Unavailable" });
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });
});
