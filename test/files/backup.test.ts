import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type TransferProgress } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "book" };
let open: Elanus[] = [];
afterEach(async () => {
  for (const db of open) await db.close();
  open = [];
});

async function opened(path: string, options: object = {}): Promise<Elanus> {
  const db = await Elanus.open(path, options);
  open.push(db);
  return db;
}

const data = (count: number) => Array.from({ length: count }, (_, id) => ({ id, vector: [id, 1], text: `t${id}` }));

describe("a backup", () => {
  it.each([false, true])("is the database as it was, while others write to it (worker: %s)", async (worker) => {
    const path = temporaryPath();
    const folder = dirname(path);
    const db = await opened(path, { worker });
    await db.collections.create({ ...C, dimension: 2 });
    await db.entities.insert({ ...C, data: data(3000) });
    await db.snapshots.create({ ...C, snapshotName: "before" });
    const told: TransferProgress[] = [];
    const copy = join(folder, "copy.db");
    const running = db.backup(pathToFileURL(copy), { onProgress: (progress) => told.push(progress) });
    for (let i = 0; i < 20; i++) {
      await db.entities.insert({ ...C, data: [{ id: 10_000 + i, vector: [0, 1] }] });
    }
    const { bytes } = await running;
    expect(bytes).toBe(statSync(copy).size);
    expect(told.at(-1)).toMatchObject({ rows: 0, bytes: told.at(-1)?.totalBytes });
    expect(readdirSync(folder).filter((name) => name.startsWith("copy"))).toEqual(["copy.db", "copy.db-snapshots"]);

    const other = await opened(copy);
    const count = async (of: Elanus): Promise<number> => (await of.collections.getStats(C)).rowCount;
    expect(await count(db)).toBe(3020);
    expect(await count(other)).toBeGreaterThanOrEqual(3000);
    const rows = { ...C, filter: "id < 3000", limit: 5000, outputFields: ["*"] };
    expect(await other.entities.query(rows)).toEqual(await db.entities.query(rows));
    expect((await other.entities.search({ ...C, data: [[7, 1]], limit: 1 })).length).toBe(1);
    expect(await other.snapshots.list(C)).toEqual(["before"]);
    expect((await other.check()).problems).toEqual([]);
    await other.snapshots.restore({ ...C, snapshotName: "before", targetCollectionName: "again" });
  });

  it("is made of a database in memory, and by a reader", async () => {
    const path = temporaryPath();
    const folder = dirname(path);
    const memory = await opened(":memory:");
    await memory.collections.create({ ...C, dimension: 2 });
    await memory.entities.insert({ ...C, data: data(100) });
    await memory.snapshots.create({ ...C, snapshotName: "s" });
    await memory.backup(path);
    const writer = await opened(path);
    expect(await writer.collections.getStats(C)).toEqual({ rowCount: 100 });
    // Copies that are in memory stay there.
    expect(await writer.snapshots.list(C)).toEqual([]);
    const reader = await opened(path, { readonly: true });
    await reader.backup(join(folder, "second.db"));
    const second = await opened(join(folder, "second.db"));
    expect((await second.check()).problems).toEqual([]);
    expect(await second.collections.getStats(C)).toEqual({ rowCount: 100 });
  });

  it("names the folder that is missing, as an export and a port do", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...C, dimension: 2 });
    const folder = join(dirname(temporaryPath()), "missing");
    const path = join(folder, "x.json");
    const missing = { code: 2, message: `service unavailable: ${path}: there is no folder ${folder}` };
    await expect(db.backup(path)).rejects.toMatchObject(missing);
    await expect(db.export({ ...C, to: path })).rejects.toMatchObject(missing);
    await expect(db.listen({ path })).rejects.toMatchObject(missing);
    for (const odd of ["", "a\0b.json", "\ud800.json"]) {
      const refusal = { code: 1100, message: expect.stringContaining(" must not ") };
      await expect(db.backup(odd)).rejects.toMatchObject(refusal);
      await expect(db.export({ ...C, to: odd })).rejects.toMatchObject(refusal);
      await expect(db.import({ ...C, from: odd })).rejects.toMatchObject(refusal);
    }
    await db.close();
  });

  it("leaves what is there, and nothing when it is ended", async () => {
    const path = temporaryPath();
    const folder = dirname(path);
    const db = await opened(path);
    await db.collections.create({ ...C, dimension: 2 });
    await db.entities.insert({ ...C, data: data(5000) });
    const copy = join(folder, "copy.db");
    const stop = new AbortController();
    const signal = { signal: stop.signal, onProgress: () => stop.abort() };
    await expect(db.backup(copy, signal)).rejects.toMatchObject({ kind: "Aborted" });
    expect(readdirSync(folder).filter((name) => name.startsWith("copy"))).toEqual([]);
    writeFileSync(copy, "mine");
    await expect(db.backup(copy)).rejects.toMatchObject({ kind: "FileExists" });
    await db.backup(copy, { overwrite: true });
    const other = await opened(copy);
    await expect(db.backup(copy, { overwrite: true })).rejects.toThrow("is in use");
    expect(await other.collections.getStats(C)).toEqual({ rowCount: 5000 });
    await expect(db.backup(path, { overwrite: true })).rejects.toThrow("into its own file");
    mkdirSync(join(folder, "d"));
    await expect(db.backup(join(folder, "d"), { overwrite: true })).rejects.toThrow("is no file");
    await expect(db.backup(join(folder, "no", "x.db"))).rejects.toThrow();
    await expect(db.backup(7 as never)).rejects.toThrow("the path of a backup");
    expect(existsSync(`${path}.part`)).toBe(false);
  });
});
