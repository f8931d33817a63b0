import * as fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

let db: Elanus | undefined;
afterEach(() => db?.close());

it.each(["Int64", "VarChar"])(
  "rows of one score come by their keys, however they were written: %s",
  async (dataType) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 12 }),
        async (keys, sorted, gone, limit) => {
          const open = await Elanus.open(":memory:");
          db = open;
          await open.collections.create({
            collectionName: "c",
            schema: {
              fields: [
                { fieldName: "id", dataType, isPrimary: true, elementTypeParams: { max_length: 9 } },
                { fieldName: "v", dataType: "SparseFloatVector" },
              ],
            },
            indexParams: [{ fieldName: "v", metricType: "IP", indexType: "SPARSE_WAND" }],
          });
          const written = sorted ? [...keys].sort((a, b) => a - b) : keys;
          const shown = (key: number) => (dataType === "Int64" ? key : String(key));
          const score = (key: number) => 1 + (Math.abs(key) % 3);
          const data = written.map((key) => ({ id: shown(key), v: { 1: score(key) } }));
          await open.entities.insert({ collectionName: "c", data });
          if (gone.length > 0) await open.entities.delete({ collectionName: "c", id: gone.map(shown) });
          const kept = keys.filter((key) => !gone.includes(key));
          const order = (a: number, b: number) =>
            score(b) - score(a) || (dataType === "Int64" ? a - b : shown(a) < shown(b) ? -1 : 1);
          for (let round = 0; round < 2; round++) {
            const hits = await open.entities.search({ collectionName: "c", data: [{ 1: 1 }], limit });
            expect(hits.map(({ id }) => id)).toEqual([...kept].sort(order).slice(0, limit).map(shown));
            await open.collections.release({ collectionName: "c" });
            await open.collections.load({ collectionName: "c" });
          }
          await open.close();
        },
      ),
      { numRuns: 60 },
    );
  },
);
