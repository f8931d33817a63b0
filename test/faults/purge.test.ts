import { cpSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { FailingStorage } from "./failing-sqlite.js";

const C = { collectionName: "c" };
const ROWS = 4000;
const vectorOf = (id: number, seed = 0) => [id % 97, (id + seed) % 89, seed, 1];

const storage = new FailingStorage();
let db: Elanus | undefined;
afterEach(async () => {
  storage.heal();
  await db?.close();
  storage.uninstall();
  db = undefined;
});

/** A store from which half of the rows have been deleted, whose vectors are still there. */
async function deleted(path: string): Promise<Elanus> {
  const made = await Elanus.open(path);
  await made.collections.create({ ...C, dimension: 4, metricType: "L2" });
  const data = Array.from({ length: ROWS }, (_, id) => ({ id, vector: vectorOf(id) }));
  await made.entities.insert({ ...C, data });
  await made.entities.delete({ ...C, filter: `id >= ${ROWS / 2}` });
  return made;
}

const pending = async (of: Elanus) => (await of.stats()).rowsToPurge;

/** The rows that are left, and one that comes again under a key whose old vector may still be there. */
async function expectRight(of: Elanus): Promise<void> {
  const again = ROWS - 1;
  await of.entities.insert({ ...C, data: [{ id: again, vector: vectorOf(again, 5) }] });
  const [hit] = await of.entities.search({ ...C, data: [vectorOf(again, 5)], limit: 1, outputFields: ["vector"] });
  expect(hit).toMatchObject({ id: again, distance: 0, vector: vectorOf(again, 5) });
  expect(await of.entities.search({ ...C, data: [vectorOf(1)], limit: ROWS })).toHaveLength(ROWS / 2 + 1);
  expect(await of.check()).toEqual({ ok: true, problems: [] });
}

it("a disk that fills up in the middle of a purge costs nothing: calls are answered, and it is ended later", async () => {
  storage.install();
  const path = temporaryPath();
  db = await deleted(path);
  expect(await pending(db)).toBeGreaterThan(0);
  storage.arm({ call: 1, code: "SQLITE_FULL", lasting: true });
  await expect.poll(() => storage.struck).toBe(true);
  storage.heal();
  const left = await pending(db);
  expect(left).toBeGreaterThan(0);
  await expectRight(db);
  await db.collections.compact(C);
  expect(await pending(db)).toBe(0);
  await db.entities.delete({ ...C, id: [ROWS - 1] });
  await expectRight(db);
});

it("a process that is killed in the middle of a purge leaves a file whose answers are right, to writers and readers", async () => {
  const path = temporaryPath();
  db = await deleted(path);
  const all = await pending(db);
  await expect.poll(() => pending(db as Elanus), { interval: 1 }).toBeLessThan(all);
  // What a process that has died would have left: the file and its log, as they are.
  const copy = temporaryPath("killed.db");
  for (const part of ["", "-wal"]) cpSync(`${path}${part}`, `${copy}${part}`);
  await db.close();
  const reader = await Elanus.open(copy, { readonly: true });
  expect(await reader.entities.search({ ...C, data: [vectorOf(1)], limit: ROWS })).toHaveLength(ROWS / 2);
  expect(await reader.check()).toEqual({ ok: true, problems: [] });
  await reader.close();
  db = await Elanus.open(copy);
  await expectRight(db);
  await db.collections.compact(C);
  expect(await pending(db)).toBe(0);
  expect(await db.check()).toEqual({ ok: true, problems: [] });
});
