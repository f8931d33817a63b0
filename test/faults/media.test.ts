import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { runProgram, startProgram } from "./process.js";
import { withSmallDisk } from "./small-disk.js";

const collectionName = "c";
const row = (id: number) => ({ id, vector: [id, 1] });
const isRoot = process.getuid?.() === 0;

async function filled(path: string): Promise<Elanus> {
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName, dimension: 2 });
  await db.entities.insert({ collectionName, data: [row(1), row(2)] });
  return db;
}

/** A program that reads; the superuser becomes somebody else first, for whom the folder's rights count. */
const READ = `
  if (process.getuid?.() === 0) process.setuid(65534);
  const db = await Elanus.open(path, { readonly: true });
  const found = await db.entities.search({ collectionName: "c", data: [[2, 1]], limit: 2 });
  const { ok } = await db.check();
  await db.close();
  console.log(JSON.stringify({ found: found.map((hit) => hit.id), ok }));
`;

it("a file that nobody may read is refused with the system's reason", async () => {
  const path = temporaryPath();
  await (await filled(path)).close();
  chmodSync(path, 0o000);
  chmodSync(dirname(path), 0o777);
  const { out } = await runProgram(
    path,
    `
    if (process.getuid?.() === 0) process.setuid(65534);
    for (const options of [{}, { readonly: true }])
      await Elanus.open(path, options).catch((error) => console.log(error.code, error.kind, error.message.includes(path)));
  `,
  );
  expect(out).toBe("2 Unavailable true\n2 Unavailable true\n");
});

describe("a file that nobody can write", () => {
  async function readFrom(path: string, kept: readonly string[]): Promise<void> {
    const folder = dirname(path);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o555);
    try {
      expect(await runProgram(path, READ)).toMatchObject({ code: 0, err: "", out: '{"found":[2,1],"ok":true}\n' });
      expect(readdirSync(folder).sort()).toEqual(kept);
    } finally {
      chmodSync(folder, 0o755);
    }
  }

  it("is all that a clean close leaves, and can be read alone", async () => {
    const path = temporaryPath();
    await (await filled(path)).close();
    expect(readdirSync(dirname(path))).toEqual(["test.db"]);
    await readFrom(path, ["test.db"]);
    // The same in a folder that can be written: a reader leaves nothing there.
    expect(await runProgram(path, READ)).toMatchObject({ code: 0, err: "" });
    expect(readdirSync(dirname(path))).toEqual(["test.db"]);
  });

  it.each([[["-wal", "-shm"]], [["-wal"]], [[]]])(
    "is read as a writer left it that was killed, with %j beside it",
    async (beside) => {
      const path = temporaryPath();
      await (await filled(path)).close();
      const killed = startProgram(
        path,
        `const db = await Elanus.open(path);
         await db.entities.upsert({ collectionName: "c", data: [{ id: 1, vector: [1, 1] }] });
         console.log("written"); setInterval(() => {}, 1000);`,
      );
      await killed.said("written");
      killed.child.kill("SIGKILL");
      await killed.ended;
      const copy = temporaryPath();
      for (const suffix of ["", ...beside]) cpSync(`${path}${suffix}`, `${copy}${suffix}`);
      await readFrom(copy, ["", ...beside].map((suffix) => `test.db${suffix}`).sort());
    },
  );

  const REFUSED = `
    if (process.getuid?.() === 0 && !path.includes("medium")) process.setuid(65534);
    for (const options of [{}, { worker: true }, { durability: "off" }])
      await Elanus.open(path, options).then(
        (db) => (console.log("opened"), db.close()),
        (error) => console.log(error.code, error.message),
      );
  `;

  describe.runIf(process.platform !== "win32")("is refused at once when it is to be written", () => {
    const folderRefused =
      /^2 service unavailable: the folder .* of .*test\.db cannot be written; open with \{ readonly: true \}$/;
    const fileRefused =
      /^2 service unavailable: the file .*test\.db cannot be written; open with \{ readonly: true \}$/;

    it.each<[string, number, number, readonly string[], RegExp]>([
      ["its folder", 0o555, 0o666, [], folderRefused],
      ["its folder, where a lock file was left", 0o555, 0o666, ["-lock"], folderRefused],
      ["its folder, where an older log was left", 0o555, 0o666, ["-lock", "-wal", "-shm"], folderRefused],
      ["the file itself", 0o777, 0o444, [], fileRefused],
      ["both", 0o555, 0o444, ["-lock"], folderRefused],
    ])("because of %s", async (_, folderMode, fileMode, beside, message) => {
      const path = temporaryPath();
      await (await filled(path)).close();
      for (const suffix of beside) {
        writeFileSync(`${path}${suffix}`, "");
        chmodSync(`${path}${suffix}`, 0o666);
      }
      const before = readdirSync(dirname(path));
      chmodSync(path, fileMode);
      chmodSync(dirname(path), folderMode);
      try {
        const lines = (await runProgram(path, REFUSED)).out.trimEnd().split("\n");
        expect(lines).toEqual([
          expect.stringMatching(message),
          expect.stringMatching(message),
          expect.stringMatching(message),
        ]);
        expect(readdirSync(dirname(path))).toEqual(before);
      } finally {
        chmodSync(dirname(path), 0o755);
      }
    });

    it.runIf(isRoot && process.platform === "linux")("because of its medium, whoever asks", async () => {
      const path = temporaryPath();
      await (await filled(path)).close();
      const medium = join(dirname(temporaryPath()), "medium");
      mkdirSync(medium);
      if (spawnSync("mount", ["--bind", "-o", "ro", dirname(path), medium]).status !== 0) return;
      try {
        const lines = (await runProgram(join(medium, "test.db"), REFUSED)).out.trimEnd().split("\n");
        for (const line of lines) expect(line).toMatch(/cannot be written; open with \{ readonly: true \}$/);
        expect(lines).toHaveLength(3);
        expect((await runProgram(join(medium, "test.db"), READ.replace("process.setuid(65534)", ""))).out).toBe(
          '{"found":[2,1],"ok":true}\n',
        );
      } finally {
        spawnSync("umount", [medium]);
      }
    });

    it("because no file can be made there", async () => {
      const path = temporaryPath();
      chmodSync(dirname(path), 0o555);
      expect((await runProgram(path, REFUSED)).out).toMatch(new RegExp(folderRefused.source, "m"));
      chmodSync(dirname(path), 0o755);
      expect(readdirSync(dirname(path))).toEqual([]);
    });
  });
});

describe.runIf(isRoot)("a file that may not even be looked at", () => {
  it.each([
    ["the file", 0o755, 0o600],
    ["its folder", 0o700, 0o644],
  ])("is refused in words: %s", async (_, folderMode, fileMode) => {
    const path = temporaryPath();
    await (await filled(path)).close();
    chmodSync(path, fileMode);
    chmodSync(dirname(path), folderMode);
    for (const options of ["{ readonly: true }", "{}"]) {
      const body = `
        process.setuid(65534);
        await Elanus.open(path, ${options}).catch((error) => console.log(error.name, error.code, error.message));
      `;
      expect((await runProgram(path, body)).out).toMatch(/^ElanusError 2 service unavailable: .*test\.db/);
    }
  });
});

describe("on a full disk", () => {
  async function withDisk(use: (path: string, fill: () => () => void) => Promise<void>, megabytes = 6): Promise<void> {
    await withSmallDisk(({ folder, fill }) => use(join(folder, "test.db"), fill), megabytes);
  }

  it("a closed file is opened for writing, read, and written as soon as there is space", () =>
    withDisk(async (path, fill) => {
      await (await filled(path)).close();
      const free = fill();
      const db = await Elanus.open(path);
      await expect(Elanus.open(path)).rejects.toMatchObject({ code: 2 });
      expect((await db.entities.search({ collectionName, data: [[2, 1]], limit: 1 }))[0]).toMatchObject({ id: 2 });
      await expect(db.entities.insert({ collectionName, data: [row(3)] })).rejects.toMatchObject({ code: 7 });
      free();
      await db.entities.insert({ collectionName, data: [row(3)] });
      expect((await runProgram(path, READ.replace("process.setuid(65534)", ""))).out).toContain('"found":[2');
      await db.collections.drop({ collectionName });
      await db.close();
      expect(readdirSync(dirname(path))).toEqual(["test.db"]);
    }));

  const large = { collectionName: "large" };
  const fillLarge = async (db: Elanus, from = 0): Promise<void> => {
    for (let id = from; ; id += 100) {
      const data = Array.from({ length: 100 }, (_, i) => ({ ...row(id + i), text: "x".repeat(1000) }));
      await db.entities.insert({ ...large, data });
      if (id - from >= 1000 && from === 0) return;
    }
  };
  /** With a large collection, of which a partition is released. */
  const filledLarge = async (path: string): Promise<Elanus> => {
    const db = await filled(path);
    await db.collections.create({ ...large, dimension: 2 });
    await db.partitions.create({ ...large, partitionName: "p" });
    await db.entities.insert({ ...large, partitionName: "p", data: [row(-1)] });
    await fillLarge(db);
    await db.partitions.release({ ...large, partitionNames: ["p"] });
    return db;
  };
  const REMOVALS: Readonly<Record<string, (db: Elanus) => Promise<unknown>>> = {
    "a collection dropped": (db) => db.collections.drop(large),
    "a collection emptied": (db) => db.collections.truncate(large),
    "rows deleted": (db) => db.entities.delete({ ...large, filter: "id < 20" }),
    "a partition dropped": async (db) => db.partitions.drop({ ...large, partitionName: "p" }),
  };

  it.each(Object.keys(REMOVALS))("%s, and then something is written", (name) =>
    withDisk(async (path, fill) => {
      const db = await filledLarge(path);
      const free = fill();
      await expect(db.entities.insert({ collectionName, data: [row(3)] })).rejects.toMatchObject({ code: 7 });
      await REMOVALS[name]?.(db);
      await db.entities.insert({ collectionName, data: [row(3)] });
      free();
      await db.close();
      expect(readdirSync(dirname(path))).toEqual(["test.db"]);
      const again = await Elanus.open(path);
      expect(await again.check()).toEqual({ ok: true, problems: [] });
      expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 3 });
      await again.close();
    }, 24),
  );

  it("a collection is dropped after the disk was filled by the store itself, and it was opened anew", () =>
    withDisk(async (path) => {
      const db = await filled(path);
      await db.collections.create({ ...large, dimension: 2 });
      await expect(fillLarge(db, 1)).rejects.toMatchObject({ code: 7 });
      await db.close();
      expect(readdirSync(dirname(path)).sort()).toContain("test.db-reserve");
      const again = await Elanus.open(path);
      await again.collections.drop(large);
      expect(await again.check()).toEqual({ ok: true, problems: [] });
      await again.close();
    }, 24));

  it.each(Object.keys(REMOVALS))("%s, after others have filled the disk while the file was closed", (name) =>
    withDisk(async (path, fill) => {
      const db = await filledLarge(path);
      await db.close();
      fill();
      for (let i = 0; i < 2; i++) {
        const again = await Elanus.open(path);
        await expect(again.entities.insert({ collectionName, data: [row(3)] })).rejects.toMatchObject({ code: 7 });
        if (i === 1) await REMOVALS[name]?.(again);
        expect(await again.check()).toEqual({ ok: true, problems: [] });
        await again.close();
        expect(readdirSync(dirname(path)).sort()).toEqual(["filler", "test.db"]);
      }
    }, 24),
  );

  it("a file of somebody else is not taken for the space that is kept", async () => {
    const path = temporaryPath();
    writeFileSync(`${path}-reserve`, "mine");
    await (await filled(path)).close();
    expect(readdirSync(dirname(path)).sort()).toEqual(["test.db", "test.db-reserve"]);
  });

  it("so is one that a killed writer left with its log", () =>
    withDisk(async (path, fill) => {
      await (await filled(path)).close();
      const killed = startProgram(
        path,
        `const db = await Elanus.open(path);
         await db.entities.insert({ collectionName: "c", data: [{ id: 3, vector: [3, 1] }] });
         console.log("written"); setInterval(() => {}, 1000);`,
      );
      await killed.said("written");
      killed.child.kill("SIGKILL");
      await killed.ended;
      rmSync(`${path}-shm`);
      const free = fill();
      const db = await Elanus.open(path);
      expect(await db.collections.getStats({ collectionName })).toEqual({ rowCount: 3 });
      free();
      await db.entities.insert({ collectionName, data: [row(4)] });
      await db.close();
      const again = await Elanus.open(path);
      expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 4 });
      expect(await again.check()).toEqual({ ok: true, problems: [] });
      await again.close();
    }));
});
