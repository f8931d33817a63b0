import fc from "fast-check";
import { expect, it } from "vitest";
import { printEnvelope } from "../../../src/api/http/print-envelope.js";
import { stringifyJson } from "../../../src/api/json.js";
import { LazyRows } from "../../../src/api/rows/lazy-rows.js";
import type { SearchHits } from "../../../src/engine/contract/column.js";
import { INT64_MAX, INT64_MIN } from "../../../src/values/int64.js";

const key = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.integer({ min: -(10 ** 10), max: 10 ** 10 }),
  fc.maxSafeInteger(),
  fc.bigInt(INT64_MIN, INT64_MAX).filter((value) => !Number.isSafeInteger(Number(value))),
);
/** Any float32 by its bits, and doubles, which scores of functions are. */
const score = fc.oneof(
  fc
    .integer({ min: 0, max: 0xffffffff })
    .map((bits) => new Float32Array(new Uint32Array([bits]).buffer)[0] as number)
    .filter(Number.isFinite),
  fc.double({ min: 0, max: 40, noNaN: true }).map(Math.fround),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, -1, 0.1, Math.fround(0.1), 1e-7, 1.401298464324817e-45, 3.4028234663852886e38, 1e9, 1e21),
);

it("prints the keys and scores of hits as their objects are printed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(key, score), { maxLength: 30 }),
      fc.constantFrom("number" as const, "text" as const),
      async (found, int64) => {
        const hits: SearchHits = {
          topks: [found.length],
          ids: found.map(([id]) => id),
          scores: found.map(([, distance]) => distance),
          fields: { rowCount: found.length, columns: [], outputFields: [] },
          primaryKey: { name: "id", type: "Int64" },
        };
        const rows = new LazyRows(hits, int64);
        const printed = await printEnvelope({ code: 0, data: rows, topks: hits.topks }, () => {});
        expect(printed).toBe(stringifyJson({ code: 0, data: await rows.objects(), topks: hits.topks }));
      },
    ),
    { numRuns: 500 },
  );
});

it("prints thousands of hits with commas between", async () => {
  const ids = Array.from({ length: 3000 }, (_, i) => i);
  const hits: SearchHits = {
    topks: [ids.length],
    ids,
    scores: ids.map((id) => id / 8),
    fields: { rowCount: ids.length, columns: [], outputFields: [] },
    primaryKey: { name: "id", type: "Int64" },
  };
  const printed = await printEnvelope({ data: new LazyRows(hits, "number") }, () => {});
  const text = typeof printed === "string" ? printed : Buffer.concat(printed).toString();
  expect(JSON.parse(text)).toEqual({ data: ids.map((id) => ({ id, distance: id / 8 })) });
});
