import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SegmentOptions, SegmentSearch, VectorSource } from "../../src/engine/vector/contract.js";
import { SparseSegment } from "../../src/engine/vector/sparse/sparse-segment.js";
import { random } from "./oracle.js";

type Entries = ReadonlyMap<number, number>;

function bytesOf(entries: Entries): Uint8Array {
  const sorted = [...entries].sort(([a], [b]) => a - b);
  const view = new DataView(new ArrayBuffer(sorted.length * 8));
  for (const [i, [index, value]] of sorted.entries()) {
    view.setUint32(i * 8, index, true);
    view.setFloat32(i * 8 + 4, value, true);
  }
  return new Uint8Array(view.buffer);
}

const options = (metric: "IP" | "BM25", bm25 = { k1: 1.2, b: 0.75 }): SegmentOptions => ({
  type: "SparseFloatVector",
  dimension: 0,
  vectorBytes: 0,
  metric,
  kind: "exact",
  m: 0,
  efConstruction: 0,
  bm25,
  key: { collectionId: 1, partitionId: 1, fieldId: 1 },
});

/** A segment and the plain truth beside it. */
class Twin {
  readonly segment: SparseSegment;
  readonly rows = new Map<number, Entries>();
  readonly #metric: "IP" | "BM25";
  #next = 1;

  constructor(metric: "IP" | "BM25" = "IP") {
    this.#metric = metric;
    this.segment = new SparseSegment(options(metric), () => {});
  }

  append(batch: readonly Entries[]): void {
    const ids = batch.map(() => this.#next++);
    this.segment.append(Float64Array.from(ids), batch.map(bytesOf));
    for (const [i, id] of ids.entries()) this.rows.set(id, batch[i] as Entries);
  }

  remove(ids: readonly number[]): void {
    const known = ids.filter((id) => this.rows.delete(id)).length;
    expect(this.segment.remove(Float64Array.from(ids))).toBe(known);
  }

  get averageLength(): number {
    const { documents, totalLength } = this.segment.termStatistics(new Uint32Array());
    return Math.max(1, totalLength / Math.max(1, documents));
  }

  /** Scores of all hits, best first, ties by row id. */
  plain(query: Entries, allowed: (id: number) => boolean = () => true): [number, number][] {
    const average = this.averageLength;
    const hits: [number, number][] = [];
    for (const [id, entries] of this.rows) {
      if (!allowed(id)) continue;
      const length = [...entries.values()].reduce((sum, value) => sum + value, 0);
      let score = 0;
      for (const [index, weight] of [...query].sort(([a], [b]) => a - b)) {
        const value = entries.get(index) ?? 0;
        if (value === 0) continue;
        score +=
          this.#metric === "IP"
            ? weight * value
            : (weight * (value * 2.2)) / (value + 1.2 * 0.25 + ((1.2 * 0.75) / average) * length);
      }
      if (Math.fround(score) > 0) hits.push([id, Math.fround(score)]);
    }
    return hits.sort(([a, x], [b, y]) => y - x || a - b);
  }

  found(query: Entries, request: Partial<SegmentSearch> & { k: number }): [number, number][] {
    const hits = this.segment.search(bytesOf(query), { ef: 0, averageLength: this.averageLength, ...request });
    return Array.from(hits.rowIds, (id, i) => [id, hits.scores[i] as number]);
  }
}

const rounded = (hits: readonly (readonly [number, number])[]) => hits.map(([id, s]) => [id, Number(s.toPrecision(5))]);
const float = fc.integer({ min: 0, max: 40 }).map((n) => Math.fround(n / 8));
const entries = fc
  .uniqueArray(fc.tuple(fc.constantFrom(0, 1, 2, 3, 5, 8, 1000, 4294967294), float), {
    selector: ([index]) => index,
    maxLength: 6,
  })
  .map((pairs): Entries => new Map(pairs));
const query = entries.map((map): Entries => new Map([...map].filter(([, value]) => value > 0)));

describe("a sparse segment", () => {
  it.each(["IP", "BM25"] as const)("answers like a plain computation, whatever comes and goes (%s)", (metric) => {
    const step = fc.oneof(
      fc.record({ append: fc.array(entries, { maxLength: 8 }) }),
      fc.record({ remove: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), query, fc.integer({ min: 1, max: 12 }), (steps, q, k) => {
        const twin = new Twin(metric);
        for (const s of steps) {
          if ("append" in s) twin.append(s.append);
          else twin.remove(s.remove);
        }
        expect(twin.segment.size).toBe(twin.rows.size);
        expect(rounded(twin.found(q, { k }))).toEqual(rounded(twin.plain(q).slice(0, k)));
        const odd = [...twin.rows.keys()].filter((id) => id % 2 === 1);
        const filter = twin.segment.prepare(Float64Array.from(odd));
        expect(filter.count).toBe(odd.length);
        expect(rounded(twin.found(q, { k, filter }))).toEqual(rounded(twin.plain(q, (id) => id % 2 === 1).slice(0, k)));
        const all = twin.plain(q);
        const middle = all[Math.floor(all.length / 2)];
        if (middle !== undefined && metric === "IP") {
          expect(twin.found(q, { k: 100, radius: middle[1] })).toEqual(all.filter(([, score]) => score > middle[1]));
          expect(twin.found(q, { k: 100, radius: -1, rangeFilter: middle[1] })).toEqual(
            all.filter(([, score]) => score <= middle[1]),
          );
          const { rowIds } = twin.segment.within(bytesOf(q), middle[1]);
          expect([...rowIds]).toEqual(all.filter(([, score]) => score >= middle[1]).map(([id]) => id));
        }
      }),
    );
  });

  /** Many rows, so that windows are sealed: frequent terms become dense lists, rare ones stay pairs. */
  function filled(metric: "IP" | "BM25", rows: number): Twin {
    const twin = new Twin(metric);
    const next = random(7);
    const row = (): Entries =>
      new Map(
        Array.from({ length: 12 }, () => [
          Math.floor(400 * next() ** 3),
          metric === "IP" ? Math.fround(next()) : 1 + Math.floor(3 * next()),
        ]),
      );
    for (let from = 0; from < rows; from += 500) twin.append(Array.from({ length: 500 }, row));
    return twin;
  }

  it.each(["IP", "BM25"] as const)("is exact over sealed windows, filtered or not (%s)", (metric) => {
    const twin = filled(metric, 20_000);
    const next = random(11);
    for (let round = 0; round < 25; round++) {
      const q: Entries = new Map(
        Array.from({ length: 1 + round }, () => [Math.floor(420 * next() ** 2), Math.fround(0.05 + next())]),
      );
      expect(rounded(twin.found(q, { k: 10 }))).toEqual(rounded(twin.plain(q).slice(0, 10)));
      const step = [2, 3, 400, 5000][round % 4] as number;
      const some = (id: number) => id % step === 0;
      const filter = twin.segment.prepare(Float64Array.from([...twin.rows.keys()].filter(some)));
      expect(rounded(twin.found(q, { k: 10, filter }))).toEqual(rounded(twin.plain(q, some).slice(0, 10)));
      twin.remove(Array.from({ length: 40 }, () => 1 + Math.floor(20_000 * next())));
    }
  });

  it("follows an average length that grows after windows were sealed", () => {
    const twin = filled("BM25", 9000);
    const long = (): Entries => new Map(Array.from({ length: 60 }, (_, i) => [1000 + i, 3]));
    twin.append(Array.from({ length: 4000 }, long));
    const q: Entries = new Map([
      [1, 1],
      [7, 0.4],
      [200, 2],
    ]);
    expect(rounded(twin.found(q, { k: 20 }))).toEqual(rounded(twin.plain(q).slice(0, 20)));
  });

  it("is exact while it grows, whatever the values, and for every number of hits", () => {
    for (const spread of [0, 3, 12]) {
      const twin = new Twin("IP");
      const next = random(5 + spread);
      const value = () => Math.fround(10 ** ((next() - 0.5) * spread));
      const row = (): Entries =>
        new Map(Array.from({ length: 8 }, () => [Math.floor(60 * next() ** 2), value()] as const));
      for (let step = 0; step < 14; step++) {
        twin.append(Array.from({ length: 170 + 90 * step }, row));
        const q: Entries = new Map(
          Array.from({ length: 1 + 5 * step }, () => [Math.floor(64 * next() ** 2), value()] as const),
        );
        for (const k of [1, 25, 20_000]) {
          const [found, all] = [twin.found(q, { k }), twin.plain(q).slice(0, k)];
          expect(found.length).toBe(all.length);
          // Sums of numbers that differ widely may differ in their last digits, and with them the order.
          for (const [i, [, score]] of found.entries()) expect(score / (all[i]?.[1] as number)).toBeCloseTo(1, 5);
        }
      }
    }
  });

  it("counts living rows by term", () => {
    const twin = new Twin("BM25");
    twin.append([
      new Map([[1, 2]]),
      new Map([
        [1, 1],
        [2, 5],
      ]),
      new Map(),
    ]);
    twin.remove([1]);
    const { documents, totalLength, rowsWith } = twin.segment.termStatistics(Uint32Array.of(1, 2, 3));
    expect({ documents, totalLength, rowsWith: [...rowsWith] }).toEqual({
      documents: 2,
      totalLength: 6,
      rowsWith: [1, 1, 0],
    });
  });

  it("is written anew when most rows are gone, while rows come and go", async () => {
    const twin = filled("IP", 12_000);
    const before = twin.segment.progress().memoryBytes;
    twin.remove(Array.from({ length: 9000 }, (_, i) => i + 1));
    const done = twin.segment.idle();
    await new Promise((resolve) => setImmediate(resolve));
    twin.append([new Map([[5, 9]])]);
    twin.remove([11_999, 9500]);
    await done;
    const { tombstones, memoryBytes } = twin.segment.progress();
    expect(tombstones).toBeLessThan(10);
    expect(memoryBytes).toBeLessThan(before / 2);
    const q: Entries = new Map([
      [5, 1],
      [30, 0.5],
    ]);
    expect(rounded(twin.found(q, { k: 15 }))).toEqual(rounded(twin.plain(q).slice(0, 15)));
  });

  it("is filled from a source in slices; what is appended meanwhile comes from the source", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i): Entries => new Map([[i % 7, 1 + (i % 5)]]));
    const source: VectorSource = {
      count: () => rows.length,
      rowIds: (after, limit) =>
        Float64Array.from(rows.keys())
          .filter((id) => id > after)
          .slice(0, limit),
      read(after, limit) {
        const rowIds = this.rowIds(after, limit);
        return { rowIds, vectors: Array.from(rowIds, (id) => bytesOf(rows[id] as Entries)) };
      },
    };
    const segment = new SparseSegment(options("IP"), () => {});
    const told: number[] = [];
    const loading = segment.load(source, { aborted: false }, (fraction) => told.push(fraction));
    segment.append(Float64Array.of(9999), [bytesOf(new Map([[1, 1]]))]);
    await loading;
    expect(segment.size).toBe(60_000);
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toBe(1);
    const { rowIds, scores } = segment.search(bytesOf(new Map([[3, 1]])), { k: 2, ef: 0 });
    expect([...rowIds]).toEqual([24, 59]);
    expect([...scores]).toEqual([5, 5]);
  });
});
