import { describe, expect, it } from "vitest";
import { FilterBudget, PreparedFilters } from "../../src/engine/load/prepared-filters.js";
import { Elanus } from "../../src/index.js";

const filter = (memoryBytes: number) => ({ count: 1, memoryBytes });

describe("prepared filters", () => {
  it("hold for the version of the data they were made of, and not beyond", () => {
    const filters = new PreparedFilters(new FilterBudget());
    const first = filter(10);
    filters.set("a", 1, first);
    expect(filters.get("a", 1)).toBe(first);
    expect(filters.get("a", 2)).toBeUndefined();
    expect(filters.memoryBytes).toBe(0);
  });

  it("share their bounds over all partitions; what was used longest ago goes first", () => {
    const budget = new FilterBudget({ filters: 3, bytes: 100 });
    const [a, b] = [new PreparedFilters(budget), new PreparedFilters(budget)];
    a.set("1", 1, filter(10));
    b.set("1", 1, filter(10));
    a.set("2", 1, filter(10));
    expect(a.get("1", 1)).toBeDefined();
    b.set("2", 1, filter(10));
    expect(b.get("1", 1)).toBeUndefined();
    expect(a.get("1", 1)).toBeDefined();
    // More bytes than the bound: it stays alone.
    a.set("3", 1, filter(1000));
    expect([a.memoryBytes, b.memoryBytes]).toEqual([1000, 0]);
    a.clear();
    b.set("1", 1, filter(50));
    b.set("1", 1, filter(60));
    a.set("1", 1, filter(40));
    expect([a.memoryBytes, b.memoryBytes]).toEqual([40, 60]);
  });

  it("go with their partition: release, drop and writes free them", async () => {
    const db = await Elanus.open(":memory:");
    const book = { collectionName: "book" };
    await db.collections.create({ ...book, dimension: 4 });
    const rows = (from: number) =>
      Array.from({ length: 1000 }, (_, i) => ({ id: from + i, vector: [i, 1, 2, 3], n: (from + i) % 10 }));
    const filters = async (): Promise<number> => (await db.stats()).memory.filtersBytes;
    const searchTwice = async () => {
      for (let i = 0; i < 2; i++)
        await db.entities.search({ ...book, data: [[1, 2, 3, 4]], filter: "n < 5", limit: 3 });
      expect(await filters()).toBeGreaterThan(500 * 4);
    };
    await db.entities.insert({ ...book, data: rows(0) });
    await searchTwice();
    await db.entities.insert({ ...book, data: rows(1000).slice(0, 1) });
    expect(await filters()).toBe(0);
    await searchTwice();
    await db.entities.delete({ ...book, filter: "id == 5" });
    expect(await filters()).toBe(0);
    await searchTwice();
    await db.partitions.release({ ...book, partitionNames: ["_default"] });
    expect(await filters()).toBe(0);
    await db.collections.load(book);
    await searchTwice();
    await db.collections.drop(book);
    expect((await db.stats()).memory).toMatchObject({ segmentsBytes: 0, keysBytes: 0, filtersBytes: 0 });
    await db.close();
  });
});
