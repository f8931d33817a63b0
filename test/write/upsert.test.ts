import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const C = { collectionName: "c" };

async function open(schema: { dynamic?: boolean; autoID?: boolean; partitions?: readonly string[] }): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({
    ...C,
    schema: {
      enableDynamicField: schema.dynamic ?? false,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true, autoID: schema.autoID ?? false },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "n", dataType: "Int64" },
        { fieldName: "s", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 8 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  for (const partitionName of schema.partitions ?? []) await db.partitions.create({ ...C, partitionName });
  return db;
}

const all = async (db: Elanus) => db.entities.query({ ...C, filter: "n >= 0", outputFields: ["n", "s"] });
const nearest = async (db: Elanus) =>
  (await db.entities.search({ ...C, data: [[0, 0]], limit: 10, outputFields: ["n"] })).map(({ id, n }) => [id, n]);

describe("an upsert where the collection draws the keys", () => {
  it("replaces the row that is named under a fresh key", async () => {
    const db = await open({ autoID: true, partitions: ["p"] });
    const { insertIds } = await db.entities.insert({ ...C, data: [1, 2].map((n) => ({ v: [n, 0], n, s: "old" })) });
    const [first, second] = insertIds;
    const { upsertIds, upsertCount } = await db.entities.upsert({
      ...C,
      partitionName: "p",
      data: [
        { id: first, v: [5, 0], n: 10 },
        { id: 77, v: [6, 0], n: 77 },
      ],
    });
    expect(upsertCount).toBe(2);
    expect(new Set([...insertIds, ...upsertIds, 77]).size).toBe(5);
    expect(await all(db)).toEqual([
      { id: second, n: 2, s: "old" },
      { id: upsertIds[0], n: 10, s: null },
      { id: upsertIds[1], n: 77, s: null },
    ]);
    // The vectors in memory have followed.
    expect(await nearest(db)).toEqual([
      [second, 2],
      [upsertIds[0], 10],
      [upsertIds[1], 77],
    ]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("changes parts of it likewise", async () => {
    const db = await open({ autoID: true });
    const { insertIds } = await db.entities.insert({ ...C, data: [{ v: [1, 0], n: 1, s: "kept" }] });
    const { upsertIds } = await db.entities.upsert({ ...C, partialUpdate: true, data: [{ id: insertIds[0], n: 2 }] });
    expect(await all(db)).toEqual([{ id: upsertIds[0], n: 2, s: "kept" }]);
    expect(await nearest(db)).toEqual([[upsertIds[0], 2]]);
    const again = await db.entities.upsert({
      ...C,
      partialUpdate: true,
      data: [{ id: insertIds[0], v: [3, 0], n: 3 }],
    });
    expect(await all(db)).toEqual([
      { id: upsertIds[0], n: 2, s: "kept" },
      { id: again.upsertIds[0], n: 3, s: null },
    ]);
    await db.close();
  });

  it("changes nothing when it is refused", async () => {
    const db = await open({ autoID: true });
    const { insertIds } = await db.entities.insert({ ...C, data: [{ v: [1, 0], n: 1, s: "kept" }] });
    const refused = [
      [
        { id: insertIds[0], v: [1, 0], n: 1 },
        { id: insertIds[0], v: [1, 0], n: 2 },
      ],
      [{ id: insertIds[0], v: [1, 0], n: "x" }],
      [{ id: insertIds[0], v: [1, 0], n: 1, s: "much too long" }],
      [{ v: [1, 0], n: 1 }],
    ];
    for (const data of refused) {
      await expect(db.entities.upsert({ ...C, data })).rejects.toMatchObject({
        code: expect.toSatisfy((code) => code === 1804 || code === 1100),
      });
    }
    expect(await all(db)).toEqual([{ id: insertIds[0], n: 1, s: "kept" }]);
    expect(await nearest(db)).toEqual([[insertIds[0], 1]]);
    await db.close();
  });
});

describe("an upsert", () => {
  it("complains about a field that is too much before one that is missing, when it is partial", async () => {
    const db = await open({});
    const data = [{ id: 1, color: "red" }];
    await expect(db.entities.upsert({ ...C, partialUpdate: true, data })).rejects.toMatchObject({
      code: 1804,
      message:
        "fail to deal the insert data, error: has pass more field without dynamic schema, please check it: invalid parameter",
    });
    await expect(db.entities.upsert({ ...C, data })).rejects.toMatchObject({
      code: 1804,
      message: "fail to deal the insert data, error: row 0 does not has field n",
    });
    await db.close();
  });

  it("names shapes before repeated keys, and those before lengths", async () => {
    const db = await open({});
    const row = { id: 1, v: [0, 0], n: 1 };
    const code = async (data: readonly object[]) =>
      db.entities.upsert({ ...C, data }).then(
        () => 0,
        (error) => `${error.code} ${error.message}`,
      );
    expect(await code([row, { ...row, n: "x" }])).toMatch(/^1804 /);
    expect(
      await code([
        { ...row, s: "much too long" },
        { ...row, id: "1" },
      ]),
    ).toBe("1100 duplicate primary keys are not allowed in the same batch: invalid parameter");
    expect(await code([{ ...row, s: "much too long" }])).toMatch(/^1100 length of varchar/);
    expect(await all(db)).toEqual([]);
    await db.close();
  });

  it("moves a row from one partition to another", async () => {
    const db = await open({ partitions: ["a", "b"] });
    await db.entities.upsert({ ...C, partitionName: "a", data: [{ id: 1, v: [1, 0], n: 1 }] });
    await db.entities.upsert({ ...C, partitionName: "b", data: [{ id: 1, v: [2, 0], n: 2 }] });
    expect(await all(db)).toEqual([{ id: 1, n: 2, s: null }]);
    expect(await db.entities.query({ ...C, filter: "n >= 0", partitionNames: ["a"] })).toEqual([]);
    expect(await nearest(db)).toEqual([[1, 2]]);
    await db.close();
  });
});
