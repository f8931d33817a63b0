import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type { SegmentHits, VectorIndexName, VectorSegment } from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, clustered, INDEXES, Oracle, random, rowsOf, segmentOptions } from "./oracle.js";

const METRICS: readonly PlainMetric[] = ["L2", "IP", "COSINE"];

function expectHits(hits: SegmentHits, expected: readonly { rowId: number; score: number }[], tolerance = 1e-4) {
  expect(hits.rowIds.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(hits.scores[i]! - expected[i]!.score)).toBeLessThan(tolerance * (1 + Math.abs(expected[i]!.score)));
  }
  expect(new Set(hits.rowIds).size).toBe(hits.rowIds.length);
}

/** Hits are ordered by score, and equal scores by row id. */
function expectOrder(hits: SegmentHits, metric: PlainMetric) {
  for (let i = 1; i < hits.rowIds.length; i++) {
    const [a, b] = [hits.scores[i - 1]!, hits.scores[i]!];
    if (a === b) expect(hits.rowIds[i - 1]!).toBeLessThan(hits.rowIds[i]!);
    else expect(metric === "L2" ? a < b : a > b).toBe(true);
  }
}

const VARIANTS = INDEXES.flatMap((index) => METRICS.map((metric) => ({ index, metric })));
/** hnswlib has no exact segments; below the limit its graph segments are scanned. */
const kindOf = (index: VectorIndexName) => (index === "kernel" ? "exact" : "graph");

describe.each(VARIANTS)("$index, $metric, without a graph", ({ index, metric }) => {
  it.each([2, 3, 7, 16, 33, 48, 100, 128, 1000, 32768])("finds what the oracle finds at dimension %i", (dimension) => {
    const store = createVectorStore({ index });
    const segment = store.createSegment(segmentOptions(dimension, metric, kindOf(index)));
    const n = dimension > 1000 ? 40 : 500;
    const data = clustered(n, dimension, dimension);
    const oracle = new Oracle(metric);
    for (let i = 0; i < n; i++) oracle.rows.set(i * 3 + 1, data.slice(i * dimension, (i + 1) * dimension));
    segment.append(
      Float64Array.from({ length: n }, (_, i) => i * 3 + 1),
      asBytes(data),
    );
    expect(segment.size).toBe(n);
    const queries = clustered(5, dimension, 99);
    for (let q = 0; q < 5; q++) {
      const query = queries.slice(q * dimension, (q + 1) * dimension);
      for (const k of [1, 10, n, n + 100]) {
        const hits = segment.search(asBytes(query), { k, ef: 10 });
        expectHits(hits, oracle.search(query, k));
        expectOrder(hits, metric);
      }
    }
    segment.close();
  });

  it("agrees with the oracle through any sequence of changes", () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 80 }) }),
      fc.record({ kind: fc.constant("remove" as const), every: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ kind: fc.constant("search" as const), k: fc.integer({ min: 1, max: 40 }) }),
      fc.record({
        kind: fc.constant("filtered" as const),
        k: fc.integer({ min: 1, max: 40 }),
        every: fc.integer({ min: 1, max: 9 }),
      }),
      fc.record({ kind: fc.constant("within" as const), k: fc.integer({ min: 1, max: 20 }) }),
      fc.constant({ kind: "clear" as const }),
    );
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 2, max: 40 }),
        fc.array(command, { maxLength: 25 }),
        (seed, dimension, commands) => {
          const store = createVectorStore({ index });
          const segment = store.createSegment(segmentOptions(dimension, metric, kindOf(index)));
          const oracle = new Oracle(metric);
          const next = random(seed);
          // Small whole numbers: scores are exact, ties abound.
          const vector = () => Float32Array.from({ length: dimension }, () => Math.floor(next() * 5) - 2);
          let id = 1;
          for (const c of commands) {
            if (c.kind === "append") {
              const ids = new Float64Array(c.count);
              const data = new Float32Array(c.count * dimension);
              for (let i = 0; i < c.count; i++) {
                id += 1 + Math.floor(next() * 3);
                ids[i] = id;
                const v = vector();
                data.set(v, i * dimension);
                oracle.rows.set(id, v);
              }
              segment.append(ids, asBytes(data));
            } else if (c.kind === "remove") {
              const gone = oracle.ids().filter((_, i) => i % 10 < c.every);
              expect(segment.remove(Float64Array.of(0, ...gone, id + 1))).toBe(gone.length);
              expect(segment.remove(gone)).toBe(0);
              for (const g of gone) oracle.rows.delete(g);
            } else if (c.kind === "clear") {
              segment.clear();
              oracle.rows.clear();
            } else if (c.kind === "within") {
              const query = vector();
              const best = segment.search(asBytes(query), { k: c.k, ef: 10 });
              if (best.rowIds.length === 0) continue;
              const score = best.scores[best.scores.length - 1]!;
              const hits = segment.within(asBytes(query), score);
              expect(Array.from(hits.rowIds.slice(0, best.rowIds.length))).toEqual(Array.from(best.rowIds));
              expect(hits.scores[hits.scores.length - 1]).toBe(score);
              const next = segment.search(asBytes(query), { k: hits.rowIds.length + 1, ef: 10 });
              if (next.rowIds.length > hits.rowIds.length) expect(next.scores[hits.rowIds.length]).not.toBe(score);
            } else {
              const query = vector();
              let allowed: Set<number> | undefined;
              if (c.kind === "filtered") {
                allowed = new Set();
                for (let i = 0; i < id + 5; i++) if (next() * 10 < c.every) allowed.add(i);
              }
              const filter = allowed && segment.prepare(Float64Array.from(allowed));
              const expected = oracle.search(query, c.k, allowed);
              const hits = segment.search(asBytes(query), { k: c.k, ef: 10, ...(filter ? { filter } : {}) });
              if (filter) expect(filter.count).toBe(oracle.search(query, 1e9, allowed).length);
              expectHits(hits, expected);
              expectOrder(hits, metric);
              if (metric !== "COSINE") expect(Array.from(hits.rowIds)).toEqual(expected.map((h) => h.rowId));
            }
            expect(segment.size).toBe(oracle.rows.size);
          }
          segment.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps to the range: the outer bound is exclusive, the inner one inclusive", () => {
    const store = createVectorStore({ index });
    const segment: VectorSegment = store.createSegment(segmentOptions(2, metric, kindOf(index)));
    // Scores against [1, 0]: L2 0, 1, 4, 9...; inner product 1, 2, 3...; cosine 1.
    const n = 20;
    segment.append(
      rowsOf(1, n),
      asBytes(Float32Array.from({ length: n * 2 }, (_, i) => (i % 2 === 0 ? 1 + i / 2 : 0))),
    );
    const query = Float32Array.of(1, 0);
    const ids = (radius?: number, rangeFilter?: number) =>
      Array.from(
        segment.search(asBytes(query), {
          k: 100,
          ef: 10,
          ...(radius === undefined ? {} : { radius }),
          ...(rangeFilter === undefined ? {} : { rangeFilter }),
        }).rowIds,
      );
    if (metric === "L2") {
      expect(ids(9)).toEqual([1, 2, 3]);
      expect(ids(9.5, 4)).toEqual([3, 4]);
      expect(ids(0)).toEqual([]);
    } else if (metric === "IP") {
      expect(ids(17)).toEqual([20, 19, 18]);
      expect(ids(16, 18)).toEqual([18, 17]);
      expect(ids(20)).toEqual([]);
    } else {
      expect(ids(0.5)).toHaveLength(20);
      expect(ids(1)).toEqual([]);
    }
  });
});

describe.each(INDEXES)("%s, without a graph", (index) => {
  it("gives a zero vector the cosine similarity 0, and never more than 1", () => {
    const segment = createVectorStore({ index }).createSegment(segmentOptions(3, "COSINE", kindOf(index)));
    segment.append(rowsOf(1, 3), asBytes(Float32Array.of(0, 0, 0, 0.1, 0.7, 0.3, -1, -7, -3)));
    const hits = segment.search(asBytes(Float32Array.of(0.1, 0.7, 0.3)), { k: 3, ef: 1 });
    expect(Array.from(hits.rowIds)).toEqual([2, 1, 3]);
    expect(hits.scores[0]).toBeLessThanOrEqual(1);
    expect(hits.scores[0]).toBeGreaterThan(0.999999);
    expect(hits.scores[1]).toBe(0);
    expect(hits.scores[2]).toBeGreaterThanOrEqual(-1);
    expect(Array.from(segment.search(asBytes(new Float32Array(3)), { k: 3, ef: 1 }).scores)).toEqual([0, 0, 0]);
  });

  it("scales huge and tiny vectors without losing their direction", () => {
    const segment = createVectorStore({ index }).createSegment(segmentOptions(2, "COSINE", kindOf(index)));
    segment.append(rowsOf(1, 2), asBytes(Float32Array.of(3e38, 0, 0, 1e-38)));
    const hits = segment.search(asBytes(Float32Array.of(0, 2e38)), { k: 2, ef: 1 });
    expect(Array.from(hits.rowIds)).toEqual([2, 1]);
    expect(hits.scores[0]).toBeCloseTo(1, 6);
  });

  it("puts rows whose distance overflows last, and still returns them", () => {
    const segment = createVectorStore({ index }).createSegment(segmentOptions(2, "L2", kindOf(index)));
    segment.append(rowsOf(1, 3), asBytes(Float32Array.of(3e38, 3e38, 1, 1, -3e38, 0)));
    const hits = segment.search(asBytes(Float32Array.of(0, 0)), { k: 3, ef: 1 });
    expect(Array.from(hits.rowIds)).toEqual([2, 1, 3]);
    expect(hits.scores[2]).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses what is not finite, has a wrong length or goes back, and keeps what it had", () => {
    const segment = createVectorStore({ index }).createSegment(segmentOptions(4, "L2", kindOf(index)));
    segment.append(rowsOf(5, 2), asBytes(new Float32Array(8)));
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => segment.append(rowsOf(10, 2), asBytes(Float32Array.of(1, 2, 3, 4, 1, 2, bad, 4)))).toThrow(
        /row 1.*finite/,
      );
      expect(() => segment.search(asBytes(Float32Array.of(1, bad, 0, 0)), { k: 1, ef: 1 })).toThrow(/finite/);
    }
    expect(() => segment.append(rowsOf(10, 2), asBytes(new Float32Array(7)))).toThrow(/length/);
    expect(() => segment.append(rowsOf(6, 1), asBytes(new Float32Array(4)))).toThrow(/rise/);
    expect(() => segment.append(Float64Array.of(2 ** 60), asBytes(new Float32Array(4)))).toThrow(/rise/);
    expect(() => segment.search(asBytes(new Float32Array(3)), { k: 1, ef: 1 })).toThrow(/bytes of the query vector/);
    for (const k of [0, -1, 1.5, Number.NaN]) {
      expect(() => segment.search(asBytes(new Float32Array(4)), { k, ef: 1 })).toThrow(/top-k/);
    }
    expect(segment.size).toBe(2);
    expect(Array.from(segment.search(asBytes(new Float32Array(4)), { k: 9, ef: 1 }).rowIds)).toEqual([5, 6]);
  });

  it("takes row ids beyond 32 bits", () => {
    const segment = createVectorStore({ index }).createSegment(segmentOptions(2, "L2", kindOf(index)));
    const base = 2 ** 40;
    segment.append(rowsOf(base, 3), asBytes(Float32Array.of(0, 0, 1, 0, 2, 0)));
    expect(segment.remove(Float64Array.of(5, base + 1))).toBe(1);
    const filter = segment.prepare(Float64Array.of(base + 1, base + 2));
    expect(filter.count).toBe(1);
    expect(Array.from(segment.search(asBytes(Float32Array.of(0, 0)), { k: 5, ef: 1, filter }).rowIds)).toEqual([
      base + 2,
    ]);
  });

  it("spreads over several memories when one is full, with the same answers", () => {
    const store = createVectorStore({ index, partRows: 100 });
    const segment = store.createSegment(segmentOptions(8, "L2", kindOf(index)));
    const oracle = new Oracle("L2");
    const data = clustered(1050, 8, 3);
    for (let i = 0; i < 1050; i++) oracle.rows.set(i + 1, data.slice(i * 8, i * 8 + 8));
    segment.append(rowsOf(1, 30), asBytes(data.subarray(0, 240)));
    segment.append(rowsOf(31, 1020), asBytes(data.subarray(240)));
    const gone = rowsOf(95, 20);
    segment.remove(gone);
    for (const g of gone) oracle.rows.delete(g);
    const query = clustered(1, 8, 4);
    const allowed = new Set(oracle.ids().filter((id) => id % 3 === 0));
    expectHits(segment.search(asBytes(query), { k: 150, ef: 1 }), oracle.search(query, 150));
    const filter = segment.prepare(Float64Array.from(allowed));
    expect(filter.count).toBe(allowed.size);
    expectHits(segment.search(asBytes(query), { k: 150, ef: 1, filter }), oracle.search(query, 150, allowed));
    const score = oracle.search(query, 150).at(-1)!.score;
    expect(segment.within(asBytes(query), score * 1.0001).rowIds.length).toBeGreaterThanOrEqual(150);
    expect(segment.size).toBe(1030);
  });

  it("loads from its source and keeps what changes meanwhile", async () => {
    const store = createVectorStore({ index });
    const segment = store.createSegment(segmentOptions(256, "IP", kindOf(index)));
    const oracle = new Oracle("IP");
    const data = clustered(30000, 16, 8);
    for (let i = 0; i < 30000; i++) {
      const v = new Float32Array(256);
      v.set(data.subarray(i * 16, i * 16 + 16));
      oracle.rows.set(i + 1, v);
    }
    const all = oracle.ids();
    // A cheap source: the oracle's own sorts at each call.
    const source = {
      count: () => oracle.count(),
      rowIds: (after: number, limit: number) => oracle.rowIds(after, limit),
      read: (after: number, limit: number) => oracle.readRows(all.filter((id) => id > after).slice(0, limit)),
    };
    const seen: number[] = [];
    const loading = segment.load(source, { aborted: false }, (f) => seen.push(f));
    await new Promise((resolve) => setImmediate(resolve));
    // A row that was read already, and one that was not.
    for (const id of [1, 30000]) {
      oracle.rows.delete(id);
      segment.remove(Float64Array.of(id));
    }
    await loading;
    expect(segment.size).toBe(29998);
    expect(seen.at(-1)).toBe(1);
    const query = new Float32Array(256).fill(0.1);
    expectHits(segment.search(asBytes(query), { k: 20, ef: 1 }), oracle.search(query, 20));
    segment.close();
    expect(() => segment.search(asBytes(query), { k: 1, ef: 1 })).toThrow(/closed/);
  });

  it("stops loading when told to", async () => {
    const store = createVectorStore({ index });
    const segment = store.createSegment(segmentOptions(4, "L2", kindOf(index)));
    const oracle = new Oracle("L2");
    oracle.rows.set(1, new Float32Array(4));
    await segment.load(oracle, { aborted: true }, () => {});
    expect(segment.size).toBe(0);
  });
});
