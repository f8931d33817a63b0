import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { runProgram, startProgram } from "./process.js";

const collectionName = "c";
const row = (id: number) => ({ id, vector: [id, 1] });
const inUse = { code: 2, message: expect.stringContaining("is in use by process") };
/** Says why a second opening is refused, or that it is not. */
const TRY = `await Elanus.open(path).then(() => console.log("opened"), (error) => console.log(error.message));`;

async function filled(path: string): Promise<Elanus> {
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName, dimension: 2 });
  await db.entities.insert({ collectionName, data: [row(1)] });
  return db;
}

/** What a backup does in the middle of things: every file of the folder is opened and closed. */
function copyFolder(path: string): string {
  const target = dirname(temporaryPath());
  cpSync(dirname(path), target, { recursive: true });
  return join(target, "test.db");
}

it.runIf(process.platform === "linux")(
  "the lock does not hold for a dead process that nobody has asked how it ended",
  async () => {
    const path = temporaryPath();
    await (await filled(path)).close();
    const program = temporaryPath("owner.mjs");
    const entry = new URL("../../dist/esm/index.js", import.meta.url).href;
    writeFileSync(
      program,
      `const { Elanus } = await import(${JSON.stringify(entry)}); await Elanus.open(${JSON.stringify(path)}); console.log("open " + process.pid); setInterval(() => {}, 1000);`,
    );
    // The shell becomes a program that asks after none of its children.
    const parent = spawn("sh", ["-c", `"$0" "$1" & exec sleep 600`, process.execPath, program]);
    try {
      const [said] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(String(said).replace(/^open /, ""));
      process.kill(pid, "SIGKILL");
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, "latin1")).toMatch(/\) Z /);
      // Its other threads may hold their files for a moment longer.
      let db: Elanus | undefined;
      const opens = async () => {
        db = await Elanus.open(path).catch(() => undefined);
        return db !== undefined;
      };
      await expect.poll(opens).toBe(true);
      expect(await db?.collections.getStats({ collectionName })).toEqual({ rowCount: 1 });
      await db?.close();
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

describe("the lock holds", () => {
  it("whatever code of the process opens and closes its file", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    readFileSync(`${path}-lock`);
    copyFolder(path);
    expect((await runProgram(path, TRY)).out).toContain(`is in use by process ${process.pid} on`);
    await expect(Elanus.open(path)).rejects.toMatchObject(inUse);
    await db.entities.insert({ collectionName, data: [row(2)] });
    await db.close();
    const again = await Elanus.open(path);
    expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 2 });
    await again.close();
  });

  it("when its file is removed", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    rmSync(`${path}-lock`);
    expect((await runProgram(path, TRY)).out).toContain(`is in use by process ${process.pid} on`);
    await expect(Elanus.open(path)).rejects.toMatchObject(inUse);
    await db.entities.insert({ collectionName, data: [row(2)] });
    await db.close();
    await (await Elanus.open(path)).close();
  });

  it.each([
    ["before anything is written", 0],
    ["after that", 1],
  ])("for a name that the file gets while it is open, %s", async (_when, rows) => {
    const path = temporaryPath();
    const db = await Elanus.open(path);
    if (rows > 0) {
      await db.collections.create({ collectionName, dimension: 2 });
      await db.entities.insert({ collectionName, data: [row(1)] });
    }
    const other = temporaryPath();
    linkSync(path, other);
    const refusal = { code: 2, message: expect.stringContaining("in use under another of its names") };
    await expect(Elanus.open(other)).rejects.toMatchObject(refusal);
    const elsewhere = await runProgram(other, "await Elanus.open(path).catch((error) => console.log(error.code));");
    expect(elsewhere.out).toBe("2\n");
    expect(readdirSync(dirname(other))).toEqual(["test.db"]);
    if (rows === 0) await db.collections.create({ collectionName, dimension: 2 });
    await db.close();
    const again = await Elanus.open(other);
    expect(await again.check()).toEqual({ ok: true, problems: [] });
    expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: rows });
    await again.close();
  });

  it("for the file, whatever it is called: a hard link is no way around it", async () => {
    const path = temporaryPath();
    await (await filled(path)).close();
    const other = join(dirname(temporaryPath()), "other.db");
    linkSync(path, other);
    const db = await Elanus.open(path);
    await db.entities.insert({ collectionName, data: [row(2)] });
    expect((await runProgram(other, TRY)).out).toContain("is in use under another of its names");
    await expect(Elanus.open(other)).rejects.toMatchObject({ code: 2 });
    await db.entities.insert({ collectionName, data: [row(3)] });
    await db.close();
    const again = await Elanus.open(other);
    expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 3 });
    expect(await again.check()).toEqual({ ok: true, problems: [] });
    await again.close();
  });

  it("for the file, not for a copy of it made meanwhile", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    const copied = await Elanus.open(copyFolder(path));
    expect(await copied.collections.getStats({ collectionName })).toEqual({ rowCount: 1 });
    await copied.entities.insert({ collectionName, data: [row(3)] });
    await copied.close();
    await db.close();
  });

  it("while its process lives, and no longer", async () => {
    const path = temporaryPath();
    const holder = startProgram(
      path,
      `const { cpSync } = await import("node:fs"); const { dirname } = await import("node:path");
       globalThis.db = await Elanus.open(path); cpSync(dirname(path), dirname(path) + "-copy", { recursive: true });
       console.log("holding"); setInterval(() => {}, 1000);`,
    );
    await holder.said("holding");
    await expect(Elanus.open(path)).rejects.toMatchObject(inUse);
    rmSync(`${path}-lock`);
    await expect(Elanus.open(path)).rejects.toMatchObject(inUse);
    holder.child.kill("SIGKILL");
    await holder.ended;
    await (await Elanus.open(path)).close();
    rmSync(`${dirname(path)}-copy`, { recursive: true });
  });

  it("no longer than a worker thread that was ended in the middle", async () => {
    const path = temporaryPath();
    const body = `
      const { Worker } = await import("node:worker_threads");
      const code = "import('node:worker_threads').then(({ parentPort, workerData }) => import(workerData[0]).then(async ({ Elanus }) => { globalThis.db = await Elanus.open(workerData[1]); parentPort.postMessage(1); setInterval(() => {}, 1000); }))";
      const worker = new Worker(code, { eval: true, workerData: [ENTRY, path] });
      await new Promise((resolve) => worker.once("message", resolve));
      await Elanus.open(path).then(() => console.log("opened too early"), (error) => console.log(error.code));
      await worker.terminate();
      const db = await Elanus.open(path);
      await db.close();
    `.replace("ENTRY", JSON.stringify(new URL("../../dist/esm/index.js", import.meta.url).href));
    expect(await runProgram(path, body)).toEqual({ code: 0, signal: null, err: "", out: "2\n" });
  });
});

describe("a file that has the name of the lock file", () => {
  const secret = "somebody's notes\n".repeat(10);

  it.each<[string, (lock: string, other: string) => void]>([
    ["text", (lock) => writeFileSync(lock, secret)],
    ["a link to text", (lock, other) => symlinkSync(other, lock)],
    ["a link to an empty file", (lock, other) => symlinkSync(`${other}-empty`, lock)],
    ["a link that leads nowhere", (lock, other) => symlinkSync(`${other}-nowhere`, lock)],
    ["a folder", (lock) => mkdirSync(lock)],
    ["a large file", (lock) => writeFileSync(lock, Buffer.alloc(100_000))],
    ["a program", (lock) => writeFileSync(lock, readFileSync(process.execPath).subarray(0, 4096))],
    [
      "a database of another application",
      (lock) => void new BetterSqlite3(lock).exec("CREATE TABLE notes (t)").close(),
    ],
  ])("is left alone when it is %s", async (_, make) => {
    const path = temporaryPath();
    const other = temporaryPath("other");
    writeFileSync(other, secret);
    writeFileSync(`${other}-empty`, "");
    make(`${path}-lock`, other);
    const before = existsSync(`${path}-lock`) ? picture(`${path}-lock`) : undefined;
    await expect(Elanus.open(path)).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining(`${path}-lock has the name of the lock file and is none`),
    });
    expect(existsSync(`${path}-lock`) ? picture(`${path}-lock`) : undefined).toEqual(before);
    expect(readFileSync(other, "utf8")).toBe(secret);
    expect(readFileSync(`${other}-empty`, "utf8")).toBe("");
    expect(existsSync(`${other}-nowhere`)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  it("that is a file of one byte is left alone", async () => {
    const path = temporaryPath();
    writeFileSync(`${path}-lock`, "x");
    await expect(Elanus.open(path)).rejects.toMatchObject({ code: 2, message: expect.stringContaining("is none") });
    expect(readFileSync(`${path}-lock`, "utf8")).toBe("x");
  });

  it("is taken over when it is empty or the rest of one of ours", async () => {
    const model = temporaryPath();
    const db = await Elanus.open(model);
    const ours = readFileSync(`${model}-lock`);
    await db.close();
    expect(ours.length).toBeGreaterThan(4096);
    for (const left of [Buffer.alloc(0), Buffer.alloc(5000), ours, ours.subarray(0, 4096), ours.subarray(0, 6000)]) {
      const path = temporaryPath();
      writeFileSync(`${path}-lock`, left);
      const taken = await filled(path);
      await expect(Elanus.open(path)).rejects.toMatchObject(inUse);
      await taken.close();
      expect(readdirSync(dirname(path))).toEqual(["test.db"]);
    }
  });

  function picture(path: string): unknown {
    try {
      return readFileSync(path).toString("hex");
    } catch {
      return readdirSync(path);
    }
  }
});

describe("a second writer that came in all the same", () => {
  /** Takes every guard away, then lets another process write. */
  async function intrude(path: string): Promise<void> {
    rmSync(`${path}-lock`);
    new BetterSqlite3(path).exec("DELETE FROM writer").close();
  }

  it("is noticed by the first one before its next answer, and nothing of it is overwritten", async () => {
    const path = temporaryPath();
    const first = await filled(path);
    await intrude(path);
    const written = await runProgram(
      path,
      `const db = await Elanus.open(path);
       await db.entities.insert({ collectionName: "c", data: [{ id: 2, vector: [2, 1] }] });
       console.log(process.pid); await db.close();`,
    );
    expect(written).toMatchObject({ code: 0, err: "" });
    const stale = { code: 2, message: expect.stringContaining("was written by") };
    await expect(first.entities.query({ collectionName })).rejects.toMatchObject(stale);
    await expect(first.entities.insert({ collectionName, data: [row(3)] })).rejects.toMatchObject(stale);
    await expect(first.collections.drop({ collectionName })).rejects.toMatchObject(stale);
    await first.close();
    const again = await Elanus.open(path);
    expect(await again.entities.query({ collectionName, filter: "id > 0", outputFields: ["id"] })).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
    expect(await again.check()).toEqual({ ok: true, problems: [] });
    await again.close();
  });

  it("is named while it is still there", async () => {
    const path = temporaryPath();
    const first = await filled(path);
    await intrude(path);
    const second = startProgram(
      path,
      `globalThis.db = await Elanus.open(path); console.log("in"); setInterval(() => {}, 1000);`,
    );
    await second.said("in");
    await expect(first.collections.list()).rejects.toMatchObject({
      code: 2,
      message: expect.stringMatching(new RegExp(`was written by process ${second.child.pid} on .* close it and open`)),
    });
    second.child.kill("SIGKILL");
    await second.ended;
    await first.close();
  });

  it("may be another thread", async () => {
    const path = temporaryPath();
    const first = await filled(path);
    rmSync(`${path}-lock`);
    const second = await Elanus.open(path, { worker: true });
    await expect(first.collections.list()).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining("(this one)"),
    });
    await second.entities.insert({ collectionName, data: [row(2)] });
    await first.close();
    await second.close();
    await (await Elanus.open(path)).close();
  });

  it("may be another program", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    new BetterSqlite3(path).exec("DELETE FROM e_1").close();
    // Another program takes at least a turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(db.entities.query({ collectionName })).rejects.toMatchObject({ code: 2 });
    await db.close();
  });

  it("cannot go on over a log that was removed", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    rmSync(`${path}-wal`);
    await expect(db.entities.insert({ collectionName, data: [row(2)] })).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining("has lost its log"),
    });
    await db.close();
    const again = await Elanus.open(path);
    expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 1 });
    await again.close();
  });
});
