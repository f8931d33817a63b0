import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { turnsOf } from "../support/turns.js";

/** Filters that take so long with each row that their rows are found in slices. */

const ROWS = 1000;
const collectionName = "c";
const FILLER = "x y z ".repeat(1500);
const row = (id: number) => ({ id, v: [id % 97, 1], n: (id * 7919) % ROWS, s: `${FILLER} word${id % 10} ` });
/** Rows whose id ends with a digit. */
const dear = (digit: number) => `s =~ "(x y z )+ +(word${digit}|none) $"`;
/** The same, with many times the work for each row. */
const dearer = (digit: number) =>
  [...Array.from({ length: 10 }, (_, i) => `s =~ "(x y z )+ +(none${i})$"`), dear(digit)].join(" or ");
const endsWith = (digit: number) => Array.from({ length: ROWS / 10 }, (_, i) => i * 10 + digit);

async function filled(path: string): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 10_000 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" }],
  });
  // Not in the order of their keys.
  const all = Array.from({ length: ROWS }, (_, i) => row((i * 367) % ROWS));
  for (let from = 0; from < ROWS; from += 500)
    await db.entities.insert({ collectionName, data: all.slice(from, from + 500) });
  return db;
}

const idsOf = (rows: readonly { readonly id?: unknown }[]) => rows.map(({ id }) => id as number);

describe.each([["in memory"], ["in a file"]])("a dear filter %s", (where) => {
  let db: Elanus;
  beforeAll(async () => {
    db = await filled(where === "in memory" ? ":memory:" : temporaryPath());
  });
  afterAll(() => db.close());

  it("lets the event loop run", async () => {
    const query = () => db.entities.query({ collectionName, filter: dearer(3), limit: ROWS, outputFields: ["id"] });
    const { result, turns } = await turnsOf(query);
    expect(idsOf(result)).toEqual(endsWith(3));
    expect(turns).toBeGreaterThan(1);
    const search = () => db.entities.search({ collectionName, data: [[1, 1]], filter: dearer(7), limit: 300 });
    const hits = await turnsOf(search);
    expect(idsOf(hits.result).sort((a, b) => a - b)).toEqual(endsWith(7));
    expect(hits.turns).toBeGreaterThan(1);
  });

  it("lets the event loop run where a search draws from its rows", async () => {
    const filter = `(${dearer(7)}) and random_sample(0.5)`;
    const search = () => db.entities.search({ collectionName, data: [[1, 1]], filter, limit: 300 });
    const { result, turns } = await turnsOf(search);
    expect(turns).toBeGreaterThan(1);
    expect(result.length).toBe(endsWith(7).length / 2);
    for (const id of idsOf(result)) expect(endsWith(7)).toContain(id);
    // Drawn anew each time.
    expect(new Set(idsOf(await search()))).not.toEqual(new Set(idsOf(result)));
  });

  it("finds the rows that there are, in their order (generated)", async () => {
    const shape = fc.record({
      digit: fc.nat(9),
      limit: fc.integer({ min: 1, max: 200 }),
      offset: fc.nat(160),
      descending: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ digit, limit, offset, descending }) => {
        const query = { collectionName, filter: dear(digit), limit, offset, outputFields: ["id", "n"] };
        const expected = endsWith(digit);
        expect(idsOf(await db.entities.query(query))).toEqual(expected.slice(offset, offset + limit));
        const sorted = await db.entities.query({ ...query, orderByFields: [descending ? "n:desc" : "n"] });
        const byN = [...expected].sort((a, b) => (row(a).n - row(b).n) * (descending ? -1 : 1));
        expect(idsOf(sorted)).toEqual(byN.slice(offset, offset + limit));
      }),
      { numRuns: 4 },
    );
  });

  it("counts, sums, samples and is searched by alone and with others", async () => {
    const filter = dear(4);
    expect(await db.entities.query({ collectionName, filter, outputFields: ["count(*)", "sum(id)"] })).toEqual([
      { "count(*)": ROWS / 10, "sum(id)": endsWith(4).reduce((a, b) => a + b) },
    ]);
    const half = await db.entities.query({ collectionName, filter: `${filter} and random_sample(0.5)`, limit: 500 });
    expect(half.length).toBe(ROWS / 20);
    expect(half.every(({ id }) => (id as number) % 10 === 4)).toBe(true);
    const part = (digit: number) => ({ data: [[5, 1]], annsField: "v", limit: 200, filter: dear(digit) });
    const both = await db.entities.hybridSearch({
      collectionName,
      search: [part(1), part(2)],
      rerank: { strategy: "rrf", params: { k: 60 } },
      limit: 400,
    });
    expect(idsOf(both).sort((a, b) => a - b)).toEqual([...endsWith(1), ...endsWith(2)].sort((a, b) => a - b));
  });

  it("comes again for less", async () => {
    const search = { collectionName, data: [[2, 1]], filter: dearer(8), limit: 200 };
    const first = await turnsOf(() => db.entities.search(search));
    const { result, turns } = await turnsOf(() => db.entities.search(search));
    expect(result).toEqual(first.result);
    expect(turns).toBeLessThan(first.turns / 2);
  });
});

describe("a delete by a dear filter", () => {
  const countOf = async (db: Elanus, filter: string) =>
    (await db.entities.query({ collectionName, filter, outputFields: ["count(*)"] }))[0]?.["count(*)"];

  it.each([["in memory"], ["in a file"]])("lets the event loop run, %s", async (where) => {
    const db = await filled(where === "in memory" ? ":memory:" : temporaryPath());
    const { result, turns } = await turnsOf(() => db.entities.delete({ collectionName, filter: dearer(3) }));
    expect(result).toEqual({ deleteCount: ROWS / 10 });
    expect(turns).toBeGreaterThan(1);
    expect(await countOf(db, "id >= 0")).toBe(ROWS - ROWS / 10);
    const half = `${dear(4)} and random_sample(0.5)`;
    expect(await db.entities.delete({ collectionName, filter: half })).toEqual({ deleteCount: ROWS / 20 });
    expect((await db.check()).problems).toEqual([]);
    await db.close();
  });

  it.each([
    ["in the table", false],
    ["among those of an index", true],
  ])(
    "takes what there is when it ends, found %s: rows that came meanwhile too, and none that has gone",
    async (_where, indexed) => {
      const db = await filled(":memory:");
      const indexParams = [{ fieldName: "n", indexName: "n", indexType: "INVERTED" }];
      if (indexed) await db.indexes.create({ collectionName, indexParams });
      const filter = indexed ? `n >= 0 and (${dearer(5)})` : dearer(5);
      const running = db.entities.delete({ collectionName, filter });
      // The event loop has come round: rows are being looked at.
      await new Promise((resolve) => setImmediate(resolve));
      await db.entities.upsert({ collectionName, data: [row(100_005), row(100_006), row(5)] });
      expect(await db.entities.delete({ collectionName, id: [15, 16] })).toEqual({ deleteCount: 2 });
      expect(await running).toEqual({ deleteCount: ROWS / 10 });
      expect(await countOf(db, dear(5))).toBe(0);
      expect(await countOf(db, "id >= 0")).toBe(ROWS - ROWS / 10);
      const hits = await db.entities.search({ collectionName, data: [[1, 1]], limit: 3 * ROWS });
      expect(hits).toHaveLength(ROWS - ROWS / 10);
      await db.close();
    },
  );

  it("begins anew when the schema has changed, and is refused what it may not do any more", async () => {
    const db = await filled(":memory:");
    const running = db.entities.delete({ collectionName, filter: dearer(6) });
    await new Promise((resolve) => setImmediate(resolve));
    await db.collections.fields.add({
      collectionName,
      schema: { fieldName: "more", dataType: "Int64", nullable: true },
    });
    expect(await running).toEqual({ deleteCount: ROWS / 10 });
    const released = db.entities.delete({ collectionName, filter: dearer(7) });
    const refused = expect(released).rejects.toMatchObject({ code: 101 });
    await new Promise((resolve) => setImmediate(resolve));
    await db.collections.release({ collectionName });
    await refused;
    await db.collections.load({ collectionName });
    expect(await countOf(db, dear(7))).toBe(ROWS / 10);
    await db.close();
  });
});

describe("while the rows of a dear filter are found", () => {
  it("writes go on, and each answer is the state of one moment", async () => {
    const db = await filled(":memory:");
    const living = new Set(endsWith(5));
    const states = new Set<string>();
    const stateOf = (ids: readonly number[]) => [...ids].sort((a, b) => a - b).join();
    states.add(stateOf([...living]));
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 40 && writing; i++) {
        const id = (i % 2 === 0 ? 5 : 1005) + (i >> 1) * 10;
        if (i % 3 === 0) {
          await db.entities.delete({ collectionName, id: [id] });
          living.delete(id);
        } else {
          const added = 100_005 + i * 10;
          await db.entities.upsert({ collectionName, data: [row(added)] });
          living.add(added);
        }
        states.add(stateOf([...living]));
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
    })();
    for (let i = 0; i < 6; i++) {
      const found = await db.entities.query({ collectionName, filter: dear(5), limit: 3000, outputFields: ["id"] });
      expect(states).toContain(stateOf(idsOf(found)));
      const hits = await db.entities.search({ collectionName, data: [[1, 1]], filter: dear(5), limit: 3000 });
      expect(states).toContain(stateOf(idsOf(hits)));
    }
    writing = false;
    await writer;
    await db.close();
  });

  it.each([
    ["released", (db: Elanus) => db.collections.release({ collectionName })],
    ["dropped", (db: Elanus) => db.collections.drop({ collectionName })],
  ])("the collection may be %s: the call says so", async (_name, end) => {
    const db = await filled(":memory:");
    const calls = [
      db.entities.query({ collectionName, filter: dear(1), limit: 10_000 }),
      db.entities.search({ collectionName, data: [[1, 1]], filter: dear(2), limit: 100 }),
    ];
    const ends = calls.map((call) => expect(call).rejects.toMatchObject({ code: 101 }));
    await end(db);
    await Promise.all(ends);
    await db.close();
  });

  it("the time of the call ends it", async () => {
    const db = await filled(":memory:");
    const response = await db.fetch("http://localhost/v2/vectordb/entities/query", {
      method: "POST",
      headers: { "content-type": "application/json", "request-timeout": "1" },
      body: JSON.stringify({
        collectionName,
        filter: Array.from({ length: 600 }, (_, i) => `s =~ "(x y z )+ none${i}$"`).join(" or "),
        limit: 10_000,
      }),
    });
    expect(await response.json()).toMatchObject({ code: 10001 });
    await db.close();
  });

  it("a reader beside the writer sees one state as well", async () => {
    const path = temporaryPath();
    const writer = await filled(path);
    const reader = await Elanus.open(path, { readonly: true });
    const query = { collectionName, filter: dear(6), limit: 10_000, outputFields: ["id"] };
    const running = reader.entities.query(query);
    await writer.entities.delete({ collectionName, filter: "id >= 0" });
    expect([endsWith(6).join(), ""]).toContain(idsOf(await running).join());
    expect(await reader.entities.query(query)).toEqual([]);
    await reader.close();
    await writer.close();
  });
});

describe("a spatial filter", () => {
  /** A ring of many points, turned by some. */
  const star = (points: number, turned: number): string => {
    const at = (i: number) => [2 * Math.PI * ((i % points) / points + turned), i % 2 === 0 ? 40 : 20] as const;
    const corner = ([angle, size]: readonly [number, number]) =>
      `${(Math.cos(angle) * size).toFixed(6)} ${(Math.sin(angle) * size).toFixed(6)}`;
    return `POLYGON((${Array.from({ length: points + 1 }, (_, i) => corner(at(i))).join(",")}))`;
  };
  const same = star(2000, 0);
  const parted = { collectionName: "parted" };
  const ids = Array.from({ length: 24 }, (_, i) => i);

  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({
      ...parted,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "n", dataType: "Int64" },
          { fieldName: "g", dataType: "Geometry" },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [
        { fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" },
        { fieldName: "n", indexName: "n", indexType: "INVERTED" },
      ],
    });
    for (let i = 0; i < 7; i++) await db.partitions.create({ ...parted, partitionName: `p${i}` });
    // All the same to the filter; no two are read from the same text.
    const data = ids.map((id) => ({ id, n: id % 2, g: same + " ".repeat(id), v: [1, id] }));
    await db.entities.insert({ ...parted, partitionName: "p1", data });
  });
  afterAll(() => db.close());

  it.each([
    ["without an index", `st_equals(g, "${same}")`, ids],
    ["behind an index", `n == 1 and st_equals(g, "${same}")`, ids.filter((id) => id % 2 === 1)],
    ["behind keys", `id in [${ids.slice(6)}] and st_within(g, "${same}")`, ids.slice(6)],
    [
      "in either of two",
      `(n == 1 and st_within(g, "${same}")) or (n == 0 and st_crosses(g, "${same}"))`,
      ids.filter((id) => id % 2 === 1),
    ],
  ])("%s lets the event loop run between rows", async (_where, filter, expected) => {
    const query = () => db.entities.query({ ...parted, filter, limit: 100, outputFields: ["id"] });
    const { result, turns } = await turnsOf(query);
    expect(idsOf(result)).toEqual(expected);
    expect(turns).toBeGreaterThan(3);
    // Another text, so that the rows are not known from before.
    const search = { ...parted, data: [[1, 0]], filter: `${filter} `, limit: 100, partitionNames: ["p1"] };
    const hits = await turnsOf(() => db.entities.search(search));
    expect(idsOf(hits.result)).toEqual(expected);
    expect(hits.turns).toBeGreaterThan(3);
  });
});
