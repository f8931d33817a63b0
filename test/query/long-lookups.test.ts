import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EntityStore } from "../../src/engine/entities/entity-store.js";
import { Elanus } from "../../src/index.js";
import { RunningDeadline, TakesLong } from "../../src/values/deadline.js";
import { temporaryPath } from "../support/temporary.js";
import { turnsOf } from "../support/turns.js";

/** Samples, and cheap filters that an index leads to so many rows of that they are found in slices. */

const collectionName = "c";
/** More than are drawn from, sorted or counted in one stretch. */
const ROWS = 24_000;
const row = (id: number) => ({
  id,
  v: [id % 97, 1],
  n: id % 11 === 0 ? null : (id * 7919) % 9,
  m: id % 1000,
  s: `w${id % 7}`,
});
const all = Array.from({ length: ROWS }, (_, id) => row(id));
type Given = (typeof all)[number];
const idsOf = (rows: readonly { readonly id?: unknown }[]) => rows.map(({ id }) => id as number);
const ascending = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

/** As `orderByFields` asks for; equal ones by their keys. */
function inOrder(fields: readonly string[]): (a: Given, b: Given) => number {
  const items = fields.map((item) => {
    const [field = "", direction = "asc", nulls] = item.split(":");
    const descending = direction === "desc";
    return {
      field: field as keyof Given,
      descending,
      first: nulls === undefined ? descending : nulls === "nulls_first",
    };
  });
  return (a, b) => {
    for (const { field, descending, first } of items) {
      const [x, y] = [a[field], b[field]];
      if (x === y) continue;
      if (x === null || y === null) return (x === null) === first ? -1 : 1;
      return x < y !== descending ? -1 : 1;
    }
    return a.id - b.id;
  };
}

let db: Elanus;
async function fill(path: string): Promise<void> {
  db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64", nullable: true },
        { fieldName: "m", dataType: "Int64" },
        { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
      ],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" },
      { fieldName: "n", indexName: "n", indexType: "STL_SORT" },
      { fieldName: "s", indexName: "s", indexType: "INVERTED" },
    ],
  });
  // Not in the order of their keys.
  const shuffled = all.map((_, i) => all[(i * 7919) % ROWS] as Given);
  for (let from = 0; from < ROWS; from += 12_000)
    await db.entities.insert({ collectionName, data: shuffled.slice(from, from + 12_000) });
}

/** Whatever is tried within some milliseconds takes longer, as with many more rows. */
function beLong(): void {
  vi.spyOn(EntityStore.prototype, "isReadAtOnce").mockReturnValue(false);
  vi.spyOn(RunningDeadline.prototype, "briefly").mockImplementation(() => {
    throw new TakesLong();
  });
}

afterEach(async () => {
  vi.restoreAllMocks();
  await db.close();
});

describe.each([
  ["in memory", () => ":memory:", 2],
  // Another thread sorts and counts there: how often the loop comes round meanwhile is a matter of time.
  ["in a file", temporaryPath, 0],
])("%s", (_where, path, turnsToSort) => {
  beforeEach(() => fill(path()));

  it("a sample of many rows lets the event loop run, and has the share that was asked for", async () => {
    const query = (filter: string, more: object = {}) =>
      turnsOf(() => db.entities.query({ collectionName, filter, limit: 16_000, outputFields: ["id"], ...more }));
    const half = await query("random_sample(0.5)");
    expect(half.turns).toBeGreaterThan(3);
    expect(half.result).toHaveLength(ROWS / 2);
    expect(idsOf(half.result)).toEqual(ascending(idsOf(half.result)));
    const other = await query("random_sample(0.5)");
    expect(idsOf(other.result)).not.toEqual(idsOf(half.result));

    const some = await query("m < 500 and random_sample(0.25)", { limit: 10, offset: 20 });
    expect(some.turns).toBeGreaterThan(3);
    expect(some.result).toHaveLength(10);
    for (const id of idsOf(some.result)) expect(row(id).m).toBeLessThan(500);

    const counted = await query("random_sample(0.25)", { limit: undefined, outputFields: ["count(*)"] });
    expect(counted.turns).toBeGreaterThan(3);
    expect(counted.result).toEqual([{ "count(*)": ROWS / 4 }]);

    const search = { collectionName, data: [[1, 1]], filter: "random_sample(0.5)", limit: 16_000 };
    const hits = await turnsOf(() => db.entities.search(search));
    expect(hits.turns).toBeGreaterThan(3);
    expect(new Set(idsOf(hits.result)).size).toBe(ROWS / 2);
  });

  it("a sample has rows from everywhere, each as likely as any other", async () => {
    const filter = "random_sample(0.1)";
    const found = await db.entities.query({ collectionName, filter, limit: 16_000, outputFields: ["id"] });
    const tenths = new Array<number>(10).fill(0);
    for (const id of idsOf(found)) (tenths[Math.floor((id / ROWS) * 10)] as number)++;
    // 240 on average; twelve standard deviations.
    for (const count of tenths) expect(Math.abs(count - ROWS / 100)).toBeLessThan(180);
  });

  it("a sample is removed in slices", async () => {
    const { result, turns } = await turnsOf(() =>
      db.entities.delete({ collectionName, filter: "m >= 0 and random_sample(0.5)" }),
    );
    expect(result).toEqual({ deleteCount: ROWS / 2 });
    expect(turns).toBeGreaterThan(3);
    expect((await db.check()).problems).toEqual([]);
  });

  it.each<[string, string, (given: Given) => boolean]>([
    ["one value", "n == 3 and m < 900", ({ n, m }) => n === 3 && m < 900],
    ["a range", "n >= 1 and m < 900", ({ n, m }) => n !== null && n >= 1 && m < 900],
    ["a list", "n in [1, 4, 7] and m < 900", ({ n, m }) => (n === 1 || n === 4 || n === 7) && m < 900],
    ["no value", "n is null and m < 900", ({ n, m }) => n === null && m < 900],
    ["either of two", '(n == 3 or s == "w4") and m < 900', ({ n, s, m }) => (n === 3 || s === "w4") && m < 900],
    ["nothing", "n >= 0 and m == -1", () => false],
  ])("behind an index, %s: in slices, and the same rows", async (_what, filter, test) => {
    const expected = all.filter(test).map(({ id }) => id);
    beLong();
    const query = (more: object) => turnsOf(() => db.entities.query({ collectionName, filter, ...more }));
    const first = await query({ limit: 16_000, outputFields: ["id"] });
    expect(idsOf(first.result)).toEqual(expected.slice(0, 16_000));
    expect(first.turns).toBeGreaterThan(1);
    const few = await query({ limit: 7, offset: 100, outputFields: ["m"] });
    expect(few.result.map(({ id }) => id)).toEqual(expected.slice(100, 107));
    const counted = await query({ outputFields: ["count(*)"] });
    expect(counted.result).toEqual([{ "count(*)": expected.length }]);
    expect(counted.turns).toBeGreaterThanOrEqual(turnsToSort);
    const hits = await turnsOf(() =>
      db.entities.search({ collectionName, data: [[1, 1]], filter: `${filter} and m < 450`, limit: 16_000 }),
    );
    expect(ascending(idsOf(hits.result))).toEqual(expected.filter((id) => row(id).m < 450));
    const removed = await turnsOf(() => db.entities.delete({ collectionName, filter }));
    expect(removed.result).toEqual({ deleteCount: expected.length });
    expect(removed.turns).toBeGreaterThan(1);
  });

  it.each<[string, string, string[], (given: Given) => boolean]>([
    ["few rows of which a filter lets through", "m < 2", ["n"], ({ m }) => m < 2],
    ["none of which a filter lets through", "m == -1", ["n:desc:nulls_last"], () => false],
    ["many of which are equal", "", ["n:desc"], () => true],
    ["led to by another one", "n >= 7 and m < 100", ["s:desc", "n"], ({ n, m }) => n !== null && n >= 7 && m < 100],
    ["that are their keys", "m == 7", ["id:desc"], ({ m }) => m === 7],
  ])("sorted by an index, %s: in slices, and in their order", async (_what, filter, orderByFields, test) => {
    beLong();
    const expected = all
      .filter(test)
      .sort(inOrder(orderByFields))
      .map(({ id }) => id);
    for (const [limit, offset] of [
      [7, 3],
      [3000, 0],
    ] as const) {
      const query = { collectionName, filter, orderByFields, limit, offset, outputFields: ["id"] };
      const { result, turns } = await turnsOf(() => db.entities.query(query));
      expect(idsOf(result)).toEqual(expected.slice(offset, offset + limit));
      expect(turns).toBeGreaterThanOrEqual(turnsToSort);
    }
  });
});

it("with a dear part, more rows than are listed are found all the same (generated)", async () => {
  await fill(":memory:");
  const shape = fc.record({
    lead: fc.constantFrom("n >= 0", "n == 2", "n in [0, 5]", "n is null", '(n == 1 or s == "w1")'),
    digit: fc.nat(9),
    limit: fc.integer({ min: 1, max: 3000 }),
    offset: fc.nat(3000),
    long: fc.boolean(),
  });
  const led = (lead: string, { n, s }: Given) =>
    lead === "n is null"
      ? n === null
      : lead === "n >= 0"
        ? n !== null
        : lead === "n == 2"
          ? n === 2
          : lead === "n in [0, 5]"
            ? n === 0 || n === 5
            : n === 1 || s === "w1";
  await fc.assert(
    fc.asyncProperty(shape, async ({ lead, digit, limit, offset, long }) => {
      if (long) beLong();
      const filter = `${lead} and s =~ "^[w]${digit}$"`;
      const expected = all.filter((given) => led(lead, given) && given.s === `w${digit}`).map(({ id }) => id);
      const found = await db.entities.query({ collectionName, filter, limit, offset, outputFields: ["id"] });
      vi.restoreAllMocks();
      expect(idsOf(found)).toEqual(expected.slice(offset, offset + limit));
    }),
    { numRuns: 25 },
  );
});
