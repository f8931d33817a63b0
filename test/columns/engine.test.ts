import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const book = { collectionName: "book" };
const vectorOf = (id: number) => [Math.sin(id), Math.cos(id * 3), (id % 17) / 17, 1];

async function create(db: Elanus, more: object = {}): Promise<void> {
  await db.collections.create({
    ...book,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int32", nullable: true },
        { fieldName: "tag", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 64 } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
      ],
    },
    indexParams: [{ fieldName: "v", indexType: "FLAT", metricType: "L2" }],
    ...more,
  });
}

const row = (id: number) => ({
  id,
  n: id % 5 === 0 ? null : id % 23,
  tag: id % 7 === 0 ? null : `t${id % 11}`,
  extra: id % 2 === 0 ? id % 9 : `e${id % 3}`,
  v: vectorOf(id),
});
const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i));

const columnsBytes = async (db: Elanus) => (await db.stats()).memory.columnsBytes;
const byNumber = (a: unknown, b: unknown) => Number(a) - Number(b);

/** What a search and a query find, the second one in SQL. */
async function bothWays(db: Elanus, filter: string): Promise<[searched: unknown[], queried: unknown[]]> {
  const hits = await db.entities.search({ ...book, data: [[0, 0, 0, 0]], filter, limit: 16_000 });
  const found = await db.entities.query({ ...book, filter, outputFields: ["id"], limit: 16_000 });
  return [hits.map(({ id }) => id).sort(byNumber), found.map(({ id }) => id).sort(byNumber)];
}

const FILTERS = [
  "n < 7",
  "not (n < 7)",
  'tag == "t3" or n == 2',
  'tag in ["t1", "t2"] and n is not null',
  "n in [1, 3, 5, 7, 9, 11, 13, 15, 17, 19] and extra > 3",
  'extra == "e1"',
  "not exists extra or tag is null",
  'tag like "t1%"',
];

async function agree(db: Elanus): Promise<void> {
  for (const filter of FILTERS) {
    const [searched, queried] = await bothWays(db, filter);
    expect(searched, filter).toEqual(queried);
  }
}

describe("columns follow the rows", () => {
  it("whatever is written: insert, upsert, delete, truncate, fields that come and go", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant("insert" as const), count: fc.integer({ min: 1, max: 400 }) }),
            fc.record({
              kind: fc.constant("upsert" as const),
              from: fc.nat(500),
              count: fc.integer({ min: 1, max: 200 }),
            }),
            fc.record({
              kind: fc.constant("delete" as const),
              filter: fc.constantFrom("n < 3", 'tag == "t5"', "id < 200"),
            }),
            fc.record({
              kind: fc.constantFrom("partial" as const, "reload" as const, "truncate" as const, "field" as const),
            }),
          ),
          { maxLength: 8 },
        ),
        async (steps) => {
          const db = await Elanus.open(":memory:");
          await create(db);
          let next = 0;
          let fields = 0;
          const insert = async (count: number) => {
            await db.entities.insert({ ...book, data: rows(next, count) });
            next += count;
          };
          await insert(300);
          await agree(db);
          for (const step of steps) {
            if (step.kind === "insert") await insert(step.count);
            else if (step.kind === "upsert") {
              const data = rows(step.from, step.count).map((each) => ({ ...each, n: each.id % 3, tag: "t3" }));
              await db.entities.upsert({ ...book, data });
            } else if (step.kind === "delete") await db.entities.delete({ ...book, filter: step.filter });
            else if (step.kind === "partial") {
              const some = await db.entities.query({ ...book, filter: "n > 4", outputFields: ["id"], limit: 20 });
              const data = some.map(({ id }) => ({ id, tag: "t1" }));
              if (data.length > 0) await db.entities.upsert({ ...book, data, partialUpdate: true });
            } else if (step.kind === "reload") {
              await db.collections.release(book);
              expect(await columnsBytes(db)).toBe(0);
              await db.collections.load(book);
            } else if (step.kind === "truncate") await db.collections.truncate(book);
            else {
              const fieldName = `later${fields++}`;
              const field = { fieldName, dataType: "Int16", nullable: true, defaultValue: 4 };
              await db.collections.fields.add({ ...book, schema: field });
              const [searched, queried] = await bothWays(db, `${fieldName} == 4`);
              expect(searched).toEqual(queried);
            }
            await agree(db);
          }
          await db.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it("when a field is dropped and another one gets its name", async () => {
    const db = await Elanus.open(":memory:");
    await create(db);
    await db.entities.insert({ ...book, data: rows(0, 100) });
    expect((await bothWays(db, "n == 4"))[0].length).toBeGreaterThan(0);
    await db.collections.fields.drop({ ...book, fieldName: "n" });
    await db.collections.fields.add({ ...book, schema: { fieldName: "n", dataType: "Int32", nullable: true } });
    expect(await bothWays(db, "n == 4")).toEqual([[], []]);
    await db.entities.upsert({ ...book, data: [{ ...row(3), n: 4 }] });
    expect(await bothWays(db, "n == 4")).toEqual([[3], [3]]);
    await db.close();
  });

  it("of each partition, and of rows that move between them", async () => {
    const db = await Elanus.open(":memory:");
    await create(db);
    for (const partitionName of ["a", "b"]) await db.partitions.create({ ...book, partitionName });
    await db.collections.load(book);
    for (let i = 0; i < 6; i++) {
      await db.entities.insert({ ...book, partitionName: i % 2 === 0 ? "a" : "b", data: rows(i * 100, 100) });
    }
    await agree(db);
    await db.entities.upsert({ ...book, partitionName: "b", data: rows(0, 50) });
    await agree(db);
    await db.partitions.release({ ...book, partitionNames: ["b"] });
    await db.partitions.drop({ ...book, partitionName: "b" });
    await agree(db);
    await db.close();
  });
});

it("long lists that look alike are told apart, in the text and as variables", async () => {
  const db = await Elanus.open(":memory:");
  await create(db);
  await db.entities.insert({ ...book, data: rows(0, 100) });
  // What is looked at of a list that is long is the same in all of these.
  const lists = Array.from({ length: 12 }, (_, i) =>
    Array.from({ length: 700 }, (_, at) => (at === 2 * i + 1 ? i : 200)),
  );
  const ids = (found: readonly object[]) => found.map((each) => Number((each as { readonly id: unknown }).id));
  for (const round of [1, 2, 3]) {
    for (const [i, list] of lists.entries()) {
      const wanted = [i];
      const inText = { filter: `id in [${list.map((id) => String(id).padStart(3)).join(",")}]` };
      for (const filter of [inText, { filter: "id in {list}", exprParams: { list } }]) {
        const said = `${round}: ${i}`;
        expect(ids(await db.entities.query({ ...book, ...filter })), said).toEqual(wanted);
        expect(ids(await db.entities.search({ ...book, data: [vectorOf(1)], limit: 5, ...filter })), said).toEqual(
          wanted,
        );
      }
    }
  }
  await expect(
    db.entities.query({ ...book, filter: "id in {list}", exprParams: { list: Array(9) } }),
  ).rejects.toThrow();
  await db.close();
});

describe("columns of many rows", () => {
  it("come behind the calls; until then, and while rows are written, SQL answers", async () => {
    const db = await Elanus.open(":memory:");
    await create(db);
    for (let from = 0; from < 14_000; from += 1000) await db.entities.insert({ ...book, data: rows(from, 1000) });
    await agree(db);
    await db.entities.insert({ ...book, data: rows(14_000, 500) });
    await db.entities.delete({ ...book, filter: "id < 700" });
    await agree(db);
    const packed = async () => {
      await agree(db);
      return columnsBytes(db);
    };
    await expect.poll(packed).toBeGreaterThan(14_000 * 12);
    const before = await columnsBytes(db);
    await db.entities.delete({ ...book, filter: "id < 9000" });
    await agree(db);
    expect(before).toBeGreaterThan(0);
    await db.collections.release(book);
    expect(await columnsBytes(db)).toBe(0);
    await db.close();
  });

  it("are left alone when the database is closed in the middle of it", async () => {
    const db = await Elanus.open(":memory:");
    await create(db);
    for (let from = 0; from < 9000; from += 1000) await db.entities.insert({ ...book, data: rows(from, 1000) });
    await bothWays(db, "n < 7");
    await db.close();
  });
});

describe("columns and what goes wrong", () => {
  it("rows expire in them as they do in SQL", async () => {
    const db = await Elanus.open(":memory:");
    await create(db);
    const until = { fieldName: "until", dataType: "Timestamptz", nullable: true };
    await db.collections.fields.add({ ...book, schema: until });
    const times = ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", null];
    const data = rows(0, 150).map((each) => ({ ...each, until: times[each.id % 3] }));
    await db.entities.insert({ ...book, data });
    await agree(db);
    await db.collections.alterProperties({ ...book, properties: { ttl_field: "until" } });
    await agree(db);
    const [found] = await bothWays(db, "id >= 0");
    expect(found.length).toBe(100);
    await db.close();
  });

  it("a reader beside a writer sees what the writer has done, in its own columns", async () => {
    const path = temporaryPath();
    const writer = await Elanus.open(path);
    await create(writer);
    await writer.entities.insert({ ...book, data: rows(0, 300) });
    const reader = await Elanus.open(path, { readonly: true });
    await agree(reader);
    await writer.entities.insert({ ...book, data: rows(300, 300) });
    await writer.entities.delete({ ...book, filter: "n == 3" });
    await agree(reader);
    expect(await bothWays(reader, "n == 3")).toEqual([[], []]);
    expect((await bothWays(reader, "id >= 300"))[0].length).toBeGreaterThan(200);
    await reader.close();
    await writer.close();
  });
});
