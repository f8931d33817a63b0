import { copyFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { endSlicesAtOnce } from "../support/turns.js";

const collectionName = "c";
const ROWS = 400;
/** A batch of it takes more than is written in one stretch. */
const TEXT = "x".repeat(16_000);
const rows = (round: number, from = 0, count = ROWS) =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, round, v: [from + i, round], text: TEXT }));

let path: string;
let db: Elanus;
beforeEach(async () => {
  endSlicesAtOnce();
  path = temporaryPath();
  db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "round", dataType: "Int64" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 20_000 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
});
afterEach(() => db.close());

const turn = () => new Promise((resolve) => setImmediate(resolve));
const count = async (filter: string, of = db) =>
  (await of.entities.query({ collectionName, filter, outputFields: ["count(*)"] }))[0]?.["count(*)"];
const sound = async (of = db) => expect((await of.check()).problems).toEqual([]);

/** Goes on while a write does. @returns what was seen before its end */
async function meanwhile<T>(write: Promise<T>, look: () => Promise<unknown>): Promise<{ result: T; seen: unknown[] }> {
  const seen: unknown[] = [];
  let ended = false;
  const end = () => {
    ended = true;
  };
  write.then(end, end);
  for (;;) {
    const found = await look();
    if (ended) return { result: await write, seen };
    seen.push(found);
    await turn();
  }
}

describe("a batch that takes long to write", () => {
  it("replaces all its rows at once, for who looks meanwhile and for a search", async () => {
    await db.entities.insert({ collectionName, data: rows(1) });
    const { result, seen } = await meanwhile(db.entities.upsert({ collectionName, data: rows(2) }), () =>
      count("round == 1"),
    );
    expect(result.upsertCount).toBe(ROWS);
    expect(seen.length).toBeGreaterThan(10);
    // The commit is seen before the answer.
    const after = seen.indexOf(0);
    expect(new Set(after < 0 ? seen : seen.slice(0, after))).toEqual(new Set([ROWS]));
    expect(after < 0 ? [] : seen.slice(after).filter((each) => each !== 0)).toEqual([]);
    expect([await count("round == 1"), await count("round == 2")]).toEqual([0, ROWS]);
    const found = await db.entities.search({ collectionName, data: [[7, 2]], limit: 1, outputFields: ["round"] });
    expect([...found]).toEqual([{ id: 7, round: 2, distance: 0 }]);
    await sound();
  });

  it("meets other writes, each of which is whole", async () => {
    await db.entities.insert({ collectionName, data: rows(1) });
    const writes: Promise<unknown>[] = [];
    for (const round of [2, 3]) {
      writes.push(db.entities.upsert({ collectionName, data: rows(round) }));
      // Some come while it is encoded, others while it is written.
      for (let i = 0; i < 20; i++) {
        writes.push(db.entities.upsert({ collectionName, data: rows(10 + i, i, 1) }));
        for (let turns = 0; turns < 6; turns++) await turn();
      }
      writes.push(db.entities.delete({ collectionName, id: [ROWS - 1] }));
    }
    await Promise.all(writes);
    expect(await count(`id >= 20 and id < ${ROWS - 1} and round == 3`)).toBe(ROWS - 21);
    expect(await count("id < 20")).toBe(20);
    for (const id of [0, 19, 200]) {
      const [stored] = await db.entities.get({ collectionName, id, outputFields: ["v"] });
      const found = await db.entities.search({ collectionName, data: [stored?.["v"] as number[]], limit: 1 });
      expect(found[0]).toMatchObject({ id, distance: 0 });
    }
    await sound();
  });

  it("is not there at all in a file that was left in the middle of it", async () => {
    await db.entities.insert({ collectionName, data: rows(1) });
    const left = temporaryPath();
    let copies = 0;
    await meanwhile(db.entities.upsert({ collectionName, data: rows(2) }), async () => {
      if (copies > 60) return;
      copies++;
      copyFileSync(`${path}-wal`, `${left}-wal`);
      copyFileSync(path, left);
    });
    expect(copies).toBeGreaterThan(10);
    const found = await Elanus.open(left);
    expect([await count("round == 1", found), await count("round == 2", found)]).toEqual([ROWS, 0]);
    await sound(found);
    await found.close();
  });

  it("draws keys of its own, and is done when the database is closed meanwhile", async () => {
    await db.collections.create({
      collectionName: "drawn",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true, autoID: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 20_000 } },
        ],
      },
    });
    const data = rows(1).map(({ v, text }) => ({ v, text }));
    const [first, second] = await Promise.all([
      db.entities.insert({ collectionName: "drawn", data }),
      db.entities.insert({ collectionName: "drawn", data }),
    ]);
    const ids = [...first.insertIds, ...second.insertIds];
    expect(new Set(ids).size).toBe(2 * ROWS);
    const late = db.entities.insert({ collectionName, data: rows(1) });
    for (let i = 0; i < 80; i++) await turn();
    const closed = db.close();
    await Promise.all([late, closed]);
    db = await Elanus.open(path);
    expect(await count("round == 1")).toBe(ROWS);
    await sound();
  });

  it("is seen by a reader beside it, with what it has replaced", async () => {
    await db.entities.insert({ collectionName, data: rows(1) });
    const reader = await Elanus.open(path, { readonly: true });
    expect(await count("round == 1", reader)).toBe(ROWS);
    await db.entities.upsert({ collectionName, data: rows(2) });
    const found = await reader.entities.search({ collectionName, data: [[7, 1]], limit: 3, outputFields: ["round"] });
    expect(found.map(({ round }) => round)).toEqual([2, 2, 2]);
    expect([await count("round == 1", reader), await count("round == 2", reader)]).toEqual([0, ROWS]);
    await reader.close();
  });
});

describe("a delete of many rows", () => {
  it("takes all of them at once, and counts none twice that another one takes before it", async () => {
    const small = Array.from({ length: 6000 }, (_, i) => ({ id: i, round: i % 3, v: [i, 0], text: "" }));
    await db.entities.insert({ collectionName, data: small });
    const first = db.entities.delete({ collectionName, filter: "round < 2" });
    const second = db.entities.delete({ collectionName, id: small.map(({ id }) => id) });
    const { result, seen } = await meanwhile(Promise.all([first, second]), () => count(""));
    expect(result.map(({ deleteCount }) => deleteCount)).toEqual([4000, 2000]);
    expect(new Set([...seen, 6000, 2000, 0])).toEqual(new Set([6000, 2000, 0]));
    expect(await db.entities.search({ collectionName, data: [[7, 0]], limit: 3 })).toHaveLength(0);
    await sound();
  });
});
