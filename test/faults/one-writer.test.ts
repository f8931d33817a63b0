import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { createRequest } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeRows } from "../crash/script.js";
import { temporaryPath } from "../support/temporary.js";
import { runProgram, startProgram } from "./process.js";

const collectionName = "exact";
const HOLD = `
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName: "held", dimension: 2 });
  await db.entities.insert({ collectionName: "held", data: [{ id: 1, vector: [1, 2] }] });
  console.log("holding");
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once("end", resolve));
  await db.close();
`;

async function filled(path: string, count = 5): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off" });
  await db.collections.create(createRequest(collectionName) as never);
  await db.entities.insert({ collectionName, data: makeRows(new Random(1), count).map((r, i) => ({ ...r, id: i })) });
  return db;
}

describe("one writer per file", () => {
  it("a second process is refused with the name of the holder, and may read", async () => {
    const path = temporaryPath();
    const holder = startProgram(path, HOLD);
    await holder.said("holding");
    await expect(Elanus.open(path)).rejects.toMatchObject({
      code: 2,
      kind: "Unavailable",
      message: expect.stringMatching(
        new RegExp(`in use by process ${holder.child.pid} on \\S+ since \\d{4}-.*readonly: true`),
      ),
    });
    const reader = await Elanus.open(path, { readonly: true });
    expect(await reader.entities.query({ collectionName: "held", outputFields: ["id"] })).toEqual([{ id: 1 }]);
    expect((await reader.entities.search({ collectionName: "held", data: [[1, 2]], limit: 1 }))[0]).toMatchObject({
      id: 1,
    });
    expect(await reader.check()).toEqual({ ok: true, problems: [] });
    await expect(reader.collections.drop({ collectionName: "held" })).rejects.toMatchObject({ code: 3000 });
    holder.child.stdin?.end();
    expect(await holder.ended).toMatchObject({ code: 0, err: "" });
    // The reader goes on after the writer has gone.
    expect(await reader.entities.query({ collectionName: "held", outputFields: ["id"] })).toEqual([{ id: 1 }]);
    await reader.close();
    const writer = await Elanus.open(path);
    expect(await writer.collections.list()).toEqual(["held"]);
    await writer.close();
  });

  it("a lock left by a dead process is recovered without help", async () => {
    const path = temporaryPath();
    const holder = startProgram(path, HOLD);
    await holder.said("holding");
    holder.child.kill("SIGKILL");
    expect((await holder.ended).signal).toBe("SIGKILL");
    const db = await Elanus.open(path);
    expect(await db.entities.get({ collectionName: "held", id: 1, outputFields: ["id"] })).toEqual([{ id: 1 }]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("the same file by another name is the same file", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    const folder = dirname(path);
    const link = join(folder, "link.db");
    symlinkSync(path, link);
    const linkedFolder = join(dirname(temporaryPath()), "folder");
    symlinkSync(folder, linkedFolder);
    for (const other of [
      link,
      join(linkedFolder, "test.db"),
      relative(process.cwd(), path),
      join(folder, ".", "x", "..", "test.db"),
    ]) {
      mkdirSync(join(folder, "x"), { recursive: true });
      await expect(Elanus.open(other), other).rejects.toMatchObject({ code: 2 });
    }
    await db.close();
    const again = await Elanus.open(link);
    expect(await again.collections.list()).toEqual([collectionName]);
    await again.close();
    expect(existsSync(`${link}-lock`)).toBe(false);
    rmSync(linkedFolder);
  });

  it("a refused process leaves the holder and its file alone", async () => {
    const path = temporaryPath();
    const db = await filled(path);
    for (let i = 0; i < 20; i++) await expect(Elanus.open(path)).rejects.toMatchObject({ code: 2 });
    const refused = await runProgram(path, "await Elanus.open(path).catch((error) => console.log(error.code));");
    expect(refused).toMatchObject({ code: 0, out: "2\n" });
    await db.entities.insert({
      collectionName,
      data: makeRows(new Random(2), 3).map((r, i) => ({ ...r, id: 100 + i })),
    });
    expect(await db.collections.getStats({ collectionName })).toEqual({ rowCount: 8 });
    await db.close();
  });

  it("of many processes that open at once exactly one gets the file", async () => {
    const path = temporaryPath();
    const body = `
      // A store that nothing refers to any more is collected, and its lock with it.
      try { globalThis.db = await Elanus.open(path); console.log("got it."); }
      catch (error) { console.log("refused " + error.code + "."); }
      // Until everybody has said something.
      process.stdin.resume();
      await new Promise((resolve) => process.stdin.once("end", resolve));
      process.exit(0);
    `;
    const programs = Array.from({ length: 6 }, () => startProgram(path, body));
    await Promise.all(programs.map((program) => program.said(".")));
    for (const { child } of programs) child.stdin?.end();
    const ends = await Promise.all(programs.map((program) => program.ended));
    const said = ends.map(({ out, err }) => out.trim() + err).sort();
    expect(said.filter((text) => text === "got it.")).toHaveLength(1);
    expect(said.filter((text) => text === "refused 2.")).toHaveLength(5);
  });
});

describe("several instances", () => {
  it("in one process and in worker threads do not disturb each other", async () => {
    const paths = Array.from({ length: 6 }, () => temporaryPath());
    const open = [...paths, ":memory:", ":memory:"];
    const dbs = await Promise.all(
      open.map((path, i) => Elanus.open(path, { durability: "off", worker: i % 2 === 1, exactBelow: 50 })),
    );
    await Promise.all(
      dbs.map(async (db, i) => {
        const name = `graph_${i}`;
        await db.collections.create(createRequest(name) as never);
        for (let round = 0; round < 10; round++) {
          const data = makeRows(new Random(i * 100 + round), 40).map((row, j) => ({ ...row, id: round * 40 + j }));
          await db.entities.insert({ collectionName: name, data });
          await db.entities.search({ collectionName: name, data: [data[0]?.vector as number[]], limit: 3 });
        }
      }),
    );
    for (const [i, db] of dbs.entries()) {
      expect(await db.collections.list()).toEqual([`graph_${i}`]);
      expect(await db.collections.getStats({ collectionName: `graph_${i}` })).toEqual({ rowCount: 400 });
      expect(await db.check()).toEqual({ ok: true, problems: [] });
    }
    // One that closes takes nothing from the others, and frees its file only.
    await dbs[0]?.close();
    await expect(Elanus.open(paths[2] as string)).rejects.toMatchObject({ code: 2 });
    await (await Elanus.open(paths[0] as string)).close();
    await Promise.all(dbs.map((db) => db.close()));
    for (const path of paths) await (await Elanus.open(path)).close();
  });
});
