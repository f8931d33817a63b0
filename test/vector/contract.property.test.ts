import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type { PreparedFilter, SegmentHits, VectorSegment } from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, INDEXES, Oracle, random, scoreOf, segmentOptions } from "./oracle.js";

/**
 * What holds of every implementation of the contract whatever happens to a segment with a graph: searches through a graph
 * may miss a row, and nothing else.
 */
const RUNS = Number(process.env["ELANUS_VECTOR_RUNS"] ?? 12);
const DIMENSION = 6;

type Step =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "remove"; readonly every: number }
  | { readonly kind: "search"; readonly k: number; readonly every: number; readonly range: number }
  | { readonly kind: "idle" }
  | { readonly kind: "wait" }
  | { readonly kind: "clear" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), every: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("search" as const),
      k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 })),
      every: fc.integer({ min: 0, max: 10 }),
      range: fc.integer({ min: 0, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "idle" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "wait" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "clear" as const }) },
);

/** Live allowed rows, each with its own score, in order, and as many as there are. */
function expectSound(hits: SegmentHits, oracle: Oracle, query: Float32Array, count: number, allowed?: Set<number>) {
  expect(hits.rowIds.length).toBe(count);
  for (let i = 0; i < count; i++) {
    const id = hits.rowIds[i]!;
    const vector = oracle.rows.get(id);
    expect(vector).toBeDefined();
    expect(allowed?.has(id) ?? true).toBe(true);
    const score = scoreOf(oracle.metric, query, vector!);
    expect(Math.abs(hits.scores[i]! - score)).toBeLessThan(1e-4 * (1 + Math.abs(score)));
    if (i === 0) continue;
    const [before, here] = [hits.scores[i - 1]!, hits.scores[i]!];
    if (before === here) expect(hits.rowIds[i - 1]!).toBeLessThan(id);
    else expect(oracle.metric === "L2" ? before < here : before > here).toBe(true);
  }
}

interface Tally {
  found: number;
  wanted: number;
}

function search(
  segment: VectorSegment,
  oracle: Oracle,
  change: Step & { kind: "search" },
  next: () => number,
  tally: Tally,
) {
  const query = Float32Array.from({ length: DIMENSION }, () => next() * 4 - 2);
  let allowed: Set<number> | undefined;
  let filter: PreparedFilter | undefined;
  if (change.every > 0) {
    allowed = new Set(oracle.ids().filter(() => next() * 10 < change.every));
    filter = segment.prepare(Float64Array.from(allowed));
    expect(filter.count).toBe(allowed.size);
  }
  const request = { k: change.k, ef: 12, ...(filter === undefined ? {} : { filter }) };
  const truth = oracle.search(query, 1e9, allowed);
  const count = Math.min(change.k, truth.length);
  const exact = segment.search(asBytes(query), { ...request, exact: true });
  expectSound(exact, oracle, query, count, allowed);
  const hits = segment.search(asBytes(query), request);
  expectSound(hits, oracle, query, count, allowed);
  const best = new Set(exact.rowIds);
  for (const id of hits.rowIds) if (best.has(id)) tally.found++;
  tally.wanted += count;
  if (count === 0) return;
  const last = exact.scores[count - 1]!;
  const within = segment.within(asBytes(query), last, filter);
  expect(Array.from(within.rowIds.slice(0, count))).toEqual(Array.from(exact.rowIds));
  expect(within.scores.at(-1)).toBe(last);
  if (change.range === 0) return;
  // All that lie strictly better than the last, and with an inner bound only those that are no better than the first.
  const inner = change.range > 1 ? { rangeFilter: exact.scores[0]! } : {};
  const ranged = segment.search(asBytes(query), { ...request, exact: true, radius: last, ...inner });
  const expected = Array.from(exact.rowIds).filter((_, i) => exact.scores[i] !== last);
  expect(Array.from(ranged.rowIds)).toEqual(expected);
}

describe.each(INDEXES)("%s through any sequence of changes", (index) => {
  it.each(["L2", "IP", "COSINE"] as const)("keeps the contract, %s", async (metric: PlainMetric) => {
    const tally: Tally = { found: 0, wanted: 0 };
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(step, { minLength: 5, maxLength: 25 }), async (seed, steps) => {
        const store = createVectorStore({ index, exactBelow: 300, partRows: 2500 });
        const options = segmentOptions(DIMENSION, metric, "graph");
        const segment = store.createSegment(options);
        const oracle = new Oracle(metric);
        const next = random(seed);
        let id = 0;
        for (const change of steps) {
          if (change.kind === "append") {
            const ids = new Float64Array(change.count);
            const data = new Float32Array(change.count * DIMENSION);
            for (let i = 0; i < change.count; i++) {
              id += 1 + Math.floor(next() * 3);
              ids[i] = id;
              const vector = Float32Array.from({ length: DIMENSION }, () => next() * 4 - 2);
              data.set(vector, i * DIMENSION);
              oracle.rows.set(id, vector);
            }
            segment.append(ids, asBytes(data));
          } else if (change.kind === "remove") {
            const gone = oracle.ids().filter((_, i) => i % 10 < change.every);
            expect(segment.remove(Float64Array.of(0, ...gone, id + 1))).toBe(gone.length);
            for (const rowId of gone) oracle.rows.delete(rowId);
          } else if (change.kind === "clear") {
            segment.clear();
            oracle.rows.clear();
          } else if (change.kind === "idle") await segment.idle();
          else if (change.kind === "wait") await new Promise((resolve) => setTimeout(resolve, 3));
          else search(segment, oracle, change, next, tally);
          expect(segment.size).toBe(oracle.rows.size);
        }
        await segment.idle();
        const progress = segment.progress();
        expect(progress).toMatchObject({ rows: oracle.rows.size, pending: 0, failReason: "", index });
        await store.close();
      }),
      { numRuns: RUNS },
    );
    // A narrow walk in six dimensions of random rows finds most.
    expect(tally.wanted).toBeGreaterThan(0);
    expect(tally.found / tally.wanted).toBeGreaterThan(0.9);
  });
});
