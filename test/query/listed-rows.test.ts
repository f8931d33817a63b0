import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { endSlicesAtOnce, turnsOf } from "../support/turns.js";

/** Rows that a dear filter has listed before they are sorted, grouped or read. */

const collectionName = "c";
/** More than are sorted or grouped in one stretch. */
const ROWS = 24_000;
const row = (id: number) => ({ id, v: [1, 1], n: (id * 7919) % ROWS, s: `word${id % 10}` });
/** An index leads to all rows; nine tenths are let through. */
const filter = 'n >= 0 and s =~ "^w(or|ro)d[1-9]$"';
const EXPECTED = (ROWS / 10) * 9;

let db: Elanus;
afterEach(() => db.close());

async function fill(path: string): Promise<void> {
  db = await Elanus.open(path, { durability: "off" });
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
      ],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" },
      { fieldName: "n", indexName: "n", indexType: "STL_SORT" },
    ],
  });
  await db.entities.insert({ collectionName, data: Array.from({ length: ROWS }, (_, i) => row(i)) });
}

const query = (more: object) => db.entities.query({ collectionName, filter, limit: 5, ...more });

it("are sorted, grouped and drawn from in slices where there is no other thread", async () => {
  await fill(":memory:");
  const group = { outputFields: ["s", "count(*)", "sum(n)"], groupByFields: ["s"], limit: 100 };
  const groups = await query(group);
  const sums = Array.from({ length: 9 }, (_, i) => ({ s: `word${i + 1}`, "count(*)": ROWS / 10, "sum(n)": 0 }));
  for (let id = 0; id < ROWS; id++) {
    const sum = sums[(id % 10) - 1];
    if (sum !== undefined) sum["sum(n)"] += row(id).n;
  }
  expect(groups).toEqual(sums);
  const sorted = await query({ outputFields: ["n"], orderByFields: ["s:desc", "n"] });
  const lowest = Array.from({ length: ROWS }, (_, id) => row(id)).filter(({ id }) => id % 10 === 9);
  expect(sorted.map(({ n }) => n)).toEqual(
    lowest
      .map(({ n }) => n)
      .sort((a, b) => a - b)
      .slice(0, 5),
  );
  const drawn = (more: object) => query({ ...more, filter: "random_sample(0.9)" });
  const halves = await turnsOf(() => drawn({ outputFields: ["count(*)", "max(n)"] }));
  expect([halves.result[0]?.["count(*)"], halves.turns > 2]).toEqual([(ROWS / 10) * 9, true]);
  const page = await turnsOf(() => drawn({ outputFields: ["n"], orderByFields: ["s:desc"], limit: 20 }));
  expect([page.result.length, page.turns > 1]).toEqual([20, true]);
});

it.each([["in memory"], ["in a file"]])(
  "are found anew after a write, %s: no row is missed that is always there",
  async (where) => {
    await fill(where === "in memory" ? ":memory:" : temporaryPath());
    endSlicesAtOnce();
    const queries = [
      { outputFields: ["n"], limit: 10_000, filter: `id < 10000 and ${filter}` },
      { outputFields: ["n"], limit: 10_000, filter: `id < 10000 and ${filter}`, orderByFields: ["s"] },
      { outputFields: ["count(*)", "sum(n)"] },
    ];
    for (const more of queries) {
      let over = false;
      const asked = query(more).finally(() => {
        over = true;
      });
      for (let writes = 0; writes < 12 && !over; writes++) {
        await db.entities.upsert({ collectionName, data: [row(5)] });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const rows = await asked;
      expect(rows[0]?.["count(*)"] ?? rows.length).toBe("limit" in more ? 9000 : EXPECTED);
    }
  },
);
