import { existsSync, rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type QueryVector } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const DIM = 32;
const ROWS = 700;

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Kind {
  readonly type: string;
  readonly index: string;
  readonly metric: string;
  /** Whether a graph is built, and so kept in a file. */
  readonly graph: boolean;
  readonly vector: (next: () => number) => unknown;
}

const floats = (next: () => number) => Array.from({ length: DIM }, () => next() - 0.5);
const KINDS: readonly Kind[] = [
  { type: "Float16Vector", index: "HNSW", metric: "L2", graph: true, vector: floats },
  { type: "BFloat16Vector", index: "HNSW", metric: "COSINE", graph: true, vector: floats },
  {
    type: "Int8Vector",
    index: "HNSW",
    metric: "IP",
    graph: true,
    vector: (next) => Array.from({ length: DIM }, () => Math.floor(next() * 255) - 127),
  },
  {
    type: "BinaryVector",
    index: "BIN_FLAT",
    metric: "JACCARD",
    graph: false,
    vector: (next) => Uint8Array.from({ length: DIM / 8 }, () => Math.floor(next() * 256)),
  },
  {
    type: "SparseFloatVector",
    index: "SPARSE_INVERTED_INDEX",
    metric: "IP",
    graph: false,
    vector: (next) => Object.fromEntries(Array.from({ length: 8 }, () => [Math.floor(next() * 90), next() + 0.1])),
  },
];

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(path: string): Promise<Elanus> {
  const db = await Elanus.open(path, { exactBelow: 300, durability: "off" });
  opened.push(db);
  return db;
}

/** Until no row waits for a graph. */
async function built(db: Elanus): Promise<void> {
  while ((await db.stats()).pendingRows > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each(KINDS)("$type with $index", ({ type, index, metric, graph, vector }) => {
  const next = random(3);
  const rows = Array.from({ length: ROWS }, (_, id) => ({
    id,
    v: vector(next),
    w: next() < 0.1 ? null : vector(next),
  }));
  const queries = Array.from({ length: 5 }, () => vector(next));

  async function filled(path: string): Promise<Elanus> {
    const db = await open(path);
    const field = (fieldName: string, nullable: boolean) => ({
      fieldName,
      dataType: type,
      nullable,
      elementTypeParams: type === "SparseFloatVector" ? {} : { dim: DIM },
    });
    await db.collections.create({
      collectionName: "c",
      schema: {
        fields: [{ fieldName: "id", dataType: "Int64", isPrimary: true }, field("v", false), field("w", true)],
      },
      indexParams: ["v", "w"].map((fieldName) => ({
        fieldName,
        indexName: fieldName,
        indexType: index,
        metricType: metric,
      })),
    });
    await db.entities.insert({ collectionName: "c", data: rows });
    await built(db);
    return db;
  }
  const answers = async (db: Elanus) => {
    const both = [];
    for (const annsField of ["v", "w"]) {
      const hits = await db.entities.search({
        collectionName: "c",
        annsField,
        data: queries as QueryVector[],
        limit: 10,
      });
      both.push([...hits]);
    }
    return both;
  };
  const graphRows = async (db: Elanus) => (await db.stats()).graphRows;
  const vectorsOf = async (db: Elanus) =>
    (await db.entities.query({ collectionName: "c", filter: "id < 40", outputFields: ["v", "w"] })).map(({ v, w }) => [
      v,
      w,
    ]);

  it("is the same after a restart, a graph out of its file", async () => {
    const path = temporaryPath();
    const first = await filled(path);
    const [before, shown, inGraphs] = [await answers(first), await vectorsOf(first), await graphRows(first)];
    expect(inGraphs > 0).toBe(graph);
    await first.close();
    expect(existsSync(`${path}-segments`)).toBe(graph);
    const second = await open(path);
    expect(await answers(second)).toEqual(before);
    // At once: nothing had to be built.
    expect(await graphRows(second)).toBe(inGraphs);
    expect(await vectorsOf(second)).toEqual(shown);
    expect(await second.check()).toEqual({ ok: true, problems: [] });
    await second.collections.release({ collectionName: "c" });
    await second.collections.load({ collectionName: "c" });
    expect(await answers(second)).toEqual(before);
  });

  it("catches up with rows that came and went, and does without the file", async () => {
    const path = temporaryPath();
    const first = await filled(path);
    await first.collections.release({ collectionName: "c" });
    await first.entities.delete({ collectionName: "c", id: [1, 2, 3] });
    await first.entities.upsert({ collectionName: "c", data: [{ id: 4, v: queries[0], w: queries[1] }] });
    await first.collections.load({ collectionName: "c" });
    await built(first);
    const nearest = async (db: Elanus) =>
      (
        await db.entities.search({
          collectionName: "c",
          annsField: "v",
          data: queries.slice(0, 1) as QueryVector[],
          limit: 3,
        })
      ).map(({ id }) => id);
    const found = await nearest(first);
    if (metric !== "IP") expect(found[0]).toBe(4);
    for (const id of [1, 2, 3]) expect(found).not.toContain(id);
    await first.close();
    rmSync(`${path}-segments`, { recursive: true, force: true });
    const second = await open(path);
    await built(second);
    expect(await nearest(second)).toEqual(found);
    expect(await second.check()).toEqual({ ok: true, problems: [] });
  });
});
