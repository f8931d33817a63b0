import { describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { endSlicesAtOnce, turnsOf } from "../support/turns.js";

async function filled(): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ collectionName: "c", dimension: 64 });
  const data = Array.from({ length: 3000 }, (_, id) => ({
    id,
    vector: Array.from({ length: 64 }, (_, d) => Math.sin(id * 31 + d)),
    tags: { list: [id] },
  }));
  await db.entities.insert({ collectionName: "c", data });
  return db;
}

const queries = Array.from({ length: 400 }, (_, q) => Array.from({ length: 64 }, (_, d) => Math.sin(q * 7 + d)));

describe("a search with many query vectors", () => {
  it("lets timers run, and answers as single searches do", async () => {
    const db = await filled();
    const request = { collectionName: "c", limit: 50, outputFields: ["*"] };
    const { result: all, turns } = await turnsOf(() => db.entities.search({ ...request, data: queries }));
    expect(turns).toBeGreaterThan(2);
    expect(all.topks).toEqual(queries.map(() => 50));
    const single = await db.entities.search({ ...request, data: queries.slice(17, 18) });
    expect(all.slice(17 * 50, 18 * 50)).toEqual([...single]);
    await db.close();
  });

  it("gives each hit values of its own", async () => {
    const db = await filled();
    const hits = await db.entities.search({
      collectionName: "c",
      data: [...queries.slice(0, 1), ...queries.slice(0, 1)],
      limit: 1,
      outputFields: ["tags"],
    });
    const [a, b] = hits.map((hit) => hit["tags"] as { list: number[] });
    a?.list.push(-1);
    expect(b?.list).toHaveLength(1);
    await db.close();
  });

  it("answers 101 when it is released halfway", async () => {
    const db = await filled();
    endSlicesAtOnce();
    const search = db.entities
      .search({ collectionName: "c", data: [...queries, ...queries, ...queries], limit: 100, outputFields: ["*"] })
      .catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    await db.collections.release({ collectionName: "c" });
    const outcome = await search;
    expect(isElanusError(outcome, "CollectionNotLoaded")).toBe(true);
    expect((outcome as Error).message).toMatch(/^failed to search: collection not loaded\[collection=\d+\]$/);
    await db.close();
  });
});
