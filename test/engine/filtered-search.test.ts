import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const DIMENSION = 4;
const vectorOf = (id: number) => Array.from({ length: DIMENSION }, (_, i) => Math.sin(id * 7 + i));
const book = { collectionName: "book" };

describe("a filtered search finds what exact search finds", () => {
  it.each([0, 1, 63, 64, 65, 1279, 1281, 1999, 2711])("in one partition of %i rows, by every filter", async (rows) => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...book, dimension: DIMENSION, metricType: "L2" });
    const data = Array.from({ length: rows }, (_, id) => ({ id, vector: vectorOf(id), hundredth: id % 100 }));
    for (let from = 0; from < rows; from += 1000) {
      await db.entities.insert({ ...book, data: data.slice(from, from + 1000) });
    }
    const query = vectorOf(0.5);
    const distance = (id: number) => vectorOf(id).reduce((sum, x, i) => sum + (x - (query[i] as number)) ** 2, 0);
    for (const [filter, holds] of [
      ["hundredth == 7", (id: number) => id % 100 === 7],
      ["hundredth < 90", (id: number) => id % 100 < 90],
      ["hundredth < 50", (id: number) => id % 100 < 50],
      ["hundredth < 0", () => false],
    ] as const) {
      const expected = data
        .filter(({ id }) => holds(id))
        .map(({ id }) => distance(id))
        .sort((a, b) => a - b)
        .slice(0, 10);
      // Again and again: the way that is taken depends on what was learnt before.
      for (let time = 0; time < 4; time++) {
        const hits = await db.entities.search({ ...book, data: [query], limit: 10, filter });
        expect(hits.length).toBe(expected.length);
        for (const [i, hit] of hits.entries()) {
          expect(holds(Number(hit.id))).toBe(true);
          expect(hit.distance).toBeCloseTo(expected[i] as number, 4);
        }
      }
    }
    await db.close();
  });

  it("by way of a graph: near misses aside, whatever the share of rows that are let through", async () => {
    const db = await Elanus.open(":memory:", { exactBelow: 100 });
    await db.collections.create({ ...book, dimension: DIMENSION, metricType: "L2" });
    const data = Array.from({ length: 3000 }, (_, id) => ({ id, vector: vectorOf(id), hundredth: id % 100 }));
    await db.entities.insert({ ...book, data });
    // All of it is in a graph before anything is searched.
    await expect.poll(async () => (await db.stats()).graphRows).toBe(3000);
    const query = vectorOf(0.5);
    const distance = (id: number) => vectorOf(id).reduce((sum, x, i) => sum + (x - (query[i] as number)) ** 2, 0);
    for (const share of [1, 3, 10, 50, 90, 100]) {
      const expected = data
        .filter(({ hundredth }) => hundredth < share)
        .map(({ id }) => id)
        .sort((a, b) => distance(a) - distance(b))
        .slice(0, 10);
      for (let time = 0; time < 4; time++) {
        const hits = await db.entities.search({ ...book, data: [query], limit: 10, filter: `hundredth < ${share}` });
        expect(hits.length).toBe(10);
        for (const hit of hits) {
          expect(Number(hit.id) % 100).toBeLessThan(share);
          expect(hit.distance).toBeCloseTo(distance(Number(hit.id)), 4);
        }
        expect(hits.filter(({ id }) => expected.includes(Number(id))).length).toBeGreaterThanOrEqual(8);
      }
    }
    await db.close();
  });
});
