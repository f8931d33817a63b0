import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DenseVectorType } from "../../src/engine/model/data-type.js";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import { denseType } from "../../src/engine/model/types/table.js";
import type { SegmentHits, VectorSegment } from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { random, rowsOf, scoreOf, segmentOptions } from "./oracle.js";

const RUNS = Number(process.env["ELANUS_VECTOR_RUNS"] ?? 25);

/** Numbers of a vector as the kernel must see them: each bit of a binary one. */
function widened(type: DenseVectorType, bytes: Uint8Array): ArrayLike<number> {
  if (type !== "BinaryVector") return denseType(type).codec.decode(bytes) as ArrayLike<number>;
  return Array.from(bytes, (byte) => [...byte.toString(2).padStart(8, "0")].map(Number)).flat();
}

function referenceScore(metric: PlainMetric, x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (metric !== "HAMMING" && metric !== "JACCARD") return scoreOf(metric, x, y);
  let differ = 0;
  let either = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] !== y[i]) differ++;
    if (x[i] === 1 || y[i] === 1) either++;
  }
  if (metric === "HAMMING") return differ;
  return either === 0 ? 1 : differ / either;
}

/** Vectors in stored form, with zero vectors and repeated ones among them. */
function someVectors(type: DenseVectorType, dimension: number, count: number, seed: number): Uint8Array[] {
  const next = random(seed);
  const size = denseType(type).bytesPerVector(dimension);
  const field = { name: "v", type, params: { dim: String(dimension) } };
  const scale = type === "BFloat16Vector" ? 10 ** Math.floor(next() * 30 - 15) : 1;
  const vectors: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const kind = next();
    if (kind < 0.05) vectors.push(new Uint8Array(size));
    else if (kind < 0.15 && i > 0) vectors.push(vectors[Math.floor(next() * i)]!.slice());
    else if (type === "BinaryVector" || type === "Int8Vector") {
      const dense = next();
      vectors.push(Uint8Array.from({ length: size }, () => (next() < dense ? Math.floor(next() * 256) : 0)));
    } else {
      const numbers = Array.from({ length: dimension }, () => (next() * 4 - 2) * scale);
      vectors.push(denseType(type).codec.encodeQuery(numbers, field));
    }
  }
  return vectors;
}

interface Rows {
  readonly type: DenseVectorType;
  readonly metric: PlainMetric;
  readonly dimension: number;
  readonly vectors: readonly Uint8Array[];
}

function makeSegment(rows: Rows, kind: "exact" | "graph", more = {}): VectorSegment {
  const { type, metric, dimension } = rows;
  const vectorBytes = denseType(type).bytesPerVector(dimension);
  const store = createVectorStore({ buildWorkers: 0, exactBelow: 100, ...more });
  return store.createSegment(segmentOptions(dimension, metric, kind, { type, vectorBytes }));
}

/** Each hit has its own score; no row that was left out is better than the worst of them. */
function expectExact(hits: SegmentHits, query: Uint8Array, rows: Rows, allowed: ReadonlySet<number>, k: number) {
  const { type, metric, vectors } = rows;
  const sign = ["IP", "COSINE"].includes(metric) ? -1 : 1;
  const x = widened(type, query);
  const length = Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
  const scores = new Map([...allowed].map((id) => [id, referenceScore(metric, x, widened(type, vectors[id - 1]!))]));
  expect(hits.rowIds.length).toBe(Math.min(k, allowed.size));
  const found = new Set(hits.rowIds);
  // A sum that cancels out is as exact as its terms are large.
  const terms = metric === "IP" ? length * longest(rows) : metric === "COSINE" ? 1 : 0;
  const slack = (score: number) => (metric === "HAMMING" ? 0 : 1e-6 * Math.max(10 * Math.abs(score), terms) + 1e-37);
  let worst = Number.NEGATIVE_INFINITY;
  for (const [i, id] of hits.rowIds.entries()) {
    const score = scores.get(id)!;
    expect(Math.abs(hits.scores[i]! - score)).toBeLessThanOrEqual(slack(score));
    worst = Math.max(worst, sign * score);
    if (i > 0 && hits.scores[i - 1] === hits.scores[i]) expect(hits.rowIds[i - 1]!).toBeLessThan(id);
  }
  if (found.size === allowed.size) return;
  for (const [id, score] of scores) {
    if (!found.has(id)) expect(sign * score).toBeGreaterThanOrEqual(worst - 2 * slack(worst));
  }
}

function longest({ type, vectors }: Rows): number {
  return Math.max(...vectors.map((v) => Math.sqrt(Array.from(widened(type, v)).reduce((sum, n) => sum + n * n, 0))));
}

const NUMBERS = ["Float16Vector", "BFloat16Vector", "Int8Vector"] as const;
const cases: readonly (readonly [DenseVectorType, PlainMetric])[] = [
  ...NUMBERS.flatMap((type) => (["L2", "IP", "COSINE"] as const).map((metric) => [type, metric] as const)),
  ["BinaryVector", "HAMMING"],
  ["BinaryVector", "JACCARD"],
];

describe.each(cases)("%s by %s", (type, metric) => {
  it("is what a plain computation of widened numbers says, filtered or not, with its bounds, after deletes", () => {
    fc.assert(
      fc.property(
        // The kernel has loops of their own for some lengths of bits.
        fc.oneof(fc.integer({ min: 1, max: 120 }), fc.constantFrom(64, 96, 128, 192)),
        fc.integer({ min: 1, max: 400 }),
        fc.integer(),
        (size, count, seed) => {
          const dimension = type === "BinaryVector" ? size * 8 : size + 1;
          const rows = { type, metric, dimension, vectors: someVectors(type, dimension, count, seed) };
          const segment = makeSegment(rows, "exact");
          segment.append(rowsOf(1, count), seed % 2 === 0 ? Buffer.concat(rows.vectors) : rows.vectors);
          const next = random(seed + 1);
          const live = new Set(rowsOf(1, count));
          for (const id of [...live]) if (next() < 0.1) live.delete(id);
          segment.remove(rowsOf(1, count).filter((id) => !live.has(id)));
          const queries = someVectors(type, dimension, 3, seed);
          for (const query of [...queries, rows.vectors[0]!, new Uint8Array(queries[0]!.length)]) {
            const k = 1 + Math.floor(next() * 30);
            expectExact(segment.search(query, { k, ef: k }), query, rows, live, k);
            const share = next();
            const allowed = new Set([...live].filter(() => next() < share));
            const filter = segment.prepare(Float64Array.from(allowed));
            expectExact(segment.search(query, { k, ef: k, filter }), query, rows, allowed, k);
            const all = segment.search(query, { k: count, ef: 1 });
            const bound = all.scores[Math.floor(next() * all.scores.length)];
            if (bound === undefined) continue;
            const smaller = !["IP", "COSINE"].includes(metric);
            const inside = [...all.scores].filter((score) => (smaller ? score < bound : score > bound)).length;
            expect(segment.search(query, { k: count, ef: 1, radius: bound }).rowIds.length).toBe(inside);
            const outer = segment.search(query, { k: count, ef: 1, rangeFilter: bound });
            expect(outer.rowIds.length).toBe([...all.scores].filter((s) => (smaller ? s >= bound : s <= bound)).length);
            expect(segment.within(query, bound).rowIds.length).toBe(
              all.rowIds.length - outer.rowIds.length + ties(all, bound),
            );
          }
          segment.close();
        },
      ),
      { numRuns: RUNS },
    );
  });
});

function ties(hits: SegmentHits, score: number): number {
  return [...hits.scores].filter((s) => s === score).length;
}

describe.each(NUMBERS.flatMap((type) => (["L2", "IP", "COSINE"] as const).map((metric) => [type, metric] as const)))(
  "a graph of %s by %s",
  (type, metric) => {
    it("finds at least 95 of 100 neighbours, each with its exact score", async () => {
      const dimension = 50;
      const count = 3000;
      const next = random(7);
      const field = { name: "v", type, params: { dim: String(dimension) } };
      const centres = Array.from({ length: 30 }, () => Array.from({ length: dimension }, () => next() * 100 - 50));
      const vectorOf = () => {
        const centre = centres[Math.floor(next() * 30)]!;
        const numbers = centre.map((c) => c + (next() + next() - 1) * 40);
        return denseType(type).codec.encodeQuery(type === "Int8Vector" ? numbers.map(Math.round) : numbers, field);
      };
      const vectors = Array.from({ length: count }, vectorOf);
      const segment = makeSegment({ type, metric, dimension, vectors }, "graph");
      segment.append(rowsOf(1, count), vectors);
      await segment.idle();
      expect(segment.progress().graphRows).toBe(count);
      let found = 0;
      for (let q = 0; q < 40; q++) {
        const query = vectorOf();
        const exact = segment.search(query, { k: 10, ef: 10, exact: true });
        const walked = segment.search(query, { k: 10, ef: 60 });
        const nearest = new Set(exact.rowIds);
        for (const [i, id] of walked.rowIds.entries()) {
          if (nearest.has(id)) found++;
          const score = referenceScore(metric, widened(type, query), widened(type, vectors[id - 1]!));
          expect(Math.abs(walked.scores[i]! - score)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score)));
        }
      }
      expect(found / 400).toBeGreaterThanOrEqual(0.95);
      segment.close();
    });
  },
);
