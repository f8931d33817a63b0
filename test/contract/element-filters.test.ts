import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { callsOn } from "./calls.js";

/** Milvus 3.0, section 11: filters over the elements of struct arrays. */

let db: Elanus;
const { post, ok } = callsOn("c", () => db);
const rows = async (filter: string, more: object = {}) =>
  ok("entities/query", { filter, outputFields: ["id"], ...more });
const ids = async (filter: string, more: object = {}) =>
  ((await rows(filter, more)) as { id: number }[]).map(({ id }) => id);
const refused = async (filter: string, text: string) => {
  const answer = await post("entities/query", { filter });
  expect([answer.code, answer.message]).toEqual([1100, expect.stringContaining(text)]);
};

const sub = (fieldName: string, dataType: string, params: object = {}) => ({
  fieldName,
  dataType,
  elementTypeParams: params,
});
const element = (n: number, t: string, ok: boolean, e: readonly number[]) => ({ n, t, ok, e, l: e });

beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "3.0" });
  const struct = (fieldName: string) => ({
    fieldName,
    nullable: true,
    typeParams: { max_capacity: 8 },
    fields: [
      sub("n", "Int64"),
      sub("t", "VarChar", { max_length: 9 }),
      sub("ok", "Bool"),
      sub("e", "FloatVector", { dim: 2 }),
      sub("l", "FloatVector", { dim: 2 }),
    ],
  });
  await ok("collections/create", {
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
      structFields: [struct("s"), struct("z")],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2" },
      ...["s", "z"].flatMap((name) => [
        { fieldName: `${name}[e]`, indexName: `${name}e`, metricType: "IP" },
        { fieldName: `${name}[l]`, indexName: `${name}l`, metricType: "MAX_SIM_IP" },
      ]),
    ],
  });
  const data = [
    [element(1, "a", true, [1, 0]), element(2, "b", false, [0, 1]), element(3, "a", true, [0.5, 0.5])],
    [element(2, "a", true, [0.9, 0])],
    [],
    null,
    [element(9, "b", false, [0.8, 0]), element(9, "b", true, [0.7, 0])],
  ];
  await ok("entities/insert", { data: data.map((s, id) => ({ id, v: [id, 0], s, z: s })) });
});
afterEach(() => db.close());

describe("MATCH functions", () => {
  it.each([
    ["match_any(s, $[n] > 2)", [0, 4]],
    ["MATCH_ANY(s, $[n] > 1 and $[t] == 'a')", [0, 1]],
    ["match_all(s, $[n] > 1)", [1, 2, 4]],
    ["match_all(s, $[ok])", undefined],
    ["match_all(s, $[ok] == true)", [1, 2]],
    ["match_least(s, $[t] == 'a', threshold=2)", [0]],
    ["match_most(s, $[t] == 'a', threshold=1)", [1, 2, 4]],
    ["match_exact(s, $[t] == 'b', threshold=2)", [4]],
    ["match_exact(s, $[t] == 'b', threshold=0)", [1, 2]],
    ["not match_any(s, $[t] == 'b')", [1, 2]],
    ["not match_all(s, $[n] > 1)", [0]],
    ["not (match_any(s, $[n] > 2) or match_most(s, $[n] > 0, threshold=0))", [1]],
    ["match_any(s, $[n] in [3, 9]) and id < 3", [0]],
    ["match_any(s, not ($[t] like 'a%'))", [0, 4]],
    ["match_any(s, 1 < $[n] < 3)", [0, 1]],
    ["match_any(s, $[n] + 1 == 10)", [4]],
    ["match_any(s, ($[n] & 1) == 1 and $[t] == 'a')", [0]],
    ["match_any(s, $[t] =~ '^b$')", [0, 4]],
    ["match_any(s, $[n] > 1) and match_any(z, $[n] < 2)", [0]],
    ["match_any(s, 1 == 1)", [0, 1, 4]],
    ["match_any(s, $[n] == {n})", [1, 0]],
  ])("%s", async (filter, expected) => {
    if (expected === undefined) return refused(filter, "needs a boolean expression");
    expect(await ids(filter, { exprParams: { n: 2 } })).toEqual([...expected].sort());
  });

  it("count nothing where the struct is null", async () => {
    expect(await ids("s is null")).toEqual([3]);
    expect(await ids("s is not null")).toEqual([0, 1, 2, 4]);
    expect(await ids("match_most(s, $[n] > 0, threshold=9) or not match_most(s, $[n] > 0, threshold=9)")).toEqual([
      0, 1, 2, 4,
    ]);
  });
});

describe("elements by position, and their number", () => {
  it.each([
    ["s[0][n] == 2", [1]],
    ["s[1][t] == 'b'", [0, 4]],
    ["1 <= s[0][n] <= 2", [0, 1]],
    ["s[7][n] == 1", []],
    ["array_length(s) == 3", [0]],
    ["array_length(s[t]) == 2", [4]],
    ["array_length(s[e]) == 0", [2]],
    ["array_contains(s[n], 3)", [0]],
    ["array_contains_all(s[t], ['a', 'b'])", [0]],
  ])("%s", async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected);
  });
});

describe("element_filter in a query", () => {
  it("gives one row per element", async () => {
    expect(await rows("element_filter(s, $[n] > 1)")).toEqual([
      { id: 0, offset: 1 },
      { id: 0, offset: 2 },
      { id: 1, offset: 0 },
      { id: 4, offset: 0 },
      { id: 4, offset: 1 },
    ]);
    expect(await rows("id > 0 and element_filter(s, $[n] > 1 and $[ok] == true)", { limit: 1 })).toEqual([
      { id: 1, offset: 0 },
    ]);
    expect(
      await db.entities.query({ collectionName: "c", filter: "element_filter(s, $[n] > 1)", outputFields: ["id"] }),
    ).toHaveLength(5);
  });

  it("counts elements with limit, offset and count(*)", async () => {
    expect(await rows("element_filter(s, $[n] > 1)", { limit: 2, offset: 1 })).toEqual([
      { id: 0, offset: 2 },
      { id: 1, offset: 0 },
    ]);
    expect(await rows("element_filter(s, $[n] > 1)", { outputFields: ["count(*)"], limit: undefined })).toEqual([
      { "count(*)": 5 },
    ]);
    expect(await rows("element_filter(s, $[n] > 1)", { limit: 2, orderByFields: ["id:desc"] })).toEqual([
      { id: 4, offset: 0 },
      { id: 4, offset: 1 },
    ]);
  });

  it("takes all elements of the rows that the other side of `or` lets through", async () => {
    expect(await rows("id == 0 or element_filter(s, $[n] == 9 and $[ok] == true)")).toEqual([
      { id: 0, offset: 0 },
      { id: 0, offset: 1 },
      { id: 0, offset: 2 },
      { id: 4, offset: 1 },
    ]);
  });
});

describe("element_filter in a search", () => {
  const search = { annsField: "s[e]", data: [[1, 0]], limit: 10 };

  it("finds only elements that it lets through", async () => {
    expect(await ok("entities/search", { ...search, filter: "element_filter(s, $[t] == 'a')" })).toEqual([
      { id: 0, distance: 1, offset: 0 },
      { id: 1, distance: expect.closeTo(0.9, 6), offset: 0 },
      { id: 0, distance: 0.5, offset: 2 },
    ]);
    expect(await ok("entities/search", { ...search, filter: "id > 0 && element_filter(s, $[ok] == true)" })).toEqual([
      { id: 1, distance: expect.closeTo(0.9, 6), offset: 0 },
      { id: 4, distance: expect.closeTo(0.7, 6), offset: 1 },
    ]);
    expect(await ok("entities/search", { ...search, filter: "element_filter(s, $[n] > 99)" })).toEqual([]);
  });

  it("follows writes", async () => {
    const filter = "element_filter(s, $[n] == 7)";
    expect(await ok("entities/search", { ...search, filter })).toEqual([]);
    await ok("entities/insert", { data: [{ id: 7, v: [0, 0], s: [element(7, "x", true, [2, 0])], z: [] }] });
    expect(await ok("entities/search", { ...search, filter })).toEqual([{ id: 7, distance: 2, offset: 0 }]);
    await ok("entities/upsert", { data: [{ id: 7, v: [0, 0], s: [element(8, "x", true, [2, 0])], z: [] }] });
    expect(await ok("entities/search", { ...search, filter })).toEqual([]);
  });

  it("works with groups and ranges", async () => {
    const filter = "element_filter(s, $[n] < 9)";
    expect(await ok("entities/search", { ...search, filter, groupingField: "id" })).toEqual([
      { id: 0, distance: 1, offset: 0 },
      { id: 1, distance: expect.closeTo(0.9, 6), offset: 0 },
    ]);
    expect(await ok("entities/search", { ...search, filter, searchParams: { params: { radius: 0.95 } } })).toEqual([
      { id: 0, distance: 1, offset: 0 },
    ]);
  });

  it.each([
    ["rows", { annsField: "v", data: [[1, 0]] }],
    ["elements of another struct", { annsField: "z[e]", data: [[1, 0]] }],
    ["lists", { annsField: "s[l]", data: [[[1, 0]]] }],
  ])("is refused where %s are found", async (_, what) => {
    expect(await post("entities/search", { ...what, filter: "element_filter(s, $[n] > 1)" })).toEqual({
      code: 1100,
      message: expect.stringContaining(
        "element_filter is only supported for element-level search on vector sub-fields of the same struct array; use MATCH_ANY/MATCH_* for row-level vector search",
      ),
    });
  });

  it("lets MATCH functions choose rows of any search", async () => {
    const filter = "match_any(s, $[n] == 9)";
    expect(await ok("entities/search", { annsField: "v", data: [[0, 0]], limit: 5, filter })).toEqual([
      { id: 4, distance: 16 },
    ]);
    expect(await ok("entities/search", { annsField: "s[l]", data: [[[1, 0]]], limit: 5, filter })).toEqual([
      { id: 4, distance: expect.closeTo(0.8, 6) },
    ]);
  });
});

describe("what is refused", () => {
  it.each([
    ["$[n] > 1", "$[n] syntax can only be used inside ElementFilter or MATCH_*"],
    ["match_least(s, $[n] > 1, threshold=0)", "count in MATCH_LEAST must be positive, got: 0"],
    ["match_most(s, $[n] > 1, threshold=-1)", "count in MATCH_MOST cannot be negative, got: -1"],
    ["match_exact(s, $[n] > 1, 2)", "mismatched input"],
    [
      "element_filter(s, $[n] > 1) and id > 1",
      "element filter expression can only be the last expression in the logical and expression",
    ],
    ["not element_filter(s, $[n] > 1)", "element filter expression cannot be used in unary expression"],
    ["element_filter(s, match_any(s, $[n] > 1))", "cannot be nested"],
    ["match_any(s, element_filter(s, $[n] > 1))", "cannot be nested"],
    ["match_any(s, $[x] > 1)", "field s[x] not exist"],
    ["match_any(s, $[e] > 1)", "vector field s[e] cannot be used in an expression"],
    ["match_any(s, $[n] == 'a')", "comparisons between"],
    ["match_any(s, $[n])", "needs a boolean expression"],
    ["match_any(s, random_sample(0.5))", "needs a boolean expression"],
    ["match_any(id, $[n] > 1)", "match_any is only supported on struct array fields"],
    ["match_any(nothing, $[n] > 1)", "field nothing not exist"],
    ["s == 1", "can only access struct array field s by an element and one of its fields"],
    ["s[0] == 1", "can only access struct array field s by an element and one of its fields"],
    ["s['n'] == 1", "can only access struct array field s by an element and one of its fields"],
    ["s[0][x] == 1", "field s[x] not exist"],
    ["s[0][e] == 1", "vector field s[e] cannot be used in an expression"],
    ["id[n] == 1", "id is no struct array field: [n]"],
    ["array_contains(s, 1)", "can only access struct array field s"],
    [
      "match_any(s, membership_match($[n], {m}))",
      "membership_match filters are not supported inside element_filter or MATCH_*",
    ],
  ])("%s", (filter, text) => refused(filter, text));

  it("deletes by elements, and other aggregates than their number", async () => {
    expect(await post("entities/delete", { filter: "element_filter(s, $[n] > 1)" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("element_filter cannot be used in delete expressions"),
    });
    expect(
      await post("entities/query", { filter: "element_filter(s, $[n] > 1)", outputFields: ["sum(id)"] }),
    ).toMatchObject({ code: 1100, message: expect.stringContaining("other than count(*)") });
    await ok("entities/delete", { filter: "match_any(s, $[n] > 1)" });
    expect(await ids("id >= 0")).toEqual([2, 3]);
  });
});
