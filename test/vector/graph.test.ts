import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type { VectorSegment, VectorStore, VectorStoreOptions } from "../../src/engine/vector/contract.js";
import type { Segment } from "../../src/engine/vector/segment.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, clustered, INDEXES, rowsOf, segmentOptions } from "./oracle.js";

const stores: VectorStore[] = [];
function open(options: VectorStoreOptions = {}): VectorStore {
  const store = createVectorStore({ exactBelow: 1000, ...options });
  stores.push(store);
  return store;
}
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

/** Share of the exact answers that a search finds. */
function recall(segment: VectorSegment, queries: Float32Array, k: number, ef: number, more = {}): number {
  const { dimension } = segment.options;
  let found = 0;
  let wanted = 0;
  for (let q = 0; q < queries.length; q += dimension) {
    const query = queries.subarray(q, q + dimension);
    const exact = segment.search(asBytes(query), { k, ef, exact: true, ...more });
    const hits = segment.search(asBytes(query), { k, ef, ...more });
    expect(hits.rowIds.length).toBe(exact.rowIds.length);
    const set = new Set(exact.rowIds);
    for (const id of hits.rowIds) if (set.has(id)) found++;
    wanted += exact.rowIds.length;
  }
  return found / wanted;
}

const N = 6000;
const D = 24;

const BUILDS: readonly [string, VectorStoreOptions][] = [
  ["the kernel in a worker", { buildWorkers: 2 }],
  ["the kernel on the calling thread", { buildWorkers: 0 }],
  ...(INDEXES.includes("hnswlib") ? [["hnswlib", { index: "hnswlib" }] as [string, VectorStoreOptions]] : []),
];

describe.each(BUILDS)("a graph built by %s", (_name, options) => {
  it.each(["L2", "IP", "COSINE"] as const)("finds nearly what an exact scan finds, %s", async (metric: PlainMetric) => {
    const segment = open(options).createSegment(segmentOptions(D, metric, "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 1)));
    // Searchable at once, exactly.
    expect(recall(segment, clustered(3, D, 2), 10, 20)).toBe(1);
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: N, graphRows: N, growingRows: 0, pending: 0, failReason: "" });
    const queries = clustered(60, D, 2);
    expect(recall(segment, queries, 10, 40)).toBeGreaterThan(0.95);
    expect(recall(segment, queries, 1, 40)).toBeGreaterThan(0.95);
  });

  it("takes rows over while they keep coming, and forgets the deleted ones", async () => {
    const segment = open(options).createSegment(segmentOptions(D, "L2", "graph"));
    const data = clustered(3 * N, D, 3);
    segment.append(rowsOf(1, N), asBytes(data.subarray(0, N * D)));
    for (let i = N; i < 3 * N; i += 1000) {
      segment.append(rowsOf(1 + i, 1000), asBytes(data.subarray(i * D, (i + 1000) * D)));
      expect(segment.remove(rowsOf(i - 10, 100))).toBe(100);
      const hits = segment.search(asBytes(data.subarray(i * D, (i + 1) * D)), { k: 5, ef: 20 });
      // Row i + 1 was just deleted; whatever is found is live.
      for (const id of hits.rowIds) expect(id < i - 10 || id >= i + 90).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await segment.idle();
    const progress = segment.progress();
    expect(progress.failReason).toBe("");
    expect(progress.rows).toBe(3 * N - 1200);
    // What is not worth a build stays exact.
    expect(progress.growingRows).toBeLessThan(500);
    expect(recall(segment, clustered(60, D, 4), 10, 40)).toBeGreaterThan(0.95);
  });
});

describe("eight-bit copies", () => {
  const wide = 64;

  it.each([48, 64, 100])(
    "walks on eight-bit copies and answers with true distances, dimension %i",
    async (dimension) => {
      for (const metric of ["L2", "IP", "COSINE"] as const) {
        const segment = open().createSegment(segmentOptions(dimension, metric, "graph", { m: 16 }));
        segment.append(rowsOf(1, N), asBytes(clustered(N, dimension, 31)));
        await segment.idle();
        expect((segment as Segment).parts[0]!.coded).toBe(true);
        const queries = clustered(40, dimension, 32);
        expect(recall(segment, queries, 10, 40)).toBeGreaterThan(0.95);
        const hits = segment.search(asBytes(queries.subarray(0, dimension)), { k: 10, ef: 300 });
        const exact = segment.search(asBytes(queries.subarray(0, dimension)), { k: 10, ef: 10, exact: true });
        expect(Array.from(hits.scores)).toEqual(Array.from(exact.scores));
      }
    },
  );

  it("are not used where they are too coarse", async () => {
    const segment = open().createSegment(segmentOptions(wide, "L2", "graph"));
    const data = clustered(N, wide, 33);
    // One dimension spans a range in which the others vanish, but tells no neighbours apart.
    for (let i = 0; i < N; i++) data[i * wide] = i % 2 === 0 ? 1e4 : -1e4;
    segment.append(rowsOf(1, N), asBytes(data));
    await segment.idle();
    expect((segment as Segment).parts[0]!.coded).toBe(false);
    const queries = clustered(40, wide, 34);
    for (let q = 0; q < 40; q++) queries[q * wide] = 1e4;
    expect(recall(segment, queries, 10, 40)).toBeGreaterThan(0.9);
  });

  it("are given up when later rows lie beyond their scale", async () => {
    const segment = open().createSegment(segmentOptions(wide, "IP", "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, wide, 35)));
    await segment.idle();
    expect((segment as Segment).parts[0]!.coded).toBe(true);
    segment.append(rowsOf(N + 1, N), asBytes(clustered(N, wide, 36).map((x) => x * 50)));
    await segment.idle();
    expect((segment as Segment).parts[0]!.coded).toBe(false);
    expect(recall(segment, clustered(40, wide, 37), 10, 40)).toBeGreaterThan(0.9);
  });

  it("do without for constant rows", async () => {
    const segment = open().createSegment(segmentOptions(wide, "L2", "graph"));
    segment.append(rowsOf(1, N), asBytes(new Float32Array(N * wide).fill(3)));
    await segment.idle();
    const hits = segment.search(asBytes(new Float32Array(wide).fill(3)), { k: 10, ef: 20 });
    expect(hits.rowIds.length).toBe(10);
    expect(Array.from(hits.scores)).toEqual(new Array(10).fill(0));
  });

  it("find neighbours of a query outside the rows", async () => {
    const segment = open().createSegment(segmentOptions(wide, "L2", "graph", { m: 16 }));
    segment.append(rowsOf(1, N), asBytes(clustered(N, wide, 38)));
    await segment.idle();
    const queries = clustered(40, wide, 39).map((x, i) => (i % wide < 3 ? x + 3 : x));
    expect(recall(segment, queries, 10, 100)).toBeGreaterThan(0.95);
  });
});

describe.each(INDEXES)("%s, with a graph", (index) => {
  it("gives complete and mostly exact answers under any filter", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 5)));
    await segment.idle();
    const queries = clustered(20, D, 6);
    for (const every of [1, 2, 3, 10, 100, 3000, 7000]) {
      const ids = rowsOf(1, N).filter((id) => id % every === 0);
      const filter = segment.prepare(ids);
      expect(filter.count).toBe(ids.length);
      for (const k of [1, 10, 200]) {
        expect(recall(segment, queries, k, 40, { filter }) || 1).toBeGreaterThan(0.95);
      }
      const hits = segment.search(asBytes(queries.subarray(0, D)), { k: 200, ef: 40, filter });
      for (const id of hits.rowIds) expect(id % every).toBe(0);
    }
  });

  it("answers a filter whose rows are far from the query", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
    const data = clustered(N, D, 7, 4);
    // Every second row is moved far away.
    for (let i = 0; i < N; i += 2) for (let j = 0; j < D; j++) data[i * D + j]! += 50;
    segment.append(rowsOf(0, N), asBytes(data));
    await segment.idle();
    const filter = segment.prepare(rowsOf(0, N).filter((id) => id % 2 === 0));
    expect(recall(segment, clustered(20, D, 8, 4), 10, 20, { filter })).toBeGreaterThan(0.95);
  });

  it("compacts when many rows are deleted, keeping what changes meanwhile", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
    const data = clustered(N + 2000, D, 9);
    segment.append(rowsOf(1, N), asBytes(data.subarray(0, N * D)));
    await segment.idle();
    const filter = segment.prepare(rowsOf(1, N + 2000).filter((id) => id % 2 === 1));
    const before = segment.progress().memoryBytes;
    segment.remove(rowsOf(1, N).filter((id) => id % 3 === 0));
    // While the worker copies: rows go and come.
    await new Promise((resolve) => setTimeout(resolve, 30));
    segment.remove(rowsOf(1, 500));
    segment.append(rowsOf(N + 1, 2000), asBytes(data.subarray(N * D)));
    segment.remove(rowsOf(N + 1, 10));
    const live = rowsOf(1, N + 2000).filter((id) => id > 500 && (id > N || id % 3 !== 0) && (id <= N || id > N + 10));
    expect(segment.size).toBe(live.length);
    await segment.idle();
    const progress = segment.progress();
    expect(progress.tombstones).toBeLessThan(600);
    expect(progress.memoryBytes).toBeLessThan(before * 1.3);
    expect(segment.size).toBe(live.length);
    const all = segment.search(asBytes(data.subarray(0, D)), { k: N * 2, ef: 10, exact: true });
    expect(Array.from(all.rowIds).sort((a, b) => a - b)).toEqual(Array.from(live));
    expect(filter.count).toBe(live.filter((id) => id % 2 === 1).length);
    expect(recall(segment, clustered(40, D, 10), 10, 40)).toBeGreaterThan(0.95);
    expect(recall(segment, clustered(40, D, 10), 10, 40, { filter })).toBeGreaterThan(0.95);
  });

  it("compacts exact rows too", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "IP", "exact"));
    segment.append(rowsOf(1, 20000), asBytes(clustered(20000, D, 11)));
    segment.remove(rowsOf(1, 15000));
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: 5000, tombstones: 0, graphRows: 0 });
    expect(segment.search(asBytes(new Float32Array(D)), { k: 9, ef: 1 }).rowIds[0]).toBe(15001);
    segment.remove(rowsOf(1, 20000));
    expect(segment.size).toBe(0);
    expect(segment.search(asBytes(new Float32Array(D)), { k: 9, ef: 1 }).rowIds.length).toBe(0);
    segment.append(rowsOf(30000, 1), asBytes(new Float32Array(D)));
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: 1, tombstones: 0 });
  });

  it("starts anew after clear, also while a build runs", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 12)));
    await new Promise((resolve) => setTimeout(resolve, 60));
    segment.clear();
    expect(segment.size).toBe(0);
    segment.append(rowsOf(N + 1, N), asBytes(clustered(N, D, 13)));
    await segment.idle();
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: N, graphRows: N });
    expect(recall(segment, clustered(20, D, 14), 10, 40)).toBeGreaterThan(0.95);
  });

  it("never builds below the limit, and never for FLAT", async () => {
    const store = open({ index });
    const small = store.createSegment(segmentOptions(D, "L2", "graph"));
    const flat = store.createSegment(segmentOptions(D, "L2", "exact"));
    small.append(rowsOf(1, 999), asBytes(clustered(999, D, 15)));
    flat.append(rowsOf(1, N), asBytes(clustered(N, D, 15)));
    await small.idle();
    await flat.idle();
    expect(small.progress()).toMatchObject({ graphRows: 0, pending: 0 });
    expect(flat.progress()).toMatchObject({ graphRows: 0, pending: 0 });
  });

  it("builds several segments side by side and can be closed in the middle", async () => {
    const store = open({ index });
    const segments = Array.from({ length: 4 }, () => store.createSegment(segmentOptions(D, "L2", "graph")));
    for (const segment of segments) segment.append(rowsOf(1, N), asBytes(clustered(N, D, 16)));
    expect(segments[0]!.progress().pending).toBe(N);
    segments[3]!.close();
    await segments[0]!.idle();
    await store.close();
    expect(() => segments[1]!.append(rowsOf(N + 1, 1), asBytes(new Float32Array(D)))).toThrow(/closed/);
  });

  it.each(["L2", "IP", "COSINE"] as const)(
    "takes rows at the ends of the float range, and equal ones, %s",
    async (metric) => {
      const huge = Float32Array.from({ length: N * D }, (_, i) => (i % 7 === 0 ? 3e38 : i % 5 === 0 ? -3e38 : 1e-40));
      const rows = { huge, zero: new Float32Array(N * D), equal: new Float32Array(N * D).fill(-1.5) };
      for (const [name, data] of Object.entries(rows)) {
        const segment = open({ index }).createSegment(segmentOptions(D, metric, "graph"));
        segment.append(rowsOf(1, N), asBytes(data));
        await segment.idle();
        expect(segment.progress()).toMatchObject({ rows: N, graphRows: N, failReason: "" });
        const query = asBytes(data.subarray(0, D));
        const hits = segment.search(query, { k: 10, ef: 40 });
        expect([name, hits.rowIds.length, new Set(hits.rowIds).size]).toEqual([name, 10, 10]);
        expect(hits.scores.every((score) => !Number.isNaN(score))).toBe(true);
        if (name === "huge") continue;
        const exact = segment.search(query, { k: 10, ef: 40, exact: true });
        expect(Array.from(hits.scores)).toEqual(Array.from(exact.scores));
      }
    },
  );

  it("links equal input equally", async () => {
    const answers: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
      segment.append(rowsOf(1, N), asBytes(clustered(N, D, 17)));
      await segment.idle();
      answers.push(Array.from(segment.search(asBytes(clustered(1, D, 18)), { k: 50, ef: 50 }).rowIds));
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it("leaves no file behind without a snapshot folder", async () => {
    const folder = mkdtempSync(`${tmpdir()}/elanus-test-`);
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    try {
      const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
      segment.append(rowsOf(1, N), asBytes(clustered(N, D, 19)));
      await segment.idle();
      expect(segment.progress().graphRows).toBe(N);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps recall after half the rows were replaced twice", async () => {
    const segment = open({ index }).createSegment(segmentOptions(D, "L2", "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 20)));
    await segment.idle();
    let next = N + 1;
    for (let round = 0; round < 2; round++) {
      const hits = segment.search(asBytes(new Float32Array(D)), { k: N, ef: 1, exact: true });
      const live = Float64Array.from(hits.rowIds).sort();
      segment.remove(live.filter((_, i) => i % 2 === 0));
      segment.append(rowsOf(next, N / 2), asBytes(clustered(N / 2, D, 21 + round)));
      next += N / 2;
      await segment.idle();
    }
    expect(segment.size).toBe(N);
    expect(recall(segment, clustered(60, D, 20), 10, 40)).toBeGreaterThan(0.95);
  });
});
