import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { turnsOf } from "../support/turns.js";

/** So many that they take several slices on any machine. */
const ROWS = 6000;
const DIM = 64;
const PER_ROW = 4;
const QUERY = 32;
const c = { collectionName: "c" };

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32 - 0.5;
};
const vector = () => Array.from({ length: DIM }, () => Math.fround(random()));
const lists = Array.from({ length: ROWS }, () => Array.from({ length: PER_ROW }, vector));
const query = Array.from({ length: QUERY }, vector);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
const scores = lists.map((list) => query.reduce((sum, q) => sum + Math.max(...list.map((v) => dot(q, v))), 0));
const best = (keep: (id: number) => boolean, count = 10) =>
  [...scores.keys()]
    .filter(keep)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number))
    .slice(0, count);

let db: Elanus;
afterEach(() => db.close());

const row = (id: number) => ({ id, s: (lists[id] as number[][]).map((emb) => ({ emb })) });

async function open(options: object = {}): Promise<void> {
  db = await Elanus.open(":memory:", options);
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 }, nullable: true },
      ],
      structFields: [
        {
          fieldName: "s",
          typeParams: { max_capacity: 8 },
          fields: [
            {
              fieldName: "emb",
              dataType: "ArrayOfVector",
              elementDataType: "FloatVector",
              elementTypeParams: { dim: DIM },
            },
          ],
        },
      ],
    },
    indexParams: [
      { fieldName: "v", metricType: "L2" },
      { fieldName: "s[emb]", indexName: "emb", metricType: "MAX_SIM_IP" },
    ],
  });
  await db.entities.insert({ ...c, data: lists.map((_, id) => row(id)) });
}

const search = async (more: object = {}): Promise<unknown[]> => {
  const hits = await db.entities.search({ ...c, annsField: "s[emb]", data: [query], limit: 10, ...more } as never);
  return hits.map(({ id }) => id);
};

describe.each([false, true])("a search that compares long lists (worker: %s)", (worker) => {
  it("lets other calls go on, and finds the nearest of all", async () => {
    await open({ worker });
    const { result, turns } = await turnsOf(search);
    expect(result).toEqual(best(() => true));
    expect(turns).toBeGreaterThan(worker ? 0 : 10);
    expect(await search({ filter: "id % 3 == 1" })).toEqual(best((id) => id % 3 === 1));
    expect(await search({ offset: 5, limit: 5 })).toEqual(best(() => true).slice(5));
    const hybrid = [
      { annsField: "s[emb]", data: [query], limit: 10 },
      { annsField: "s[emb]", data: [query], limit: 10 },
    ];
    const ranked = await db.entities.hybridSearch({
      ...c,
      search: hybrid,
      rerank: { strategy: "rrf", params: {} },
      limit: 10,
    } as never);
    expect(ranked.map(({ id }) => id)).toEqual(best(() => true));
  });

  it("sees what is written meanwhile, all of it or nothing", async () => {
    await open({ worker });
    for (let id = 0; id < 5; id++) {
      const [first = -1, ...others] = best((each) => each >= id);
      const searching = search({ filter: `id >= ${id}` });
      await db.entities.delete({ ...c, id: [first] });
      const found = await searching;
      if (found[0] === first) expect(found).toEqual([first, ...others]);
      else expect(found.slice(0, 9)).toEqual(others);
      await db.entities.insert({ ...c, data: [row(first)] });
    }
  });
});

it("ends with its time, and when the collection is released", async () => {
  await open();
  await expect(search({ ids: undefined, data: Array.from({ length: 40 }, () => query) })).resolves.toHaveLength(400);
  const asked = { ...c, annsField: "s[emb]", data: [query], limit: 10 };
  const { code, message } = await db.request("/v2/vectordb/entities/search", asked, { timeoutMs: 1 });
  expect([0, 10001], message).toContain(code);
  const running = search().then(
    (ids) => ids.length,
    (error: { code: number }) => error.code,
  );
  await db.collections.release(c);
  expect([10, 101]).toContain(await running);
});
