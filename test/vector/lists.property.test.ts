import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SegmentOptions, VectorSource } from "../../src/engine/vector/contract.js";
import { elementId } from "../../src/engine/vector/lists/element-ids.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { scoreOf, segmentOptions } from "./oracle.js";

/** Segments of lists beside a few lines of plain JavaScript, whatever comes and goes. */

const RUNS = Number(process.env["ELANUS_VECTOR_RUNS"] ?? 40);
const DIMENSION = 3;
const METRICS = ["L2", "IP", "COSINE"] as const;
type List = readonly (readonly number[])[];

const vector = fc.array(fc.constantFrom(-1, -0.5, 0.25, 1, 2), { minLength: DIMENSION, maxLength: DIMENSION });
const list = fc.array(vector, { maxLength: 4 });
const query = fc.array(vector, { minLength: 1, maxLength: 3 });

const step = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), lists: fc.array(list, { minLength: 1, maxLength: 5 }) }),
  fc.record({ kind: fc.constant("remove" as const), every: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant("search" as const),
    query,
    k: fc.integer({ min: 1, max: 12 }),
    every: fc.integer({ min: 0, max: 3 }),
  }),
  fc.constant({ kind: "reload" as const }),
);

function bytes(vectors: List): Uint8Array {
  return new Uint8Array(new Float32Array(vectors.flat()).buffer);
}

function better(metric: string, a: number, b: number): number {
  return metric === "L2" ? a - b : b - a;
}

/** A source of the rows that there are. */
function sourceOf(rows: ReadonlyMap<number, List>): VectorSource {
  const after = (rowId: number, limit: number) => [...rows.keys()].filter((id) => id > rowId).slice(0, limit);
  return {
    count: () => rows.size,
    rowIds: (rowId, limit) => Float64Array.from(after(rowId, limit)),
    read(rowId, limit) {
      const ids = after(rowId, limit);
      return { rowIds: Float64Array.from(ids), vectors: ids.map((id) => bytes(rows.get(id) as List)) };
    },
  };
}

interface Found {
  readonly row: number;
  readonly element: number;
  readonly score: number;
}

function elementsNear(
  rows: ReadonlyMap<number, List>,
  metric: (typeof METRICS)[number],
  one: readonly number[],
): Found[] {
  return [...rows]
    .flatMap(([row, vectors]) => vectors.map((each, element) => ({ row, element, score: scoreOf(metric, one, each) })))
    .sort((a, b) => better(metric, a.score, b.score) || a.row - b.row || a.element - b.element);
}

function listsNear(rows: ReadonlyMap<number, List>, metric: (typeof METRICS)[number], asked: List): Found[] {
  return [...rows]
    .filter(([, vectors]) => vectors.length > 0)
    .map(([row, vectors]) => {
      const best = asked.map(
        (one) => vectors.map((each) => scoreOf(metric, one, each)).sort((a, b) => better(metric, a, b))[0] ?? 0,
      );
      return { row, element: 0, score: best.reduce((sum, score) => sum + score, 0) };
    })
    .sort((a, b) => better(metric, a.score, b.score) || a.row - b.row);
}

/** The best scores in the same order. Which of equals is there is left open, since sums are rounded. */
function expectSame(found: { rowIds: number[]; scores: number[] }, expected: readonly Found[], k: number): void {
  expect(found.scores).toEqual(expected.slice(0, k).map(({ score }) => expect.closeTo(score, 4)));
  for (const [i, rowId] of found.rowIds.entries()) {
    const at = found.scores[i] as number;
    const equals = expected.filter(({ score }) => Math.abs(score - at) < 1e-4).map(({ row }) => row);
    expect(equals).toContain(rowId);
  }
}

describe.each(METRICS)("lists by %s", (metric) => {
  it.each(["elements", "sums"] as const)("are what the book says: %s", async (lists) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const store = createVectorStore({ buildWorkers: 0 });
        const options: SegmentOptions = { ...segmentOptions(DIMENSION, metric, "exact"), lists };
        let segment = store.createSegment(options);
        const rows = new Map<number, List>();
        let next = 1;
        try {
          for (const one of steps) {
            if (one.kind === "append") {
              const ids = one.lists.map(() => next++);
              segment.append(Float64Array.from(ids), one.lists.map(bytes));
              for (const [i, id] of ids.entries()) rows.set(id, one.lists[i] as List);
            } else if (one.kind === "remove") {
              const gone = [...rows.keys()].filter((id) => id % one.every === 0);
              segment.remove(Float64Array.from(gone));
              for (const id of gone) rows.delete(id);
            } else if (one.kind === "reload") {
              segment.close();
              segment = store.createSegment(options);
              await segment.load(sourceOf(rows), { aborted: false }, () => {});
            } else {
              const allowed =
                one.every === 0 ? [...rows.keys()] : [...rows.keys()].filter((id) => id % one.every === 0);
              const there = new Map(allowed.map((id) => [id, rows.get(id) as List]));
              const filter = one.every === 0 ? {} : { filter: segment.prepare(Float64Array.from(allowed)) };
              const [first] = one.query as [number[]];
              const expected =
                lists === "elements" ? elementsNear(there, metric, first) : listsNear(there, metric, one.query);
              const asked = lists === "elements" ? bytes([first]) : bytes(one.query);
              const found = segment.search(asked, { k: one.k, ef: one.k, ...filter });
              expectSame(found, expected, one.k);
              expect(found.elements?.length).toBe(lists === "elements" ? found.rowIds.length : undefined);
              const [worst] = found.scores.slice(-1);
              if (worst === undefined) continue;
              const within = segment.within(asked, worst, filter.filter);
              expect(within.rowIds.slice(0, found.rowIds.length).length).toBe(found.rowIds.length);
              expect(within.rowIds.length).toBeGreaterThanOrEqual(found.rowIds.length);
            }
            expect(segment.progress().rows).toBe([...rows.values()].reduce((sum, vectors) => sum + vectors.length, 0));
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("names of elements", () => {
  it("ascend as rows do, and stay whole numbers for all rows there can be", () => {
    expect(elementId(2, 0)).toBeGreaterThan(elementId(1, 4095));
    expect(Number.isSafeInteger(elementId(2 ** 40, 4095))).toBe(true);
  });
});
