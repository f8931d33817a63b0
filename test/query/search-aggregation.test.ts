import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SearchAggregation } from "../../src/engine/contract/aggregation.js";
import { Elanus } from "../../src/index.js";
import { collectionName, createExample, rows } from "./example.js";

let db: Elanus;

const create = () =>
  createExample(
    db,
    [
      { fieldName: "big", dataType: "Int64", nullable: true },
      { fieldName: "flag", dataType: "Bool", nullable: true },
      { fieldName: "half", dataType: "Float", nullable: true },
      { fieldName: "at", dataType: "Timestamptz", nullable: true },
      { fieldName: "j", dataType: "JSON", nullable: true },
    ],
    { enableDynamicField: true },
  );

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await create();
  const data = rows.map((row) => ({
    ...row,
    big: 2n ** 62n,
    flag: row.id < 3,
    half: row.id / 2,
    at: `2026-01-0${6 - row.id}T00:00:00Z`,
  }));
  await db.entities.insert({ collectionName, data });
});
afterEach(() => db.close());

const EXAMPLE = {
  fields: ["cat"],
  size: 2,
  searchSize: 2,
  metrics: { n: { op: "count", fieldName: "*" }, p: { op: "avg", fieldName: "price" } },
  order: [
    { key: "_count", direction: "desc" },
    { key: "_key", direction: "asc" },
  ],
  topHits: { size: 2, sort: [{ fieldName: "price", direction: "desc" }] },
  subAggregation: null,
};

function search(searchAggregation: object, more: object = {}) {
  return db.entities.search({ collectionName, data: [[0, 0]], searchAggregation, ...more } as never);
}
/** `key:count` of the buckets of the first query, and inside of them. */
async function counts(searchAggregation: object, more: object = {}): Promise<string> {
  type Shown = { key: readonly { value: unknown }[]; count: unknown; subGroups: readonly Shown[] };
  const text = (buckets: readonly Shown[]): string =>
    buckets
      .map(({ key, count, subGroups }) => {
        const inside = subGroups.length === 0 ? "" : `(${text(subGroups)})`;
        return `${key.map(({ value }) => String(value)).join("/")}:${count}${inside}`;
      })
      .join(" ");
  const { aggregations = [] } = await search(searchAggregation, more);
  return text((aggregations[0]?.buckets ?? []) as readonly Shown[]);
}

describe("the facets of a search", () => {
  it("are the worked example of the contract", async () => {
    const body = {
      collectionName,
      data: [[0, 0]],
      annsField: "v",
      limit: 10,
      outputFields: ["price"],
      searchAggregation: EXAMPLE,
    };
    const ask = (headers: Record<string, string>) => db.request("/v2/vectordb/entities/search", body, { headers });
    const key = (value: string) => [{ fieldName: "cat", fieldId: "103", value }];
    const metrics = { n: "2", p: 2 };
    expect(await ask({ "Accept-Type-Allow-Int64": "false" })).toEqual({
      code: 0,
      cost: 0,
      aggTopks: [2],
      data: [
        {
          buckets: [
            {
              key: key("x"),
              count: "2",
              metrics,
              hits: [
                { id: "1", distance: 1, price: "2" },
                { id: "3", distance: 9, price: null },
              ],
              subGroups: [],
            },
            {
              key: key("y"),
              count: "2",
              metrics,
              hits: [
                { id: "2", distance: 4, price: "4" },
                { id: "0", distance: 0, price: "0" },
              ],
              subGroups: [],
            },
          ],
        },
      ],
    });
    const { data } = (await ask({})) as { data: { buckets: object[] }[] };
    expect(data[0]?.buckets[0]).toMatchObject({
      key: [{ fieldId: 103 }],
      count: 2,
      metrics: { n: 2, p: 2 },
      hits: [{ id: 1, price: 2 }, { id: 3 }],
    });
    const response = await db.fetch("http://m/v2/vectordb/entities/search", {
      method: "POST",
      body: JSON.stringify(body),
    });
    expect(await response.json()).toEqual(await ask({}));
  });

  it("have no hits beside them in the typed call, nor where none are asked for", async () => {
    const hits = await search({ fields: ["cat"], size: 5 });
    expect([...hits]).toEqual([]);
    expect(hits.topks).toEqual([0]);
    expect(hits.aggregations).toEqual([
      {
        buckets: [
          { key: [{ fieldName: "cat", fieldId: 103, value: "y" }], count: 1, metrics: {}, hits: [], subGroups: [] },
          { key: [{ fieldName: "cat", fieldId: 103, value: "x" }], count: 1, metrics: {}, hits: [], subGroups: [] },
        ],
      },
    ]);
  });

  it("look for more buckets than they show", async () => {
    const order = [{ key: "_key", direction: "desc" }];
    expect(await counts({ fields: ["id"], size: 2, order })).toBe("1:1 0:1");
    expect(await counts({ fields: ["id"], size: 2, searchSize: 4, order })).toBe("3:1 2:1");
  });

  it("have levels inside of levels, each with its own size, order and hits", async () => {
    const spec = {
      fields: ["flag"],
      size: 2,
      subAggregation: {
        fields: ["cat", "price"],
        size: 3,
        order: [{ key: "top", direction: "desc" }],
        metrics: { top: { op: "max", fieldName: "_score" } },
        topHits: { size: 2 },
      },
    };
    expect(await counts(spec)).toBe("true:3(y/4:1 x/2:1 y/0:1) false:3(x/0:1 y/3:1 x/null:1)");
    const { aggregations = [] } = await search(spec, { outputFields: ["half"] });
    expect(aggregations[0]?.buckets[0]?.subGroups[0]).toEqual({
      key: [
        { fieldName: "cat", fieldId: 103, value: "y" },
        { fieldName: "price", fieldId: 102, value: 4 },
      ],
      count: 1,
      metrics: { top: 4 },
      hits: [{ id: 2, distance: 4, half: 1 }],
      subGroups: [],
    });
  });

  it("compute sums, extremes and averages of what is there, of points in time and texts as well", async () => {
    const metrics = {
      a: { op: "sum", fieldName: "price" },
      b: { op: "sum", fieldName: "half" },
      c: { op: "COUNT", fieldName: "price" },
      d: { op: "min", fieldName: "at" },
      e: { op: "max", fieldName: "cat" },
      f: { op: "avg", fieldName: "_score" },
    };
    const { aggregations = [] } = await search({ fields: ["flag"], size: 2, metrics, topHits: { size: 9 } });
    expect(aggregations[0]?.buckets.map((bucket) => bucket.metrics)).toEqual([
      { a: 6, b: 1.5, c: 3, d: "2026-01-04T00:00:00Z", e: "y", f: 5 / 3 },
      { a: 3, b: 6, c: 2, d: "2026-01-01T00:00:00Z", e: "y", f: 50 / 3 },
    ]);
    const none = await search({ fields: ["id"], size: 1, metrics }, { filter: "price is null" });
    expect(none.aggregations?.[0]?.buckets[0]?.metrics).not.toHaveProperty("a");
    const tooLarge = {
      fields: ["flag"],
      size: 2,
      metrics: { s: { op: "sum", fieldName: "big" } },
      topHits: { size: 9 },
    };
    await expect(search(tooLarge)).rejects.toThrow("sum overflows int64");
    await db.collections.fields.add({
      collectionName,
      schema: { fieldName: "huge", dataType: "Double", nullable: true, defaultValue: 1e308 },
    });
    const beyond = { ...tooLarge, metrics: { s: { op: "sum", fieldName: "huge" } } };
    await expect(search(beyond)).rejects.toThrow("sum overflows float64");
  });

  it("are those of each query, and of a chain's hits", async () => {
    const data = [
      [0, 0],
      [5, 0],
    ];
    const { aggregations } = await search({ fields: ["cat"], size: 1 }, { data });
    expect(aggregations?.map(({ buckets }) => buckets[0]?.key[0]?.value)).toEqual(["y", "x"]);
    const ops = [{ op: "sort", inputs: ["$score"], params: { desc: true } }];
    const functionChains = [{ stage: "FunctionChainStageL2Rerank", ops }];
    expect(await counts({ fields: ["cat"], size: 2, topHits: { size: 3 } }, { functionChains })).toBe("x:3 y:3");
  });

  it("work in a worker, of an empty collection and under a filter", async () => {
    expect(await counts({ fields: ["cat"], size: 2, topHits: { size: 3 } }, { filter: "id > 2" })).toBe("x:2 y:1");
    const other = await Elanus.open(":memory:", { worker: true });
    await other.collections.create({ collectionName: "e", dimension: 2 });
    const hits = await other.entities.search({
      collectionName: "e",
      data: [[0, 0]],
      searchAggregation: { fields: ["id"], size: 3 },
    });
    expect(hits.aggregations).toEqual([{ buckets: [] }]);
    await other.close();
  });

  const of = (more: object) => ({ fields: ["cat"], size: 1, ...more });
  const nested = (depth: number): object =>
    depth === 0
      ? {}
      : {
          ...of({ fields: [["id", "cat", "price", "flag", "big"][depth - 1]] }),
          subAggregation: depth === 1 ? undefined : nested(depth - 1),
        };
  it.each<[string, object, object, string]>([
    ["no fields", of({ fields: [] }), {}, "searchAggregation.fields must be non-empty"],
    ["no size", { fields: ["cat"] }, {}, "searchAggregation.size must be positive"],
    ["a negative searchSize", of({ searchSize: -1 }), {}, "searchAggregation.searchSize must be non-negative"],
    [
      "a smaller searchSize",
      of({ size: 3, searchSize: 2 }),
      {},
      "searchAggregation.searchSize must be greater than or equal to size",
    ],
    [
      "a metric without an op",
      of({ metrics: { m: { fieldName: "*" } } }),
      {},
      "searchAggregation.metrics.m.op must be non-empty",
    ],
    [
      "a metric of nothing",
      of({ metrics: { m: { op: "sum" } } }),
      {},
      "searchAggregation.metrics.m.fieldName must be non-empty",
    ],
    [
      "an order without a direction",
      of({ order: [{ key: "_key" }] }),
      {},
      "searchAggregation.order.direction must be non-empty",
    ],
    ["five levels", nested(5), {}, "search_aggregation nesting exceeds max 4 levels"],
    [
      "floats",
      of({ fields: ["half"] }),
      {},
      'group_by field "half": FLOAT / DOUBLE fields are not supported with search_aggregation (BucketKeyEntry has no float variant; equality on floats is fragile)',
    ],
    [
      "JSON",
      of({ fields: ["j"] }),
      {},
      'group_by field "j": JSON / dynamic fields are not yet supported with search_aggregation',
    ],
    [
      "a dynamic key",
      of({ fields: ["nobody"] }),
      {},
      'group_by field "nobody": JSON / dynamic fields are not yet supported with search_aggregation',
    ],
    ["a vector", of({ fields: ["v"] }), {}, "group_by field data type FloatVector is not supported"],
    ["a field twice", of({ fields: ["cat", "cat"] }), {}, 'duplicated group_by field "cat" in one level'],
    ["a field on two levels", of({ subAggregation: of({}) }), {}, 'duplicated group_by field "cat" across levels'],
    [
      "an unknown op",
      of({ metrics: { m: { op: "median", fieldName: "price" } } }),
      {},
      'unsupported metric op "median"',
    ],
    [
      "a sum of all",
      of({ metrics: { m: { op: "sum", fieldName: "*" } } }),
      {},
      "field_name '*' only supports count op",
    ],
    [
      "a sum of texts",
      of({ metrics: { m: { op: "sum", fieldName: "cat" } } }),
      {},
      "aggregation operator sum does not support data type VarChar",
    ],
    [
      "an unknown order",
      of({ order: [{ key: "m", direction: "asc" }] }),
      {},
      'order key "m" is neither reserved key nor metric alias',
    ],
    ["an unknown direction", of({ order: [{ key: "_key", direction: "up" }] }), {}, "direction must be asc or desc"],
    [
      "too much",
      of({ size: 1001, topHits: { size: 10 } }),
      {},
      "number of search_aggregation result entries is too large",
    ],
    ["an offset", of({}), { offset: 1 }, "offset is not supported with searchAggregation"],
    ["ids", of({}), { data: undefined, ids: [1] }, "ids and searchAggregation cannot be used simultaneously"],
    [
      "a grouping",
      of({}),
      { groupingField: "cat" },
      "groupingField/groupSize/strictGroupSize and searchAggregation cannot be used simultaneously",
    ],
    [
      "an order",
      of({}),
      { orderByFields: ["price"] },
      "orderByFields and searchAggregation cannot be used simultaneously",
    ],
    ["a range", of({}), { searchParams: { radius: 3 } }, "Not allowed to do range-search when doing search-group-by"],
  ])("are refused: %s", async (_, spec, more, text) => {
    const refusal = { code: expect.toSatisfy((code) => code === 1100), message: expect.stringContaining(text) };
    await expect(search(spec, more)).rejects.toMatchObject(refusal);
    const body = { collectionName, data: [[0, 0]], searchAggregation: spec, ...more };
    expect(await db.request("/v2/vectordb/entities/search", body)).toMatchObject(refusal);
  });

  it("are refused in a hybrid search", async () => {
    const hybrid = {
      collectionName,
      search: [{ annsField: "v", data: [[0, 0]], limit: 1 }],
      searchAggregation: of({}),
    };
    expect(await db.request("/v2/vectordb/entities/hybrid_search", hybrid)).toEqual({
      code: 1100,
      message: "searchAggregation is not supported for hybrid search: invalid parameter",
    });
  });
});

type Row = Record<string, number | string | boolean | null>;

/** What the levels of an aggregation are, in plain words. */
function reference(rows: readonly Row[], spec: SearchAggregation): unknown[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(spec.fields?.map((field) => row[field]));
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const compare = (a: unknown, b: unknown): number => {
    if (a === null || b === null || a === undefined || b === undefined)
      return (a ?? null) === (b ?? null) ? 0 : (a ?? null) === null ? -1 : 1;
    return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
  };
  const buckets = [...groups.values()].map((members) => {
    const prices = members.map(({ price }) => price).filter((price) => price !== null) as number[];
    const total = prices.reduce((a, b) => a + b, 0);
    const all = { sum: total, avg: total / prices.length, min: Math.min(...prices), max: Math.max(...prices) };
    const metrics: Record<string, number> = {};
    for (const [alias, { op = "" }] of Object.entries(spec.metrics ?? {})) {
      if (op === "count") metrics[alias] = prices.length;
      else if (prices.length > 0) metrics[alias] = all[op as keyof typeof all];
    }
    return { key: spec.fields?.map((field) => members[0]?.[field] ?? null), count: members.length, metrics, members };
  });
  buckets.sort((a, b) => {
    for (const { key = "", direction } of spec.order ?? []) {
      const sign = direction === "desc" ? -1 : 1;
      const compared =
        key === "_key"
          ? (a.key ?? []).reduce<number>((so, value, i) => so || compare(value, b.key?.[i]), 0)
          : key === "_count"
            ? compare(a.count, b.count)
            : compare(a.metrics[key], b.metrics[key]);
      if (compared !== 0) return sign * compared;
    }
    return 0;
  });
  return buckets.slice(0, spec.size).map(({ key, count, metrics, members }) => {
    const sorted = members.toSorted((a, b) => {
      for (const { direction, nullFirst = false } of spec.topHits?.sort ?? []) {
        const [x = null, y = null] = [a["price"], b["price"]];
        if (x === null || y === null) {
          if (x !== y) return (x === null) === nullFirst ? -1 : 1;
          continue;
        }
        const compared = compare(x, y);
        if (compared !== 0) return direction === "asc" ? compared : -compared;
      }
      return compare(a["score"], b["score"]) || compare(a["id"], b["id"]);
    });
    return {
      key,
      count,
      metrics,
      hits: spec.topHits === undefined ? [] : sorted.slice(0, spec.topHits.size).map(({ id }) => id),
      subGroups: spec.subAggregation === undefined ? [] : reference(members, spec.subAggregation),
    };
  });
}

describe("any aggregation", () => {
  const anyRows = fc.array(
    fc.record({
      price: fc.option(fc.integer({ min: -3, max: 3 })),
      cat: fc.option(fc.constantFrom("", "a", "b")),
      flag: fc.option(fc.boolean()),
      at: fc.nat(6),
    }),
    { maxLength: 20 },
  );
  const direction = fc.constantFrom("asc", "desc");
  const level = (fields: string[]): fc.Arbitrary<SearchAggregation> =>
    fc
      .record(
        {
          fields: fc.constant(fields),
          size: fc.integer({ min: 1, max: 3 }),
          metrics: fc.dictionary(
            fc.constantFrom("m", "n"),
            fc.record({ op: fc.constantFrom("sum", "count", "avg", "min", "max"), fieldName: fc.constant("price") }),
          ),
          topHits: fc.record({
            size: fc.integer({ min: 1, max: 4 }),
            sort: fc.array(fc.record({ fieldName: fc.constant("price"), direction, nullFirst: fc.boolean() }), {
              maxLength: 1,
            }),
          }),
        },
        { requiredKeys: ["fields", "size"] },
      )
      .chain((spec) =>
        fc
          .array(fc.record({ key: fc.constantFrom("_key", "_count", ...Object.keys(spec.metrics ?? {})), direction }), {
            maxLength: 2,
          })
          .map((order) => ({ ...spec, order })),
      );
  const spec = fc
    .tuple(level(["cat"]), fc.option(level(["flag", "price"]), { nil: undefined }))
    .map(([outer, inner]) => (inner === undefined ? outer : { ...outer, subAggregation: inner }));

  it("is what putting the hits into buckets by hand gives", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, spec, async (given, aggregation) => {
        await db.collections.drop({ collectionName });
        await create();
        const data = given.map(({ at, ...row }, id) => ({ id, v: [at, 0], ...row }));
        if (data.length > 0) await db.entities.insert({ collectionName, data });
        const ranked = data
          .map(({ v: [at = 0], ...row }): Row => ({ ...row, score: at * at }))
          .sort((a, b) => (a["score"] as number) - (b["score"] as number) || (a["id"] as number) - (b["id"] as number));
        // Only the best of the best combinations of all levels are looked at.
        const inner = aggregation.subAggregation;
        const most = (aggregation.size ?? 1) * (inner?.size ?? 1);
        const each = Math.max(1, aggregation.topHits?.size ?? 1, inner?.topHits?.size ?? 1);
        const fields = [...(aggregation.fields ?? []), ...(inner?.fields ?? [])];
        const kept = new Map<string, number>();
        const candidates = ranked.filter((row) => {
          const name = JSON.stringify(fields.map((field) => row[field]));
          if (!kept.has(name) && kept.size === most) return false;
          kept.set(name, (kept.get(name) ?? 0) + 1);
          return (kept.get(name) as number) <= each;
        });
        const { aggregations = [] } = await search(aggregation);
        const plain = (buckets: readonly unknown[]): unknown[] =>
          (buckets as { key: { value: unknown }[]; hits: { id: unknown }[]; subGroups: unknown[] }[]).map((bucket) => ({
            ...bucket,
            key: bucket.key.map(({ value }) => value),
            hits: bucket.hits.map(({ id }) => id),
            subGroups: plain(bucket.subGroups),
          }));
        expect(plain(aggregations[0]?.buckets ?? [])).toEqual(reference(candidates, aggregation));
      }),
      { numRuns: 150 },
    );
  });
});
