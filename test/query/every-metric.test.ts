import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roundScore } from "../../src/engine/query/round-score.js";
import { Elanus, type QueryVector } from "../../src/index.js";

const DIM = 16;
const ROWS = 80;

type Pairs = Readonly<Record<string, number>>;
type Vector = number[] | Pairs;

/** The same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const next = random(7);
const list = (length: number, make: () => number) => Array.from({ length }, make);
const eighths = () => Math.round((next() * 2 - 1) * 16) / 8;

interface Kind {
  readonly type: string;
  readonly index: string;
  readonly metrics: readonly string[];
  /** Numbers that the type keeps as they are. */
  make(): Vector;
  /** As a request has it. */
  given?(vector: Vector): unknown;
}

const bits = () => list(DIM, () => Math.floor(next() * 2));
const KINDS: readonly Kind[] = [
  { type: "FloatVector", index: "FLAT", metrics: ["L2", "IP", "COSINE"], make: () => list(DIM, eighths) },
  { type: "FloatVector", index: "HNSW", metrics: ["L2", "IP", "COSINE"], make: () => list(DIM, eighths) },
  { type: "Float16Vector", index: "FLAT", metrics: ["L2", "IP", "COSINE"], make: () => list(DIM, eighths) },
  { type: "BFloat16Vector", index: "HNSW", metrics: ["L2", "IP", "COSINE"], make: () => list(DIM, eighths) },
  {
    type: "Int8Vector",
    index: "HNSW",
    metrics: ["L2", "IP", "COSINE"],
    make: () => list(DIM, () => Math.floor(next() * 21) - 10),
  },
  {
    type: "BinaryVector",
    index: "BIN_FLAT",
    metrics: ["HAMMING", "JACCARD"],
    make: bits,
    given: (vector) =>
      list(DIM / 8, () => 0).map((_, byte) =>
        (vector as number[]).slice(byte * 8, byte * 8 + 8).reduce((sum, bit, i) => sum + bit * 2 ** i, 0),
      ),
  },
  {
    type: "SparseFloatVector",
    index: "SPARSE_INVERTED_INDEX",
    metrics: ["IP"],
    make: () =>
      Object.fromEntries(list(6, () => Math.floor(next() * 12)).map((key) => [key, Math.round(next() * 8) / 4])),
  },
];

const CASES = KINDS.flatMap((kind) => kind.metrics.map((metric) => [kind.type, kind.index, metric, kind] as const));

function scoreOf(metric: string, a: Vector, b: Vector): number {
  const [x, y] = Array.isArray(a) && Array.isArray(b) ? [a, b] : dense(a as Pairs, b as Pairs);
  const sum = (of: (p: number, q: number) => number) => x.reduce((total, p, i) => total + of(p, y[i] as number), 0);
  const dot = sum((p, q) => p * q);
  switch (metric) {
    case "L2":
      return sum((p, q) => (p - q) ** 2);
    case "IP":
      return dot;
    case "COSINE":
      return dot / ((Math.hypot(...x) || 1) * (Math.hypot(...y) || 1));
    case "HAMMING":
      return sum((p, q) => Number(p !== q));
    default: {
      const union = sum((p, q) => Math.max(p, q));
      return union === 0 ? 1 : (union - dot) / union;
    }
  }
}

function dense(a: Pairs, b: Pairs): [number[], number[]] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return [keys.map((key) => a[key] ?? 0), keys.map((key) => b[key] ?? 0)];
}

describe.each(CASES)("%s, %s, %s", (type, indexType, metricType, kind) => {
  const vectors = Array.from({ length: ROWS }, () => kind.make());
  const query = kind.make();
  const given = kind.given ?? ((vector: Vector) => vector);
  const ascending = ["L2", "HAMMING", "JACCARD"].includes(metricType);
  const sparse = type === "SparseFloatVector";
  let db: Elanus;

  /** Ids and scores, best first, ties by key. */
  const reference = vectors
    .map((vector, id) => ({ id, group: id % 5, score: Math.fround(scoreOf(metricType, query, vector)) }))
    .filter(({ score }) => !sparse || score > 0)
    .sort((a, b) => (ascending ? a.score - b.score : b.score - a.score) || a.id - b.id);

  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({
      collectionName: "c",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "group", dataType: "Int8" },
          { fieldName: "v", dataType: type, elementTypeParams: sparse ? {} : { dim: DIM } },
        ],
      },
      indexParams: [{ fieldName: "v", indexName: "v", indexType, metricType }],
    });
    const data = vectors.map((vector, id) => ({ id, group: id % 5, v: given(vector) }));
    await db.entities.insert({ collectionName: "c", data });
  });
  afterAll(() => db.close());

  const search = async (more: object = {}) =>
    (await db.entities.search({ collectionName: "c", data: [given(query) as QueryVector], limit: ROWS, ...more })).map(
      ({ id, distance }) => [id, distance] as const,
    );
  /** Equal up to the last digits of a float32 sum; rows of scores that close may change places. */
  function expectHits(found: readonly (readonly [unknown, number])[], wanted: typeof reference): void {
    expect(found.map(([, score]) => score)).toHaveLength(wanted.length);
    for (const [i, [id, score]] of found.entries()) {
      expect(score).toBeCloseTo(wanted[i]?.score as number, 4);
      expect(score).toBeCloseTo(reference.find((row) => row.id === id)?.score as number, 4);
    }
  }

  it("ranks as plain arithmetic does", async () => {
    expectHits(await search(), reference);
    expectHits(await search({ limit: 5, offset: 3 }), reference.slice(3, 8));
  });

  it("keeps to a range: the outer bound excluded, the inner one included", async () => {
    const found = await search();
    // Bounds that are scores: what is at them decides.
    const [inner, outer] = [found[Math.floor(found.length / 4)], found[Math.floor(found.length / 2)]];
    const [better, worse] = [inner?.[1] as number, outer?.[1] as number];
    expect(better).not.toBe(worse);
    const outerOnly = found.filter(([, score]) => (ascending ? score < worse : score > worse));
    expect(await search({ searchParams: { radius: worse } })).toEqual(outerOnly);
    expect(await search({ searchParams: { params: { radius: worse, range_filter: better } } })).toEqual(
      outerOnly.filter(([, score]) => (ascending ? score >= better : score <= better)),
    );
    await expect(search({ searchParams: { radius: better, range_filter: worse } })).rejects.toThrow(
      "range_filter must",
    );
    await expect(search({ searchParams: { range_filter: better } })).rejects.toThrow("range_filter requires radius");
  });

  it("rounds its scores last", async () => {
    const found = await search();
    for (const decimals of [0, 1, 2, 6]) {
      const rounded = await search({ searchParams: { round_decimal: decimals } });
      expect(rounded.map(([id]) => id)).toEqual(found.map(([id]) => id));
      for (const [i, [, score]] of rounded.entries()) {
        expect(Math.fround(score)).toBe(roundScore(Math.fround(found[i]?.[1] as number), decimals));
      }
    }
    expect(await search({ searchParams: { round_decimal: -1 } })).toEqual(found);
    await expect(search({ searchParams: { round_decimal: 7 } })).rejects.toThrow("round_decimal [7] is invalid");
  });

  it("filters, and searches by the vectors of rows", async () => {
    expectHits(
      await search({ filter: "group in [1, 3]" }),
      reference.filter(({ group }) => group === 1 || group === 3),
    );
    const byRow = await db.entities.search({ collectionName: "c", ids: [7], limit: 1 });
    expect(byRow[0]?.distance).toBeCloseTo(
      Math.max(
        ...[7].map((id) =>
          best(
            vectors.map((v) => scoreOf(metricType, vectors[id] as Vector, v)),
            ascending,
          ),
        ),
      ),
      4,
    );
  });

  it("groups, unless its vectors are bits", async () => {
    const grouped = search({ groupingField: "group", limit: 3 });
    if (type === "BinaryVector") {
      await expect(grouped).rejects.toThrow("not support search_group_by operation based on binary vector column");
      return;
    }
    const firsts = reference.filter(({ group }, i) => reference.findIndex((row) => row.group === group) === i);
    expect((await grouped).map(([, score]) => score.toFixed(3))).toEqual(
      firsts.slice(0, 3).map(({ score }) => score.toFixed(3)),
    );
  });
});

function best(scores: readonly number[], ascending: boolean): number {
  return ascending ? Math.min(...scores) : Math.max(...scores);
}
