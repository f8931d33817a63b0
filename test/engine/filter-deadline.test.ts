import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { cpuTime } from "../support/cpu-time.js";

/** Filters that hold the event loop for longer than the call may take end with it, not some time later. */

const ROWS = 3000;
const TIMEOUT_MS = 1000;
/** Processor time that may pass between two looks at the deadline. */
const GRACE_MS = 5000;

let db: Elanus;

beforeAll(async () => {
  db = await Elanus.open(":memory:");
  await db.collections.create({
    collectionName: "c",
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        {
          fieldName: "s",
          dataType: "VarChar",
          elementTypeParams: { max_length: 65535, enable_analyzer: true, enable_match: true },
        },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  const s = `${"a ".repeat(5000)}${"a".repeat(10_000)}`;
  for (let first = 0; first < ROWS; first += 500) {
    const data = Array.from({ length: 500 }, (_, i) => ({ id: first + i, v: [i, 1], s, list: [1, 2, 3] }));
    await db.entities.insert({ collectionName: "c", data });
  }
});
afterAll(() => db.close());

async function timed(path: string, body: object, timeoutMs = TIMEOUT_MS): Promise<{ code: unknown; ms: number }> {
  const start = cpuTime();
  const response = await db.fetch(`http://localhost/v2/vectordb/entities/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "request-timeout": String(timeoutMs / 1000) },
    body: JSON.stringify({ collectionName: "c", ...body }),
  });
  const { code } = (await response.json()) as { code: unknown };
  return { code, ms: cpuTime() - start };
}

const LIKE = Array.from({ length: 200 }, (_, i) => `s like "%a_${i}b_%"`).join(" or ");
const FILTERS: [string, string][] = [
  ["many LIKE patterns", LIKE],
  ["one dear LIKE pattern", `s like "%${"a_".repeat(3000)}b%"`],
  ["phrases", Array.from({ length: 60 }, (_, i) => `phrase_match(s, "a a b${i}", 9)`).join(" or ")],
  ["words", Array.from({ length: 60 }, (_, i) => `text_match(s, "b${i}")`).join(" or ")],
  ["lists", Array.from({ length: 2000 }, (_, i) => `json_contains(list, ${i + 10})`).join(" or ")],
];

describe("a filter that takes too long", () => {
  it.each(FILTERS)("in a query: %s", async (_name, filter) => {
    const { code, ms } = await timed("query", { filter, limit: 10 });
    expect(code).toBe(10001);
    expect(ms).toBeLessThan(TIMEOUT_MS + GRACE_MS);
  });

  it("in a delete, which then has removed nothing", async () => {
    const { code, ms } = await timed("delete", { filter: `id >= 0 and not (${LIKE})` });
    expect(code).toBe(10001);
    expect(ms).toBeLessThan(TIMEOUT_MS + GRACE_MS);
    expect(await db.entities.query({ collectionName: "c", outputFields: ["count(*)"] })).toEqual([
      { "count(*)": ROWS },
    ]);
  });

  it("in a search", async () => {
    const { code, ms } = await timed("search", { data: [[1, 1]], filter: `not (${LIKE})`, limit: 1000 });
    expect(code).toBe(10001);
    expect(ms).toBeLessThan(TIMEOUT_MS + GRACE_MS);
  });

  it("does not end the calls that come after it", async () => {
    const { code } = await timed("query", { filter: 's like "%b"', limit: 10 }, 60_000);
    expect(code).toBe(0);
  });
});
