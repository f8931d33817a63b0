import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

/** Five rows of each score 0..9, by L2 from the origin of a line and by IP with 1. */
async function line(metricType: "L2" | "IP"): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName: "line",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType }],
  });
  const data = Array.from({ length: 50 }, (_, id) => {
    const score = Math.floor(id / 5);
    return { id, v: [metricType === "L2" ? Math.sqrt(score) : score, 0] };
  });
  await db.entities.insert({ collectionName: "line", data });
  return db;
}

describe("a range search whose last place is tied", () => {
  it.each([
    ["L2", [0, 0], { range_filter: 2.5, radius: 8.5 }, [15, 16, 17]],
    ["L2", [0, 0], { range_filter: 2.5, radius: 8.5 }, [15, 16, 17, 18, 19, 20, 21]],
    ["IP", [1, 0], { range_filter: 6.5, radius: 0.5 }, [30, 31, 32]],
    ["IP", [1, 0], { range_filter: 6.5, radius: 0.5 }, [30, 31, 32, 33, 34, 25, 26]],
  ] as const)("by %s keeps out what is better than range_filter", async (metric, query, searchParams, ids) => {
    const db = await line(metric);
    const hits = await db.entities.search({
      collectionName: "line",
      data: [query],
      limit: ids.length,
      searchParams,
    });
    expect(hits.map((hit) => hit.id)).toEqual(ids);
    const later = await db.entities.search({
      collectionName: "line",
      data: [query],
      limit: ids.length - 1,
      offset: 1,
      searchParams,
    });
    expect(later.map((hit) => hit.id)).toEqual(ids.slice(1));
    await db.close();
  });
});
