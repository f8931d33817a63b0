import fc from "fast-check";
import { expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** Rows with struct arrays beside a plain map, whatever is written, also over a reopening. */

const RUNS = Number(process.env["ELANUS_STRUCT_RUNS"] ?? 8);
const C = { collectionName: "c" };

interface Element {
  readonly n: number;
  readonly e: readonly number[];
  readonly l: readonly number[];
}
type Struct = readonly Element[] | null;

const vector = fc.array(fc.constantFrom(-1, -0.5, 0.25, 1, 2), { minLength: 2, maxLength: 2 });
const element = vector.chain((e) => fc.integer({ min: 0, max: 5 }).map((n) => ({ n, e, l: e })));
const struct = fc.option(fc.array(element, { maxLength: 5 }), { freq: 5 });
const id = fc.integer({ min: 0, max: 30 });
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 8 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("upsert" as const), ids, struct, partial: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), ids }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("deleteBy" as const), n: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reload" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("search" as const),
      query: fc.array(vector, { minLength: 1, maxLength: 3 }),
      limit: fc.integer({ min: 1, max: 20 }),
      n: fc.integer({ min: 0, max: 5 }),
    }),
  },
);

async function create(db: Elanus, indexType: string): Promise<void> {
  const v = { dataType: "FloatVector", elementTypeParams: { dim: 2 } };
  const fields = [
    { fieldName: "n", dataType: "Int64" },
    { fieldName: "e", ...v },
    { fieldName: "l", ...v },
  ];
  await db.collections.create({
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", ...v },
      ],
      structFields: [{ fieldName: "s", nullable: true, typeParams: { max_capacity: 5 }, fields }],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2" },
      { fieldName: "s[e]", indexName: "e", metricType: "L2", indexType },
      { fieldName: "s[l]", indexName: "l", metricType: "MAX_SIM_IP", indexType },
    ],
  });
}

const l2 = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0);
const ip = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

/** Scores of the numbers used here are exact in float32. */
async function compare(
  db: Elanus,
  rows: ReadonlyMap<number, Struct>,
  { query, limit, n }: { query: readonly (readonly number[])[]; limit: number; n: number },
): Promise<void> {
  const all = [...rows].flatMap(([row, elements]) =>
    (elements ?? []).map((one, offset) => ({ row, offset, n: one.n, score: l2(one.e, query[0] as readonly number[]) })),
  );
  const scores = (hits: readonly { distance: number }[]) => hits.map(({ distance }) => distance);
  const near = (found: typeof all) =>
    found
      .map(({ score }) => score)
      .sort((a, b) => a - b)
      .slice(0, limit);
  const one = { ...C, annsField: "s[e]", data: [query[0]], limit };
  const hits = (await db.entities.search(one as never)) as unknown as {
    id: number;
    offset: number;
    distance: number;
  }[];
  expect(scores(hits)).toEqual(near(all));
  for (const hit of hits) {
    expect(all).toContainEqual(expect.objectContaining({ row: hit.id, offset: hit.offset, score: hit.distance }));
  }
  const filtered = await db.entities.search({ ...one, filter: `element_filter(s, $[n] < ${n})` } as never);
  expect(scores(filtered as never)).toEqual(near(all.filter((found) => found.n < n)));

  const lists = [...rows].flatMap(([row, elements]) => {
    if (elements === null || elements.length === 0) return [];
    const best = query.map((q) => Math.max(...elements.map(({ l }) => ip(l, q))));
    return [{ row, score: best.reduce((a, b) => a + b) }];
  });
  const found = await db.entities.search({ ...C, annsField: "s[l]", data: [query], limit } as never);
  expect(scores(found as never)).toEqual(
    lists
      .map(({ score }) => score)
      .sort((a, b) => b - a)
      .slice(0, limit),
  );

  const any = await db.entities.query({ ...C, filter: `match_any(s, $[n] == ${n})`, outputFields: ["id", "s"] });
  const wanted = [...rows].filter(([, elements]) => elements?.some((each) => each.n === n));
  expect(any).toEqual(wanted.map(([row, s]) => ({ id: row, s })).sort((a, b) => a.id - b.id));
}

it.each(["FLAT", "HNSW"])("struct arrays are what was written last (%s)", async (indexType) => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
    const path = temporaryPath();
    let db = await Elanus.open(path, { serverVersion: "3.0" });
    await create(db, indexType);
    const rows = new Map<number, Struct>();
    for (const one of steps) {
      switch (one.kind) {
        case "upsert": {
          const partial = one.partial && one.ids.every((key) => rows.has(key));
          const data = one.ids.map((key) => ({ id: key, s: one.struct, ...(!partial && { v: [key, 0] }) }));
          await db.entities.upsert({ ...C, data, partialUpdate: partial });
          for (const key of one.ids) rows.set(key, one.struct);
          break;
        }
        case "delete":
          await db.entities.delete({ ...C, filter: `id in [${one.ids.join(",")}]` });
          for (const key of one.ids) rows.delete(key);
          break;
        case "deleteBy":
          await db.entities.delete({ ...C, filter: `match_all(s, $[n] == ${one.n}) && array_length(s[n]) > 0` });
          for (const [key, elements] of rows) {
            if (elements !== null && elements.length > 0 && elements.every(({ n }) => n === one.n)) rows.delete(key);
          }
          break;
        case "reload":
          await db.collections.release(C);
          await db.collections.load(C);
          break;
        case "reopen":
          await db.close();
          db = await Elanus.open(path, { serverVersion: "3.0" });
          break;
        case "search":
          await compare(db, rows, one);
      }
    }
    await compare(db, rows, { query: [[1, 2]], limit: 20, n: 3 });
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });
  await fc.assert(property, { numRuns: RUNS });
});
