import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";

/** More than are sorted at once. */
const ROWS = 25_000;
const c = { collectionName: "c" };
const folders: string[] = [];
let db: Elanus;
afterEach(async () => {
  await db.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** `:memory:`, or a new file. */
function place(where: string): string {
  if (where === ":memory:") return where;
  const folder = mkdtempSync(join(tmpdir(), "elanus-sorts-"));
  folders.push(folder);
  return join(folder, "data.db");
}

/** The same for each id, in no order. */
const scattered = (id: number) => Math.imul(id, 2654435761) >>> 8;
const row = (id: number) => ({
  id,
  v: [id % 5, 1],
  n: id % 10 === 0 ? null : scattered(id) % 1000,
  text: `k${scattered(id) % 70}`,
});

async function open(path: string, options: object = {}): Promise<void> {
  db = await Elanus.open(path, options);
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64", nullable: true },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" }],
  });
  for (let from = 0; from < ROWS; from += 5000) {
    await db.entities.insert({ ...c, data: Array.from({ length: 5000 }, (_, i) => row(from + i)) });
  }
}

const all = Array.from({ length: ROWS }, (_, id) => row(id));
type Given = (typeof all)[number];

function expected(compare: (a: Given, b: Given) => number, from = 0, count = 40): number[] {
  return all
    .toSorted((a, b) => compare(a, b) || a.id - b.id)
    .slice(from, from + count)
    .map(({ id }) => id);
}
const byNumber = (a: Given, b: Given) => {
  if (a.n === null || b.n === null) return a.n === b.n ? 0 : a.n === null ? 1 : -1;
  return a.n - b.n;
};
const byText = (a: Given, b: Given) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

async function ids(orderByFields: string[], more: object = {}): Promise<unknown[]> {
  const rows = await db.entities.query({ ...c, filter: "", outputFields: [], limit: 40, orderByFields, ...more });
  return rows.map(({ id }) => id);
}

describe.each<[string, string, object]>([
  ["in memory, step by step", ":memory:", {}],
  ["in a file, by another thread", "file", {}],
  ["in a file, with the engine in a worker", "file", { worker: true }],
])("a sort of many rows %s", (_, where, options) => {
  it("is the order of all of them", async () => {
    await open(place(where), options);
    expect(await ids(["n"])).toEqual(expected(byNumber));
    expect(await ids(["text:desc", "n:asc"])).toEqual(expected((a, b) => byText(b, a) || byNumber(a, b)));
    expect(await ids(["n:desc"], { offset: 5000, limit: 20 })).toEqual(expected((a, b) => byNumber(b, a), 5000, 20));
    expect(await ids(["n"], { filter: 'text == "k7" and id > 12000' })).toEqual(
      all
        .filter(({ text, id }) => text === "k7" && id > 12000)
        .toSorted((a, b) => byNumber(a, b) || a.id - b.id)
        .slice(0, 40)
        .map(({ id }) => id),
    );
    // A long constant means something in the engine's thread alone.
    const long = `k${"7".repeat(300)}`;
    expect(await ids(["n"], { filter: `text like "${long}%" or text like "%7"` })).toHaveLength(40);
  });

  it("sees one state, whatever is written meanwhile", async () => {
    await open(place(where), options);
    const queries = Array.from({ length: 6 }, async (_unused, i) => {
      const rows = db.entities.query({ ...c, filter: "", outputFields: ["n"], limit: 50, orderByFields: ["n", "id"] });
      // Each write moves rows from the front to the end, all of one number together.
      await db.entities.delete({ ...c, filter: `n == ${i}` });
      return rows;
    });
    for (const rows of await Promise.all(queries)) {
      const numbers = rows.map(({ n }) => Number(n));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      for (const n of new Set(numbers.slice(0, -1))) {
        if (n === numbers.at(-1)) continue;
        expect(numbers.filter((each) => each === n)).toHaveLength(all.filter((each) => each.n === n).length);
      }
    }
  });

  it("and groups of many rows come the same way", async () => {
    await open(place(where), options);
    const grouped = await db.entities.query({
      ...c,
      filter: "id >= 0",
      groupByFields: ["text"],
      outputFields: ["text", "count(*)", "sum(n)", "max(id)"],
      limit: 3,
    });
    const texts = [...new Set(all.map(({ text }) => text))].sort().slice(0, 3);
    expect(grouped).toEqual(
      texts.map((text) => {
        const own = all.filter((each) => each.text === text);
        return {
          text,
          "count(*)": own.length,
          "sum(n)": own.reduce((sum, { n }) => sum + (n ?? 0), 0),
          "max(id)": own.at(-1)?.id,
        };
      }),
    );
  });

  it("groups by several fields in any order, with every aggregate", async () => {
    await open(place(where), options);
    const grouped = await db.entities.query({
      ...c,
      filter: "id != 77",
      groupByFields: ["text", "n"],
      outputFields: ["avg(id)", "n", "count(n)", "min(id)", "text", "max(text)", "sum(id)", "count(v)"],
      orderByFields: ["n:desc:nulls_last", "text:desc"],
      limit: 16_000,
    });
    const own = new Map<string, Given[]>();
    for (const each of all.filter(({ id }) => id !== 77)) {
      const key = `${each.text} ${each.n}`;
      own.set(key, [...(own.get(key) ?? []), each]);
    }
    const groups = [...own.values()].map((rows) => {
      const { text, n } = rows[0] as Given;
      const sum = rows.reduce((so, { id }) => so + id, 0);
      const [count, least] = [rows.length, rows[0]?.id];
      return {
        "avg(id)": sum / count,
        n,
        "count(n)": n === null ? 0 : count,
        "min(id)": least,
        text,
        "max(text)": text,
        "sum(id)": sum,
        "count(v)": count,
      };
    });
    groups.sort((a, b) => (b.n ?? -1) - (a.n ?? -1) || (a.text < b.text ? 1 : -1));
    expect(grouped).toEqual(groups.slice(0, 16_000));
  });

  it("counts one state in groups, whatever is written meanwhile", async () => {
    await open(place(where), options);
    const outputFields = ["count(*)", "sum(n)"];
    for (let i = 0; i < 4; i++) {
      const counting = db.entities.query({ ...c, filter: "", outputFields: [...outputFields, "count(id)"] });
      // The first of all rows become the last ones.
      await db.entities.upsert({ ...c, data: Array.from({ length: 2000 }, (_, id) => row(id)) });
      expect((await counting)[0]).toMatchObject({ "count(*)": ROWS, "count(id)": ROWS });
    }
  });

  it("refuses a sum that does not fit, and more groups than there may be", async () => {
    await open(place(where), options);
    await db.collections.fields.add({
      ...c,
      schema: { fieldName: "big", dataType: "Int64", nullable: true, defaultValue: 2 ** 50 },
    });
    await expect(db.entities.query({ ...c, filter: "", outputFields: ["sum(big)", "avg(big)"] })).rejects.toThrow(
      "sum overflows int64",
    );
    expect(await db.entities.query({ ...c, filter: "id >= 0", outputFields: ["avg(big)"] })).toEqual([
      { "avg(big)": 2 ** 50 },
    ]);
    await db.collections.fields.add({
      ...c,
      schema: { fieldName: "huge", dataType: "Double", nullable: true, defaultValue: 1e308 },
    });
    for (const operator of ["sum", "avg"]) {
      const beyond = db.entities.query({ ...c, filter: "", outputFields: [`${operator}(huge)`] });
      await expect(beyond).rejects.toThrow(`${operator} overflows float64`);
    }
  });

  it("ends when a collection goes, and when the database is closed", async () => {
    await open(place(where), options);
    const query = () =>
      db.entities.query({ ...c, filter: "", outputFields: [], limit: 5, orderByFields: ["n"] }).then(
        (rows) => rows.length,
        (error: unknown) => isElanusError(error),
      );
    const running = query();
    const dropped = db.collections.drop(c);
    expect([5, true]).toContain(await running);
    await dropped;
    await db.close();
    await open(place(where), options);
    const last = query();
    await db.close();
    expect([5, true]).toContain(await last);
  });
});
