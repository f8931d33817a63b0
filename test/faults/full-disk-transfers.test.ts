import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FILE_FORMATS } from "../../src/engine/contract/transfers.js";
import { Elanus } from "../../src/index.js";
import { openServer, openStore } from "../move/stores.js";
import { temporaryPath } from "../support/temporary.js";
import { type SmallDisk, withSmallDisk } from "./small-disk.js";

// The built command: `npm test` builds before it tests.
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const C = { collectionName: "c" };
const ROWS = 3000;
const MB = 1024 * 1024;
const FULL = { kind: "DiskFull", code: 7 };
const row = (id: number) => ({ id, vector: [id, 1], text: `${id}`.padEnd(1000, "x") });
const rows = Array.from({ length: ROWS }, (_, id) => row(id));

async function makeOne(path: string): Promise<Elanus> {
  const db = await openStore(path);
  await db.collections.create({ ...C, dimension: 2 });
  await db.entities.insert({ ...C, data: [{ id: -1, vector: [9, 9] }] });
  return db;
}

async function makeAll(path: string): Promise<Elanus> {
  const db = await makeOne(path);
  await db.entities.insert({ ...C, data: rows });
  return db;
}

/** The one row of `makeOne` and all the others, each once, in the file and in memory. */
async function expectAll(db: Elanus): Promise<void> {
  expect(await db.collections.getStats(C)).toEqual({ rowCount: ROWS + 1 });
  expect(await db.entities.get({ ...C, id: [0, ROWS - 1], outputFields: ["text"] })).toEqual(
    [0, ROWS - 1].map((id) => ({ id, text: row(id).text })),
  );
  expect((await db.check()).problems).toEqual([]);
}

/** Runs something with ever more space, until it is done. @returns megabytes that were not enough */
async function untilDone(
  { fill }: SmallDisk,
  work: (leaving: number) => Promise<unknown>,
  refused: () => Promise<void>,
): Promise<readonly number[]> {
  const short: number[] = [];
  for (let leaving = 0; ; leaving += MB) {
    expect(leaving, "megabytes that are not enough").toBeLessThan(64 * MB);
    const free = fill(leaving);
    const error = await work(leaving).then(
      () => undefined,
      (reason) => reason,
    );
    if (error === undefined) {
      free();
      return short;
    }
    expect(error).toMatchObject(FULL);
    await refused();
    free();
    short.push(leaving / MB);
  }
}

function seenIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name !== "filler")
    .sort();
}

describe("on a disk that fills up in the middle", () => {
  async function onDisk(megabytes: number, use: (disk: SmallDisk) => Promise<void>): Promise<void> {
    if (!(await withSmallDisk(use, megabytes))) console.log("no full disk: there is no right to mount one");
  }

  it("an import brings no row and leaves no file, and the next one brings all", () =>
    onDisk(24, async (disk) => {
      const from = temporaryPath("rows.ndjson");
      writeFileSync(from, rows.map((each) => JSON.stringify(each)).join("\n"));
      const db = await makeOne(join(disk.folder, "test.db"));
      const before = seenIn(disk.folder);
      const short = await untilDone(
        disk,
        () => db.import({ ...C, from }),
        async () => {
          expect(seenIn(disk.folder)).toEqual(before);
          expect(await db.collections.getStats(C)).toEqual({ rowCount: 1 });
          expect((await db.check()).problems).toEqual([]);
          expect((await db.entities.search({ ...C, data: [[1, 1]], limit: 9 })).map(({ id }) => id)).toEqual([-1]);
        },
      );
      // They lie ready in three megabytes, and need as many once more.
      expect(short.at(-1)).toBeGreaterThan(4);
      await expectAll(db);
      await db.close();
    }));

  it("so does a job", () =>
    onDisk(24, async (disk) => {
      const root = temporaryPath("files");
      mkdirSync(root);
      writeFileSync(join(root, "rows.json"), JSON.stringify(rows));
      const db = await Elanus.open(join(disk.folder, "test.db"), { importRoot: root });
      await db.collections.create({ ...C, dimension: 2 });
      await db.entities.insert({ ...C, data: [{ id: -1, vector: [9, 9] }] });
      const run = async () => {
        const { jobId } = await db.jobs.import.create({ ...C, files: [["rows.json"]] });
        for (;;) {
          const job = await db.jobs.import.describe({ jobId });
          if (job.state === "Completed" || job.state === "Failed") return job;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const free = disk.fill(2 * MB);
      expect(await run()).toMatchObject({ state: "Failed", reason: expect.stringContaining("disk limit exceeded") });
      expect(seenIn(disk.folder).filter((name) => name.includes("-import-"))).toEqual([]);
      expect(await db.collections.getStats(C)).toEqual({ rowCount: 1 });
      free();
      expect(await run()).toMatchObject({ state: "Completed" });
      await expectAll(db);
      await db.close();
    }));

  it.each(FILE_FORMATS)("an export to %s leaves no file, and the one that was there", (format) =>
    onDisk(8, async (disk) => {
      const db = await makeAll(temporaryPath());
      const to = join(disk.folder, "rows");
      writeFileSync(to, "as it was");
      const short = await untilDone(
        disk,
        () => db.export({ ...C, to, format, overwrite: true }),
        async () => {
          expect(seenIn(disk.folder)).toEqual(["rows"]);
          expect(readFileSync(to, "utf8")).toBe("as it was");
        },
      );
      expect(short.length).toBeGreaterThan(0);
      const other = await openStore();
      await other.collections.create({ ...C, dimension: 2 });
      expect(await other.import({ ...C, from: to, format })).toEqual({ rowCount: ROWS + 1 });
      await expectAll(other);
    }),
  );

  it("an export and a backup name the file that there is no space for", () =>
    onDisk(1, async ({ folder }) => {
      const db = await makeAll(temporaryPath());
      const to = join(folder, "rows.csv");
      const named = { ...FULL, message: expect.stringContaining(to) };
      await expect(db.export({ ...C, to })).rejects.toMatchObject(named);
      await expect(db.backup(to)).rejects.toMatchObject(named);
    }));

  it("an export to the standard output tells so beside it, and adds nothing to the rows", () =>
    onDisk(1, async ({ folder }) => {
      const path = temporaryPath();
      await (await makeAll(path)).close();
      const to = join(folder, "rows.ndjson");
      const file = openSync(to, "w");
      const argv = [cli, "export", path, "-c", "c", "--to", "-", "--format", "ndjson"];
      const { status, stderr } = spawnSync(process.execPath, argv, { stdio: ["ignore", file, "pipe"] });
      closeSync(file);
      expect([status, JSON.parse(String(stderr))]).toEqual([
        1,
        { code: 7, message: "disk limit exceeded: ENOSPC: no space left on device, write 'the standard output'" },
      ]);
      const lines = readFileSync(to, "utf8").split("\n").slice(0, -1);
      expect(lines.every((line) => line.startsWith('{"id":'))).toBe(true);
    }));

  it("any command says that its answer is lost", () =>
    onDisk(1, async ({ folder, fill }) => {
      const path = temporaryPath();
      await (await makeOne(path)).close();
      const file = openSync(join(folder, "answer"), "w");
      fill();
      const argv = [cli, "collections", "list", "--path", path];
      const { status, stderr } = spawnSync(process.execPath, argv, { stdio: ["ignore", file, "pipe"] });
      closeSync(file);
      expect([status, String(stderr)]).toEqual([
        1,
        "elanus: the standard output cannot be written: ENOSPC: no space left on device, write\n",
      ]);
    }));

  it("a backup leaves no file, with its snapshots, and the one that was there", () =>
    onDisk(24, async (disk) => {
      const db = await makeAll(temporaryPath());
      await db.snapshots.create({ ...C, snapshotName: "s" });
      const copy = join(disk.folder, "copy.db");
      await (await makeOne(copy)).close();
      const short = await untilDone(
        disk,
        () => db.backup(copy, { overwrite: true }),
        async () => {
          expect(seenIn(disk.folder)).toEqual(["copy.db"]);
          const old = await Elanus.open(copy, { readonly: true });
          expect(await old.collections.getStats(C)).toEqual({ rowCount: 1 });
          await old.close();
        },
      );
      // The rows of the database, and those of the snapshot.
      expect(short.at(-1)).toBeGreaterThan(5);
      expect(seenIn(disk.folder)).toEqual(["copy.db", "copy.db-snapshots"]);
      const other = await Elanus.open(copy);
      await expectAll(other);
      expect(await other.snapshots.list(C)).toEqual(["s"]);
      await other.close();
    }));

  it("a pull goes on when there is space", () =>
    onDisk(24, async (disk) => {
      const { db: far, server } = await openServer();
      await far.collections.create({ ...C, dimension: 2 });
      await far.entities.insert({ ...C, data: [{ id: -1, vector: [9, 9] }, ...rows] });
      const db = await openStore(join(disk.folder, "test.db"));
      const short = await untilDone(
        disk,
        () => db.pull({ from: server.url }),
        async () => {
          expect(seenIn(disk.folder).filter((name) => name.endsWith(".new"))).toEqual([]);
          expect((await db.check()).problems).toEqual([]);
        },
      );
      expect(short.length).toBeGreaterThan(0);
      expect((await db.diff({ with: server.url })).same).toBe(true);
      await expectAll(db);
      await db.close();
      expect(seenIn(disk.folder)).toEqual(["test.db"]);
    }));

  describe("of a pull, where its journal lies", () => {
    /** A server with many partitions: the journal has two lines for each. */
    async function openMany() {
      const { db: far, server } = await openServer();
      await far.collections.create({ ...C, dimension: 2 });
      for (let i = 0; i < 90; i++) {
        const partitionName = `p${i}`;
        await far.partitions.create({ ...C, partitionName });
        await far.entities.insert({ ...C, partitionName, data: [{ id: i, vector: [i, 1] }] });
      }
      await far.collections.load(C);
      return server;
    }

    it.each([0, 4096, 8192])("with %d bytes for it, it goes on when there are more", (leaving) =>
      onDisk(1, async ({ folder, fill }) => {
        const { url: from } = await openMany();
        const db = await openStore();
        const journal = join(folder, "journal");
        const full = { ...FULL, message: expect.stringContaining(journal) };
        const free = fill(leaving);
        await expect(db.pull({ from, journal })).rejects.toMatchObject(full);
        expect(seenIn(folder)).toEqual(leaving === 0 ? [] : ["journal"]);
        await expect(db.pull({ from, journal })).rejects.toMatchObject(full);
        free();
        const { rows: written, comparisons } = await db.pull({ from, journal });
        expect([written < 90 || leaving === 0, comparisons[0]?.same]).toEqual([true, true]);
        expect(seenIn(folder)).toEqual([]);
      }),
    );

    it("what it knows stays where it is too large to be written anew", () =>
      onDisk(1, async ({ folder, fill }) => {
        const { url: from } = await openMany();
        const db = await openStore();
        const journal = join(folder, "journal");
        const free = fill(8192);
        await expect(db.pull({ from, journal })).rejects.toMatchObject(FULL);
        const known = readFileSync(journal, "utf8");
        free();
        fill(4096);
        await expect(db.pull({ from, journal })).rejects.toMatchObject(FULL);
        expect([seenIn(folder), readFileSync(journal, "utf8")]).toEqual([["journal"], known]);
      }));
  });
});
