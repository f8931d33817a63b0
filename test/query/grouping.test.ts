import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";

let db: Elanus;
afterEach(() => db.close());

async function grouped(groups: readonly (number | null)[]): Promise<void> {
  db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName: "c",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "g", dataType: "Int32", nullable: true },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  const data = groups.map((g, id) => ({ id, v: [id, 0], g }));
  if (data.length > 0) await db.entities.insert({ collectionName: "c", data });
}

const search = async (more: object): Promise<number[]> =>
  (await db.entities.search({ collectionName: "c", data: [[0, 0]], groupingField: "g", ...more })).map((hit) =>
    Number(hit.id),
  );

describe("a grouping search", () => {
  it("answers group by group, groups by their best hit", async () => {
    await grouped(Array.from({ length: 12 }, (_, id) => id % 3));
    expect(await search({ groupSize: 2, limit: 2 })).toEqual([0, 3, 1, 4]);
    expect(await search({ groupSize: 2, limit: 2, offset: 1 })).toEqual([1, 4, 2, 5]);
    expect(await search({ limit: 3 })).toEqual([0, 1, 2]);
    // Not given, as in Go's JSON.
    expect(await search({ groupSize: 0, limit: 3 })).toEqual([0, 1, 2]);
    const answer = await db.request("/v2/vectordb/entities/search", {
      collectionName: "c",
      data: [[0, 0]],
      groupingField: "g",
      groupSize: 0,
      limit: 2,
    });
    expect(answer).toMatchObject({ code: 0, topks: [2] });
    const refused = await search({ groupSize: 11 }).catch((error: unknown) => error);
    expect(isElanusError(refused, "GroupSizeOutOfRange")).toBe(true);
    expect((refused as Error).message).toBe(
      "input group size:11 exceeds configured max group size:10: invalid parameter",
    );
  });

  it("is what grouping the whole ranking by hand gives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: 0, max: 6 })), { maxLength: 60 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 8 }),
          offset: fc.integer({ min: 0, max: 3 }),
          groupSize: fc.integer({ min: 1, max: 4 }),
        }),
        async (values, { limit, offset, groupSize }) => {
          await grouped(values);
          const byGroup = new Map<number | null, number[]>();
          for (const [id, g] of values.entries()) {
            const members = byGroup.get(g);
            if (members === undefined) byGroup.set(g, [id]);
            else if (members.length < groupSize) members.push(id);
          }
          const expected = [...byGroup.values()].slice(offset, offset + limit).flat();
          expect(await search({ limit, offset, groupSize, strictGroupSize: true })).toEqual(expected);
          await db.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("groups by several fields", () => {
  const pair = fc.record({ g: fc.option(fc.integer({ min: 0, max: 2 })), s: fc.constantFrom("", "a", "a,1", "null") });

  async function paired(rows: readonly { readonly g: number | null; readonly s: string }[]): Promise<void> {
    db = await Elanus.open(":memory:");
    await db.collections.create({
      collectionName: "c",
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "g", dataType: "Int32", nullable: true },
          { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
          { fieldName: "j", dataType: "JSON", nullable: true },
        ],
      },
      indexParams: [{ fieldName: "v", metricType: "L2" }],
    });
    const data = rows.map((row, id) => ({ id, v: [id, 0], ...row }));
    if (data.length > 0) await db.entities.insert({ collectionName: "c", data });
  }
  const by = (group_by_fields: unknown, more: object = {}) =>
    search({ groupingField: undefined, searchParams: { group_by_fields }, ...more });

  it("is what grouping the whole ranking by hand gives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), async (rows, groupSize) => {
        await paired(rows);
        const groups = new Map<string, number[]>();
        for (const [id, { s, g }] of rows.entries()) {
          const name = JSON.stringify([s, g]);
          groups.set(name, [...(groups.get(name) ?? []), id]);
        }
        const expected = [...groups.values()].slice(1, 6).flatMap((ids) => ids.slice(0, groupSize));
        expect(await by("s,g", { limit: 5, offset: 1, groupSize, strictGroupSize: true })).toEqual(expected);
        await db.close();
      }),
      { numRuns: 60 },
    );
  });

  it("names them in a list as well, below `params` too; one name that is sent alone counts before them", async () => {
    await paired([0, 0, 1, 1].map((g, id) => ({ g, s: id % 2 === 0 ? "a" : "b" })));
    expect(await by(["g", "s"])).toEqual([0, 1, 2, 3]);
    expect(await by(" g , s , g ")).toEqual([0, 1, 2, 3]);
    expect(await by("g")).toEqual([0, 2]);
    expect(await search({ groupingField: undefined, searchParams: { params: { group_by_fields: "g" } } })).toEqual([
      0, 2,
    ]);
    expect(await by("g,s", { groupingField: "g" })).toEqual([0, 2]);
  });

  it.each([
    ["g,key", "group_by with json path is not supported for multi-field group_by, field:key"],
    ['j["a"],g', 'group_by with json path is not supported for multi-field group_by, field:j["a"]'],
    ["g,v", "group_by field data type FloatVector is not supported"],
  ])("but not by %s", async (fields, text) => {
    await paired([]);
    await expect(by(fields)).rejects.toThrow(text);
  });

  it("and not in an order", async () => {
    await paired([]);
    await expect(by("g,s", { orderByFields: ["g"] })).rejects.toThrow(
      "order_by_fields is not supported with multi-field group_by_fields",
    );
  });
});

describe("groups of many rows", () => {
  /** More than a first look brings. */
  const ROWS = 3000;

  it("are complete, under a filter too, and after a write", async () => {
    await grouped(Array.from({ length: ROWS }, (_, id) => (id < 2900 ? id % 3 : id === 2950 ? null : 7)));
    const strict = { groupSize: 2, strictGroupSize: true };
    expect(await search({ ...strict, limit: 9 })).toEqual([0, 3, 1, 4, 2, 5, 2900, 2901, 2950]);
    expect(await search({ limit: 9, filter: "id >= 2950" })).toEqual([2950, 2951]);
    await db.entities.delete({ collectionName: "c", filter: "id > 2900 and id != 2950" });
    expect(await search({ ...strict, limit: 9 })).toEqual([0, 3, 1, 4, 2, 5, 2900, 2950]);
    await db.entities.insert({ collectionName: "c", data: [{ id: 5000, v: [5000, 0], g: null }] });
    expect(await search({ ...strict, limit: 9 })).toEqual([0, 3, 1, 4, 2, 5, 2900, 2950, 5000]);
  });
});

describe("groups by what JSON holds", () => {
  const colors = ["red", "blue", null, "red", 1, 1.0, { a: 1 }, undefined];

  async function colored(): Promise<void> {
    db = await Elanus.open(":memory:");
    await db.collections.create({
      collectionName: "c",
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "meta", dataType: "JSON", nullable: true },
          { fieldName: "x", dataType: "Double" },
        ],
      },
      indexParams: [{ fieldName: "v", metricType: "L2" }],
    });
    const data = colors.map((color, id) => ({
      id,
      v: [id, 0],
      x: 0,
      color,
      deep: { color },
      meta: id === 7 ? null : { color, list: [color] },
    }));
    await db.entities.insert({ collectionName: "c", data });
  }

  it.each(["color", '$meta["color"]', 'deep["color"]', 'meta["color"]', 'meta["list"][0]'])("%s", async (field) => {
    await colored();
    expect(await search({ groupingField: field, groupSize: 2, limit: 10 })).toEqual([0, 3, 1, 2, 7, 4, 5, 6]);
    expect(await search({ groupingField: field, limit: 2, offset: 1 })).toEqual([1, 2]);
    const hybrid = await db.entities.hybridSearch({
      collectionName: "c",
      search: [{ data: [[0, 0]], limit: 10 }],
      groupingField: field,
      limit: 2,
    });
    expect(hybrid.map(({ id }) => id)).toEqual([0, 1]);
  });

  it.each(["meta", "$meta", "x", 'x["a"]', "v", "a b", ""])("but not by %j", async (field) => {
    await colored();
    const refused = await search({ groupingField: field, limit: 2 }).catch((error: unknown) => error);
    if (field === "") expect(refused).toEqual([0, 1]);
    else expect(isElanusError(refused)).toBe(true);
  });
});
