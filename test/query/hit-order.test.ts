import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { collectionName, createExample, rows } from "./example.js";

/** Rows that do not have the key, texts, numbers, booleans. */
const KINDS = [undefined, "b", 2, true, 10, null];
let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await createExample(db, [{ fieldName: "j", dataType: "JSON", nullable: true }], { enableDynamicField: true });
  await db.entities.insert({
    collectionName,
    data: rows.map((row, i) => ({
      ...row,
      j: i === 2 ? null : { a: { "b:c": -i } },
      k: KINDS[i],
    })),
  });
});
afterEach(() => db.close());

function search(orderByFields: string[], more: object = {}) {
  return db.entities.search({ collectionName, data: [[0, 0]], limit: 6, orderByFields, ...more });
}

async function ids(orderByFields: string[], more: object = {}): Promise<unknown[]> {
  return (await search(orderByFields, more)).map(({ id }) => id);
}

describe("a search in an order", () => {
  it.each<[string[], object, number[]]>([
    [["price:desc"], { limit: 3 }, [2, 1, 0]],
    [["price:desc"], { limit: 2, offset: 1 }, [1, 0]],
    [["price"], {}, [0, 5, 1, 4, 2, 3]],
    [["price:desc"], {}, [3, 2, 4, 1, 0, 5]],
    [["price:asc:nulls_first", "cat"], {}, [3, 5, 0, 1, 4, 2]],
    [['j["a"]["b:c"]'], {}, [5, 4, 3, 1, 0, 2]],
    [['j["a"]["b:c"]:desc:nulls_last'], {}, [0, 1, 3, 4, 5, 2]],
    // Of several kinds: by the JSON text, where a quotation mark sorts before digits, and digits before letters.
    [["k"], {}, [1, 2, 4, 3, 0, 5]],
    [['$meta["k"]:desc'], {}, [0, 5, 3, 4, 2, 1]],
  ])("%j %j", async (order, more, expected) => {
    expect(await ids(order, more)).toEqual(expected);
  });

  it("keeps distances, and sorts each query's hits", async () => {
    const hits = await search(["price:desc"], {
      data: [
        [0, 0],
        [5, 0],
      ],
      limit: 2,
      outputFields: ["price"],
    });
    expect([...hits]).toEqual([
      { id: 1, distance: 1, price: 2 },
      { id: 0, distance: 0, price: 0 },
      { id: 4, distance: 1, price: 3 },
      { id: 5, distance: 0, price: 0 },
    ]);
  });

  it("sorts groups by their first hits", async () => {
    const request = { groupingField: "cat", groupSize: 2, limit: 2 };
    expect(await ids([], request)).toEqual([0, 2, 1, 3]);
    expect(await ids(["price:desc"], request)).toEqual([1, 3, 0, 2]);
    expect(await ids(["price:desc"], { ...request, limit: 1, offset: 1 })).toEqual([0, 2]);
  });

  it("takes the order among the search parameters", async () => {
    const order_by_fields = "price:desc,id";
    expect(await ids([], { searchParams: { order_by_fields }, limit: 3 })).toEqual([2, 1, 0]);
    expect(await ids([], { searchParams: { params: { order_by_fields } }, limit: 3 })).toEqual([2, 1, 0]);
    await expect(search(["price"], { searchParams: { order_by_fields } })).rejects.toMatchObject({
      code: 1100,
      message:
        "ambiguous order by: use either orderByFields or searchParams.order_by_fields, not both: invalid parameter",
    });
  });

  it.each<[string, string]>([
    ["price:up", "invalid order direction 'up' for field 'price', expected 'asc' or 'desc'"],
    ["price:asc:x", "invalid null ordering 'x', expected 'nulls_first' or 'nulls_last'"],
    ["price:asc:nulls_first:x", "too many order_by field options in 'price:asc:nulls_first:x'"],
    ['price["a"]', "order_by field 'price' has brackets but is not a JSON type"],
    [
      "v",
      `order_by field 'v' has unsortable type FloatVector; supported types: bool, int8/16/32/64, float, double, string, varchar; for JSON fields use path syntax like field["key"]`,
    ],
    ["j[", "invalid JSON path in order_by field 'j[': it names nothing"],
  ])("by %s is refused", async (item, text) => {
    await expect(search([item])).rejects.toMatchObject({ code: 1100, message: `${text}: invalid parameter` });
  });

  it("by more keys than anybody needs is refused, by one again and again is not", async () => {
    const keys = Array.from({ length: 65 }, (_, i) => `j["${i}"]`);
    await expect(search(keys)).rejects.toMatchObject({
      code: 1100,
      message: "order_by names more than 64 fields and paths: invalid parameter",
    });
    expect(await ids([...keys.slice(1), ...Array.from({ length: 5000 }, () => 'j["1"]:desc')], {})).toHaveLength(6);
  });

  it("needs a dynamic field for names that the schema lacks", async () => {
    await db.collections.create({
      collectionName: "strict",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
    });
    const by = (item: string) => search([item], { collectionName: "strict" });
    await expect(by("k")).rejects.toThrow("order_by field 'k' does not exist in collection schema");
    await expect(by('k["a"]')).rejects.toThrow("order_by field 'k' not found in schema and no dynamic field available");
  });

  it("is refused beside a function that ranks", async () => {
    const boost = { type: "Rerank", params: { reranker: "boost", weight: 2 } };
    await expect(search(["price"], { functionScore: { functions: [boost] } })).rejects.toThrow(
      "order_by and function rerank cannot be used together: they specify conflicting sort criteria",
    );
  });
});
