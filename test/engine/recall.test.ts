import { describe, expect, it } from "vitest";
import { DIMENSION, loadMnist } from "../../examples/quickstart/mnist.mjs";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const { base, queries } = loadMnist();
const K = 10;

async function filled(path: string, indexType: "HNSW" | "FLAT"): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", exactBelow: 1000 });
  await db.collections.create({
    collectionName: "digits",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "label", dataType: "Int8" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
      ],
    },
    indexParams: [
      {
        fieldName: "vector",
        indexType,
        metricType: "L2",
        ...(indexType === "HNSW" ? { params: { M: 16, efConstruction: 100 } } : {}),
      },
    ],
  });
  for (let from = 0; from < base.length; from += 500) {
    await db.entities.insert({ collectionName: "digits", data: base.slice(from, from + 500) });
  }
  return db;
}

async function pending(db: Elanus): Promise<number> {
  return (await db.indexes.describe({ collectionName: "digits", indexName: "vector" }))[0]?.pendingRows ?? -1;
}

async function neighbours(db: Elanus, vector: readonly number[], ef: number): Promise<number[]> {
  const hits = await db.entities.search({
    collectionName: "digits",
    data: [vector],
    limit: K,
    searchParams: { ef },
  });
  return hits.map((hit) => Number(hit.id));
}

describe("HNSW against exact search on MNIST", () => {
  it("finds nearly the same neighbours, before and after reopening", async () => {
    const path = temporaryPath();
    let graph = await filled(path, "HNSW");
    const exact = await filled(":memory:", "FLAT");
    while ((await pending(graph)) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await graph.stats()).graphRows).toBe(base.length);
    const recall = async (db: Elanus): Promise<number> => {
      let same = 0;
      for (const { vector } of queries) {
        const truth = new Set(await neighbours(exact, vector, 10));
        for (const id of await neighbours(db, vector, 64)) if (truth.has(id)) same++;
      }
      return same / queries.length / K;
    };
    expect(await recall(graph)).toBeGreaterThan(0.97);
    // The file is written behind the graph.
    await expect.poll(async () => (await graph.stats()).segments[0]?.snapshot).toBe("current");
    await graph.close();
    graph = await Elanus.open(path, { exactBelow: 1000 });
    expect(await recall(graph)).toBeGreaterThan(0.97);
    expect((await graph.stats()).segments[0]).toMatchObject({ graphRows: base.length, snapshot: "current" });
    await graph.close();
    await exact.close();
  });
});
