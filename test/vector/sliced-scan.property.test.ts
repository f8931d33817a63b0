import fc from "fast-check";
import { expect, it } from "vitest";
import { geometryOf } from "../../src/engine/vector/kernel/geometry.js";
import { LongMeasure } from "../../src/engine/vector/lists/long-measure.js";
import { Part } from "../../src/engine/vector/part.js";
import { type PartFilter, PartSearch } from "../../src/engine/vector/part-search.js";
import { SlicedScan } from "../../src/engine/vector/sliced-scan.js";
import { asBytes, rowsOf } from "./oracle.js";

const D = 4;
const ROWS = 300;
const geometry = geometryOf({ type: "FloatVector", dimension: D, metric: "L2", vectorBytes: D * 4 }, 0, 1e6);
const SHORT = { atOnce: 10 * geometry.strideBytes, piece: 7 * geometry.strideBytes };

/** Few different numbers: many distances are equal. */
const numbers = (count: number, of: number) => Float32Array.from({ length: count }, (_, i) => (i * i * of) % 5);

function append(part: Part, rows: number, of: number): void {
  part.reserve(rows);
  expect(part.stage(0, rowsOf(part.rows + 1, rows), asBytes(numbers(rows * D, of)), 0)).toBe(-1);
  part.publish(rows);
}

const asked = fc.record({
  k: fc.integer({ min: 1, max: ROWS }),
  range: fc.option(fc.tuple(fc.nat(20), fc.nat(60)).map(([low, width]) => ({ low, high: low + width }))),
  /** Of how many rows one is allowed. */
  every: fc.option(fc.integer({ min: 1, max: 9 })),
  query: fc.nat(20),
  removed: fc.array(fc.nat(ROWS - 1), { maxLength: 5 }),
  /** What happens between two pieces. */
  between: fc.constantFrom("nothing", "search", "append", "remove"),
});

it("rows read in slices are the rows read at once, whatever happens in between", async () => {
  await fc.assert(
    fc.asyncProperty(asked, async ({ k, range, every, query, removed, between }) => {
      const part = new Part(geometry);
      append(part, ROWS, query + 1);
      for (const ordinal of removed) part.removeOrdinal(ordinal);
      const within = range ?? undefined;
      const filterOf = (): PartFilter | undefined => {
        if (every === null) return undefined;
        const ordinals = Uint32Array.from({ length: Math.ceil(ROWS / every) }, (_, i) => i * every);
        return { count: ordinals.length, ordinals };
      };
      const vector = asBytes(numbers(D, query + 7));
      const sliced = new SlicedScan(part, SHORT);
      const plain = new PartSearch(part);
      const run = (search: PartSearch) => {
        search.setQuery(vector);
        return [...search.keys(search.scan(Math.min(k, part.rows), within, filterOf()))];
      };
      const met: LongMeasure[] = [];
      const found = async (): Promise<number[]> => {
        for (let start = 0; ; start++) {
          try {
            return run(sliced);
          } catch (error) {
            if (!(error instanceof LongMeasure)) throw error;
            met.push(error);
            if (start > 2) error.atOnce();
            let pauses = 0;
            await error.inSlices(async () => {
              pauses += 1;
              if (between === "search") {
                sliced.setQuery(asBytes(numbers(D, query + 9)));
                sliced.walk(3, 3, { count: 2, ordinals: Uint32Array.of(0, 1) });
              } else if (between === "append" && pauses === 3) append(part, 2, pauses);
              else if (between === "remove" && pauses === 2) part.removeOrdinal(10 + start);
              return true;
            });
          }
        }
      };
      const inSlices = await found();
      expect(inSlices).toEqual(run(plain));
      expect(met.length).toBeGreaterThan(0);
      // With others it does as they do.
      sliced.setQuery(vector);
      const request = { k: Math.min(k, part.rows), ef: k, exact: true, range: within, filter: filterOf() };
      expect([...sliced.keys(sliced.answer(request))]).toEqual(inSlices);
      for (const long of met) long.done();
      expect(() => run(sliced)).toThrow(LongMeasure);
    }),
    { numRuns: 200 },
  );
});
