import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { compareText } from "../../src/values/text-order.js";
import { collectionName, createExample, rows } from "./example.js";

let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await createExample(db, [
    { fieldName: "j", dataType: "JSON", nullable: true },
    { fieldName: "big", dataType: "Int64" },
    { fieldName: "huge", dataType: "Double" },
    { fieldName: "at", dataType: "Timestamptz" },
  ]);
  await db.entities.insert({
    collectionName,
    data: rows.map((row, i) => ({
      ...row,
      big: 2n ** 62n,
      huge: 1e308,
      at: `2026-01-0${6 - i}T00:00:00Z`,
    })),
  });
});
afterEach(() => db.close());

async function ids(orderByFields: string[], more: object = {}): Promise<unknown[]> {
  const rows = await db.entities.query({
    collectionName,
    filter: "id >= 0",
    outputFields: [],
    limit: 10,
    orderByFields,
    ...more,
  });
  return rows.map(({ id }) => id);
}

describe("a query in an order", () => {
  it.each<[string[], object, number[]]>([
    [["price:desc", "id:asc"], { limit: 4 }, [3, 2, 4, 1]],
    [["price"], {}, [0, 5, 1, 4, 2, 3]],
    [["price:asc:nulls_first"], {}, [3, 0, 5, 1, 4, 2]],
    [["price:DESCENDING"], { limit: 2, offset: 1 }, [2, 4]],
    [["price:desc:nulls_last"], {}, [2, 4, 1, 0, 5, 3]],
    [[" cat : desc ", "", "id:desc"], {}, [4, 2, 0, 5, 3, 1]],
    [["price:desc", ...Array.from({ length: 5000 }, () => "price"), "id"], {}, [3, 2, 4, 1, 0, 5]],
  ])("%s %j", async (order, more, expected) => {
    expect(await ids(order, more)).toEqual(expected);
  });

  it("shows vectors, and reads fields that it does not show", async () => {
    const rows = await db.entities.query({
      collectionName,
      filter: "",
      outputFields: ["v"],
      limit: 2,
      orderByFields: ["price:desc"],
    });
    expect(rows).toEqual([
      { id: 3, v: [3, 0] },
      { id: 2, v: [2, 0] },
    ]);
  });

  it.each<[string, string]>([
    ["price:up", "invalid order direction 'up' for field 'price', must be 'asc' or 'desc'"],
    ["price:asc:first", "invalid null ordering 'first', must be 'nulls_first' or 'nulls_last'"],
    ["price:asc:nulls_first:x", "too many order_by field options in 'price:asc:nulls_first:x'"],
    ["color", "order_by field 'color' does not exist in collection schema"],
    ['j["a"]', `order_by field 'j["a"]' does not exist in collection schema`],
    ["j", "order_by field 'j' has type JSON which is not sortable"],
    ["v", "order_by field 'v' has type FloatVector which is not sortable"],
    ["at", "order_by field 'at' has type Timestamptz which is not sortable"],
  ])("by %s is refused", async (item, text) => {
    await expect(ids([item])).rejects.toMatchObject({ code: 1100, message: `${text}: invalid parameter` });
  });

  it.each([0, -1, Number.POSITIVE_INFINITY])("wants a limit: %d", async (limit) => {
    await expect(ids(["price"], { limit })).rejects.toMatchObject({
      code: 1100,
      message: "ORDER BY requires explicit limit: invalid parameter",
    });
  });
});

async function groups(request: object): Promise<unknown[]> {
  return await db.entities.query({ collectionName, filter: "", ...request });
}

describe("a query of groups", () => {
  it("computes aggregates of each", async () => {
    const outputFields = ["cat", "count(*)", "count(price)", "sum(price)", "avg(price)", "min(price)", "max(price)"];
    expect(await groups({ outputFields, groupByFields: ["cat"], orderByFields: ["cat"], limit: 10 })).toEqual([
      {
        cat: "x",
        "count(*)": 3,
        "count(price)": 2,
        "sum(price)": 2,
        "avg(price)": 1,
        "min(price)": 0,
        "max(price)": 2,
      },
      {
        cat: "y",
        "count(*)": 3,
        "count(price)": 3,
        "sum(price)": 7,
        "avg(price)": 7 / 3,
        "min(price)": 0,
        "max(price)": 4,
      },
    ]);
  });

  it("has one of null, and cuts groups", async () => {
    const request = { outputFields: ["price", "Count(*)"], groupByFields: ["price"], orderByFields: ["price:desc"] };
    expect(await groups(request)).toEqual([
      { price: null, "Count(*)": 1 },
      { price: 4, "Count(*)": 1 },
      { price: 3, "Count(*)": 1 },
      { price: 2, "Count(*)": 1 },
      { price: 0, "Count(*)": 2 },
    ]);
    expect(await groups({ ...request, limit: 2, offset: 3 })).toEqual([
      { price: 2, "Count(*)": 1 },
      { price: 0, "Count(*)": 2 },
    ]);
  });

  it.each([undefined, [], ["cat", "cat "]])("shows the group fields: %j", async (outputFields) => {
    const request = { groupByFields: ["cat", " cat"], ...(outputFields === undefined ? {} : { outputFields }) };
    expect(await groups(request)).toEqual([{ cat: "x" }, { cat: "y" }]);
  });

  it("without groups is one row, over no rows too", async () => {
    const outputFields = ["count(*)", "count(v)", "sum(price)", "avg(price)", "max(cat)", "min(at)"];
    expect(await groups({ outputFields })).toEqual([
      {
        "count(*)": 6,
        "count(v)": 6,
        "sum(price)": 9,
        "avg(price)": 9 / 5,
        "max(cat)": "y",
        "min(at)": "2026-01-01T00:00:00Z",
      },
    ]);
    expect(await groups({ filter: "id > 100", outputFields })).toEqual([
      { "count(*)": 0, "count(v)": 0, "sum(price)": null, "avg(price)": null, "max(cat)": null, "min(at)": null },
    ]);
  });

  it.each<[object, string]>([
    [{ outputFields: ["j"], groupByFields: ["j"] }, "group by field j has unsupported data type JSON"],
    [{ outputFields: ["sum(color)"] }, "target field color for aggregation:sum does not exist"],
    [{ outputFields: ["sum(*)"] }, "sum(*) is not supported, only count(*) is allowed"],
    [{ outputFields: ["avg(cat)"] }, "aggregation operator avg does not support data type VarChar"],
    [{ outputFields: ["min(v)"] }, "aggregation operator min does not support data type FloatVector"],
    [
      { outputFields: ["id", "cat"], groupByFields: ["cat"] },
      "output field 'id' is not allowed: when using GROUP BY, output_fields can only contain group_by fields ([cat]) or aggregation expressions",
    ],
    [
      { outputFields: ["count(*)", "id"] },
      "output field 'id' is not allowed: when using aggregation functions (e.g., count(*)), output_fields can only contain aggregation expressions, not regular columns",
    ],
    [
      { outputFields: ["count(*)"], groupByFields: ["cat", "price"], orderByFields: ["id"] },
      "ORDER BY field 'id' is not valid: when using GROUP BY or aggregates, ORDER BY can only reference GROUP BY columns. Valid targets are: [cat price]",
    ],
    [
      { outputFields: ["count(*)"], groupByFields: ["cat"], orderByFields: ["count(*):desc"] },
      "ORDER BY on aggregate expression 'count(*)' is not yet supported",
    ],
    [{ outputFields: ["sum(big)"] }, "sum overflows int64"],
    [{ outputFields: ["cat", "sum(huge)"], groupByFields: ["cat"] }, "sum overflows float64"],
    [{ outputFields: ["avg(huge)"] }, "avg overflows float64"],
  ])("%j is refused", async (request, text) => {
    await expect(groups(request)).rejects.toMatchObject({ code: 1100, message: `${text}: invalid parameter` });
  });

  it("by a field that there is not", async () => {
    await expect(groups({ outputFields: ["count(*)"], groupByFields: ["color"] })).rejects.toMatchObject({
      code: 1100,
      message: "field color not exist: invalid parameter",
    });
  });
});

describe("generated orders and groups", () => {
  const row = fc.record({
    n: fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
    s: fc.constantFrom("", "a", "B", "é", "😀", "ﬁ"),
    x: fc.option(fc.constantFrom(-1.5, 0, 0.25, 7), { nil: null }),
    b: fc.boolean(),
  });
  const item = fc.record({
    field: fc.constantFrom("n", "s", "x", "b"),
    direction: fc.constantFrom("", "asc", "desc"),
    nulls: fc.constantFrom("", "nulls_first", "nulls_last"),
  });
  type Row = { n: number | null; s: string; x: number | null; b: boolean };

  /** Negative when a comes first. */
  function compare(a: Row, b: Row, { field, direction, nulls }: { field: string; direction: string; nulls: string }) {
    const [x, y] = [a[field as keyof Row], b[field as keyof Row]];
    const nullsFirst = nulls === "" ? direction === "desc" : nulls === "nulls_first";
    if (x === null || y === null) return x === y ? 0 : (x === null) === nullsFirst ? -1 : 1;
    const ascending = typeof x === "string" ? compareText(x, y as string) : Number(x) - Number(y);
    return direction === "desc" ? -ascending : ascending;
  }

  it("are those of a plain sort and of plain sums", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        fc.array(item, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 5 }),
        async (rows, items, limit, offset) => {
          await db.collections.drop({ collectionName: "g" });
          await db.collections.create({
            collectionName: "g",
            schema: {
              fields: [
                { fieldName: "id", dataType: "Int64", isPrimary: true },
                { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
                { fieldName: "n", dataType: "Int8", nullable: true },
                { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 10 } },
                { fieldName: "x", dataType: "Float", nullable: true },
                { fieldName: "b", dataType: "Bool" },
              ],
            },
            indexParams: [
              { fieldName: "v", indexName: "v", metricType: "L2" },
              { fieldName: "n", indexName: "n", indexType: "STL_SORT" },
            ],
          });
          const data = rows.map((each, id) => ({ id, v: [0, 0], ...each }));
          if (data.length > 0) await db.entities.insert({ collectionName: "g", data });
          const sorted = await db.entities.query({
            collectionName: "g",
            filter: "",
            outputFields: [],
            limit,
            offset,
            orderByFields: items.map(({ field, direction, nulls }) => `${field}:${direction}:${nulls}`),
          });
          const expected = [...data].sort(
            (a, b) => items.reduce((sum, each) => sum || compare(a, b, each), 0) || a.id - b.id,
          );
          expect(sorted.map(({ id }) => id)).toEqual(expected.slice(offset, offset + limit).map(({ id }) => id));

          const found = await db.entities.query({
            collectionName: "g",
            filter: "",
            outputFields: ["n", "count(*)", "count(x)", "sum(x)", "avg(x)", "min(s)"],
            groupByFields: ["n"],
            orderByFields: ["n"],
          });
          const names = [...new Set(data.map(({ n }) => n))].sort((a, b) => (a ?? 99) - (b ?? 99));
          expect(found).toEqual(
            names.map((n) => {
              const members = data.filter((each) => each.n === n);
              const values = members.flatMap(({ x }) => (x === null ? [] : [x]));
              const sum = values.length === 0 ? null : values.reduce((total: number, x) => total + x, 0);
              return {
                n,
                "count(*)": members.length,
                "count(x)": values.length,
                "sum(x)": sum,
                "avg(x)": sum === null ? null : sum / values.length,
                "min(s)": members.map(({ s }) => s).sort(compareText)[0],
              };
            }),
          );
        },
      ),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 60) },
    );
  });
});
