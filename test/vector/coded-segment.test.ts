import { describe, expect, it } from "vitest";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type { SegmentHits, VectorSegment } from "../../src/engine/vector/contract.js";
import { LongMeasure } from "../../src/engine/vector/lists/long-measure.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, clustered, Oracle, random, rowsOf, segmentOptions } from "./oracle.js";

const DIMENSION = 64;
const QUERIES = 30;

/** Puts rows into the segment, and where it reads their vectors from. */
function append(segment: VectorSegment, oracle: Oracle, from: number, data: Float32Array): void {
  const count = data.length / DIMENSION;
  for (let i = 0; i < count; i++) oracle.rows.set(from + i, data.subarray(i * DIMENSION, (i + 1) * DIMENSION));
  segment.append(rowsOf(from, count), asBytes(data));
}

async function coded(metric: PlainMetric, kind: "graph" | "exact" = "graph", rows = 3000) {
  const store = createVectorStore({ memory: "codes", exactBelow: 500, buildWorkers: 0 });
  const segment = store.createSegment(segmentOptions(DIMENSION, metric, kind, { m: 16 }));
  const oracle = new Oracle(metric);
  const data = clustered(rows, DIMENSION, 3);
  await segment.load(oracle, { aborted: false }, () => {});
  for (let i = 0; i < rows; i += 500) {
    append(segment, oracle, i + 1, data.subarray(i * DIMENSION, (i + 500) * DIMENSION));
  }
  await segment.idle();
  return { segment, oracle };
}

function queries(seed = 9): Float32Array[] {
  const all = clustered(QUERIES, DIMENSION, seed);
  return Array.from({ length: QUERIES }, (_, i) => all.slice(i * DIMENSION, (i + 1) * DIMENSION));
}

function expectTruth(hits: SegmentHits, truth: readonly { rowId: number; score: number }[]): void {
  expect(hits.rowIds).toEqual(truth.map(({ rowId }) => rowId));
  for (const [i, { score }] of truth.entries()) {
    expect(Math.abs(hits.scores[i]! - score)).toBeLessThan(1e-4 * (1 + Math.abs(score)));
  }
}

function share(segment: VectorSegment, oracle: Oracle, allowed?: ReadonlySet<number>): number {
  let hits = 0;
  let all = 0;
  const filter = allowed && segment.prepare(Float64Array.from(allowed));
  for (const query of queries()) {
    const found = segment.search(asBytes(query), { k: 10, ef: 40, ...(filter && { filter }) });
    const truth = oracle.search(query, 10, allowed);
    for (const { rowId, score } of truth) {
      const at = found.rowIds.indexOf(rowId);
      if (at < 0) continue;
      hits++;
      expect(found.scores[at]).toBeCloseTo(score, 3);
    }
    all += truth.length;
  }
  return hits / all;
}

describe.each(["L2", "IP", "COSINE"] as const)("a segment of eight-bit copies, %s", (metric) => {
  it("holds no vectors, finds the nearest through its graph, and the very nearest where that is asked for", async () => {
    const { segment, oracle } = await coded(metric);
    expect(segment.progress()).toMatchObject({ memory: "codes", graphRows: 3000, rows: 3000 });
    expect(share(segment, oracle)).toBeGreaterThan(0.97);
    for (const query of queries()) {
      expectTruth(segment.search(asBytes(query), { k: 12, ef: 1, exact: true }), oracle.search(query, 12));
    }
    segment.close();
  });

  it("filters exactly where few are allowed, cuts by distance, and tells ties", async () => {
    const { segment, oracle } = await coded(metric);
    const few = new Set(oracle.ids().filter((id) => id % 30 === 0));
    const many = new Set(oracle.ids().filter((id) => id % 3 !== 0));
    expect(share(segment, oracle, few)).toBe(1);
    expect(share(segment, oracle, many)).toBeGreaterThan(0.97);
    for (const query of queries()) {
      const [first, , , , fifth] = oracle.search(query, 5);
      const filter = segment.prepare(Float64Array.from(many));
      expectTruth(segment.search(asBytes(query), { k: 7, ef: 1, exact: true, filter }), oracle.search(query, 7, many));
      const exact = segment.search(asBytes(query), { k: 5, ef: 1, exact: true });
      const bounds = { radius: exact.scores[4]!, rangeFilter: exact.scores[1]! };
      const ranged = segment.search(asBytes(query), { k: 10, ef: 10, ...bounds });
      expect(ranged.rowIds).toEqual(exact.rowIds.slice(1, 4));
      expect(segment.within(asBytes(query), exact.scores[4]!).rowIds).toEqual(exact.rowIds);
      expect([exact.rowIds[0], exact.rowIds[4]]).toEqual([first!.rowId, fifth!.rowId]);
    }
    segment.close();
  });

  it("follows rows that come, go and are moved together", async () => {
    const { segment, oracle } = await coded(metric);
    const gone = oracle.ids().filter((id) => id % 2 === 0);
    expect(segment.remove(gone)).toBe(gone.length);
    for (const id of gone) oracle.rows.delete(id);
    await segment.idle();
    append(segment, oracle, 5001, clustered(300, DIMENSION, 44));
    expect(segment.progress()).toMatchObject({ memory: "codes", rows: 1800, tombstones: 0 });
    expect(share(segment, oracle)).toBeGreaterThan(0.97);
    for (const query of queries(44)) {
      expectTruth(segment.search(asBytes(query), { k: 9, ef: 1, exact: true }), oracle.search(query, 9));
    }
    segment.clear();
    oracle.rows.clear();
    append(segment, oracle, 9001, clustered(20, DIMENSION, 5));
    expect(segment.progress()).toMatchObject({ memory: "vectors", rows: 20 });
    expectTruth(segment.search(asBytes(queries()[0]!), { k: 30, ef: 1 }), oracle.search(queries()[0]!, 30));
    segment.close();
  });

  it("is exact without a graph", async () => {
    const { segment, oracle } = await coded(metric, "exact");
    expect(segment.progress()).toMatchObject({ memory: "codes", graphRows: 0 });
    for (const query of queries()) {
      expectTruth(segment.search(asBytes(query), { k: 10, ef: 1 }), oracle.search(query, 10));
    }
    // A query far outside of the data, and a vector that is none.
    const far = Float32Array.from({ length: DIMENSION }, (_, i) => 20 * (i % 3));
    expectTruth(segment.search(asBytes(far), { k: 10, ef: 1 }), oracle.search(far, 10));
    expect(() => segment.append(rowsOf(7000, 1), asBytes(far.fill(Number.NaN)))).toThrow("not a finite number");
    segment.close();
  });
});

describe("a segment of eight-bit copies", () => {
  it("finds equal vectors, and those that its copies hold exactly, in the order of their rows", async () => {
    const store = createVectorStore({ memory: "codes", exactBelow: 500 });
    const segment = store.createSegment(segmentOptions(DIMENSION, "L2", "exact"));
    const oracle = new Oracle("L2");
    await segment.load(oracle, { aborted: false }, () => {});
    const next = random(12);
    const few = Float32Array.from({ length: 50 * DIMENSION }, () => Math.floor(next() * 3) - 1);
    for (let i = 0; i < 1000; i += 50) append(segment, oracle, i + 1, few);
    expect(segment.progress().memory).toBe("codes");
    for (let i = 0; i < 50; i++) {
      const query = few.subarray(i * DIMENSION, (i + 1) * DIMENSION);
      expectTruth(segment.search(asBytes(query.slice()), { k: 50, ef: 1, exact: true }), oracle.search(query, 50));
    }
    await store.close();
  });

  it("reads many vectors in slices, and keeps what was read for the search that comes again", async () => {
    const { segment, oracle } = await coded("L2", "exact");
    const query = asBytes(queries()[0]!);
    let reads = 0;
    const read = oracle.vectorsOf.bind(oracle);
    const counting = Object.assign(oracle, {
      vectorsOf(rowIds: readonly number[]) {
        reads += rowIds.length;
        return read(rowIds);
      },
    });
    await segment.idle();
    const fresh = createVectorStore({ memory: "codes", exactBelow: 500 }).createSegment(segment.options);
    await fresh.load(counting, { aborted: false }, () => {});
    let long: unknown;
    try {
      fresh.search(query, { k: 2500, ef: 1 });
    } catch (error) {
      long = error;
    }
    expect(long).toBeInstanceOf(LongMeasure);
    let pauses = 0;
    await (long as LongMeasure).inSlices(async () => {
      // Another search in between.
      fresh.search(asBytes(queries()[1]!), { k: 3, ef: 1 });
      return ++pauses > 0;
    });
    reads = 0;
    const hits = fresh.search(query, { k: 2500, ef: 1 });
    expect(reads).toBe(0);
    expect(pauses).toBeGreaterThan(10);
    const truth = oracle.search(queries()[0]!, 2500);
    for (const [i, { score }] of truth.entries()) expect(hits.scores[i]).toBeCloseTo(score, 4);
    (long as LongMeasure).done();
    expect(() => fresh.search(query, { k: 2500, ef: 1 })).toThrow(LongMeasure);
    fresh.close();
    segment.close();
  });

  it("gives itself up when the data leaves its scale, and takes a new one when it is read anew", async () => {
    const { segment, oracle } = await coded("L2");
    const wide = Float32Array.from(clustered(1000, DIMENSION, 8), (number) => number * 20);
    expect(() => append(segment, oracle, 6001, wide)).toThrow("does not fit");
    segment.close();
    const again = createVectorStore({ memory: "codes", exactBelow: 500, buildWorkers: 0 }).createSegment(
      segment.options,
    );
    await again.load(oracle, { aborted: false }, () => {});
    for (const query of queries()) {
      expectTruth(again.search(asBytes(query), { k: 5, ef: 1, exact: true }), oracle.search(query, 5));
    }
    again.close();
  });

  it("stays whole where copies would be too coarse, and where there are none", async () => {
    const store = createVectorStore({ memory: "codes", exactBelow: 100 });
    const segment = store.createSegment(segmentOptions(DIMENSION, "L2", "exact"));
    const oracle = new Oracle("L2");
    await segment.load(oracle, { aborted: false }, () => {});
    // One number is far larger than the differences of all others.
    const next = random(2);
    append(
      segment,
      oracle,
      1,
      Float32Array.from({ length: 400 * DIMENSION }, (_, i) => (i === 0 ? 1e6 : next() * 1e-3)),
    );
    expect(segment.progress().memory).toBe("vectors");
    const narrow = store.createSegment(segmentOptions(20, "L2", "exact"));
    narrow.append(rowsOf(1, 500), asBytes(clustered(500, 20, 1)));
    expect(narrow.progress().memory).toBe("vectors");
    await store.close();
  });
});
