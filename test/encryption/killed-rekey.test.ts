import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { startProgram } from "../faults/process.js";
import { HAS_CIPHERS } from "../support/ciphers.js";
import { temporaryPath } from "../support/temporary.js";

const BOOK = { collectionName: "book" };
const ROWS = 800;
/** Kills at random moments. */
const KILLS = process.env["ELANUS_LONG"] === undefined ? 3 : 40;

type Key = string | undefined;
const optionsOf = (key: Key): OpenOptions => (key === undefined ? {} : { key });

/** A database of some hundred pages, with a copy of its collection beside it. */
async function library(key: Key): Promise<string> {
  const path = temporaryPath();
  const db = await Elanus.open(path, optionsOf(key));
  await db.collections.create({ ...BOOK, dimension: 64 });
  const data = Array.from({ length: ROWS }, (_, id) => ({ id, vector: new Float32Array(64).fill(id + 1) }));
  await db.entities.insert({ ...BOOK, data });
  await db.snapshots.create({ ...BOOK, snapshotName: "first" });
  await db.close();
  return path;
}

/** Gives a file one key after the other, in a process that is killed; says which one it is at. */
const PROGRAM = (keys: readonly Key[]) => `
const keys = ${JSON.stringify(keys.map((key) => key ?? null))}.map((key) => key ?? undefined);
let at = 0;
for (;;) {
  const [key, newKey] = [keys[at % keys.length], keys[(at + 1) % keys.length]];
  console.log("begin " + at);
  await Elanus.rekey(path, { ...(key && { key }), ...(newKey && { newKey }) });
  at++;
}
`;

/** The key that the file has now: one of these. All that is in it must be whole, the copy of the collection too. */
async function keyNow(path: string, candidates: readonly Key[]): Promise<Key> {
  const opened: Key[] = [];
  for (const key of candidates) {
    const db = await Elanus.open(path, optionsOf(key)).catch(() => undefined);
    if (db === undefined) continue;
    opened.push(key);
    expect((await db.check()).problems).toEqual([]);
    expect(await db.entities.query({ ...BOOK, filter: "id >= 0", outputFields: ["count(*)"] })).toEqual([
      { "count(*)": ROWS },
    ]);
    expect(await db.snapshots.list(BOOK)).toEqual(["first"]);
    await db.close();
    const copies = readdirSync(`${path}-snapshots`);
    expect(copies).toEqual([expect.stringMatching(/^[0-9]+-[0-9a-f]{12}\.db$/)]);
    for (const copy of copies) {
      const kept = await Elanus.open(join(`${path}-snapshots`, copy), { ...optionsOf(key), readonly: true });
      expect(await kept.collections.list()).toEqual(["book"]);
      await kept.close();
    }
  }
  expect(opened).toHaveLength(1);
  return opened[0];
}

describe.runIf(HAS_CIPHERS)("a rekey whose process is killed", () => {
  it.each([
    ["mid-rekey-copies", ["a", "b"], "a"],
    ["before-rekey", ["a", "b"], "a"],
    ["after-rekey", ["a", "b"], "b"],
    ["before-rekey", [undefined, "b"], undefined],
    ["after-rekey", ["a", undefined], undefined],
  ] as const)("leaves all of it with one key (%s, %j)", async (point, keys, expected) => {
    const path = await library(keys[0]);
    const { ended } = startProgram(path, PROGRAM(keys), { env: { ELANUS_FAILPOINTS: `${point}=kill` } });
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    expect(await keyNow(path, keys)).toBe(expected);
  });

  it("is asked for with a third key, before anybody has opened the file", async () => {
    const path = await library("a");
    const { ended } = startProgram(path, PROGRAM(["a", "b"]), { env: { ELANUS_FAILPOINTS: "before-rekey=kill" } });
    await ended;
    await Elanus.rekey(path, { key: "a", newKey: "c" });
    expect(await keyNow(path, ["a", "b", "c"])).toBe("c");
  });

  it("leaves the old key or the new one at any moment", { timeout: 600_000 }, async () => {
    const keys: Key[] = ["a", "b", undefined];
    const path = await library("a");
    for (let kill = 0; kill < KILLS; kill++) {
      const program = startProgram(path, PROGRAM(keys));
      await program.said("begin 1");
      setTimeout(() => program.child.kill("SIGKILL"), Math.random() * 300);
      const { out } = await program.ended;
      const at = Number(out.trim().split(" ").at(-1));
      const now = await keyNow(path, keys);
      expect([keys[at % keys.length], keys[(at + 1) % keys.length]]).toContain(now);
      while (keys[0] !== now) keys.push(keys.shift());
    }
  });
});
