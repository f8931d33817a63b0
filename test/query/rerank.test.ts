import { describe, expect, it } from "vitest";
import type { MetricType } from "../../src/engine/model/collection.js";
import { type Decay, decayFactor } from "../../src/engine/query/rerank/decay.js";
import { type Fusion, fuse, type RankedHits, reciprocalRank, weightedSum } from "../../src/engine/query/rerank/fuse.js";
import { randomScore } from "../../src/engine/query/rerank/random-score.js";
import { normalised, roundFusedScore } from "../../src/engine/query/rerank/scores.js";

function list(metric: MetricType, text: string): RankedHits<number> {
  const pairs = text.split(" ").map((pair) => pair.split(":").map(Number) as [number, number]);
  return { metric, hits: pairs.map(([id]) => id), scores: pairs.map(([, score]) => score) };
}

const A = list("COSINE", "1:0.9 2:0.8 3:0.7");
const B = list("BM25", "3:5 1:2 4:1");
const C = list("L2", "2:0.5 4:1.5 1:3");
const D = list("L2", "4:0.25 2:2 3:2.6");
const asInnerProduct: RankedHits<number> = { ...B, metric: "IP" };

function fused(lists: readonly RankedHits<number>[], fusion: Fusion): string {
  const hits = fuse(
    lists,
    fusion,
    (id) => id,
    (a, b) => a - b,
  );
  return hits.map(({ hit, score }) => `${hit}:${Number(score.toFixed(6))}`).join(" ");
}

function weighted(lists: readonly RankedHits<number>[], norm: boolean): string {
  const metrics = lists.map((l) => l.metric);
  return fused(lists, weightedSum([0.6, 0.4], norm, metrics));
}

describe("fusing lists of hits", () => {
  it("by reciprocal rank", () => {
    expect(fused([A, B], reciprocalRank(60))).toBe("1:0.032522 3:0.032266 2:0.016129 4:0.015873");
    expect(fused([A, B], reciprocalRank(10))).toBe("1:0.174242 3:0.167832 2:0.083333 4:0.076923");
    expect(fused([A, B], reciprocalRank(20, [0.9, 0.2]))).toBe("1:0.051948 3:0.048654 2:0.040909 4:0.008696");
  });

  it("by weighted scores", () => {
    expect(weighted([A, B], false)).toBe("3:2.42 1:1.34 2:0.48 4:0.4");
    expect(weighted([A, B], true)).toBe("3:0.859734 1:0.851933 2:0.54 4:0.2");
    expect(weighted([A, asInnerProduct], true)).toBe("1:0.910967 3:0.884867 2:0.54 4:0.3");
    expect(weighted([A, C], false)).toBe("2:0.761933 1:0.621933 3:0.42 4:0.149734");
    expect(weighted([A, C], true)).toBe("2:0.821933 1:0.651933 3:0.51 4:0.149734");
    expect(weighted([C, D], true)).toBe("4:0.562217 2:0.540967 1:0.1229 3:0.0935");
  });

  it("puts the smallest first when every score is a distance, as a server does", () => {
    expect(weighted([C, D], false)).toBe("4:1 3:1.04 2:1.1 1:1.8");
  });

  it("orders equal scores by key", () => {
    expect(fused([list("IP", "7:1"), list("IP", "2:1")], reciprocalRank(60))).toBe("2:0.016393 7:0.016393");
  });
});

describe("scores", () => {
  it.each<[MetricType, number, number]>([
    ["COSINE", 0.9, 0.95],
    ["IP", 5, 0.937167],
    ["BM25", 5, 0.874334],
    ["L2", 0.5, 0.704833],
    ["JACCARD", 0, 1],
  ])("%s %d lies at %d between 0 and 1", (metric, score, expected) => {
    expect(normalised(metric, score)).toBeCloseTo(expected, 6);
  });

  it("of a fusion are rounded half up", () => {
    expect([roundFusedScore(-2.5, 0), roundFusedScore(2.5, 0)]).toEqual([-2, 3]);
  });
});

describe("decay", () => {
  const first: Omit<Decay, "function"> = { origin: 100, scale: 20, offset: 10, decay: 0.5 };
  const second: Omit<Decay, "function"> = { origin: 100, scale: 20, offset: 0, decay: 0.3 };
  const xs = [100, 110, 115, 120, 130, 150];
  const ys = [100, 90, 80, 60];
  it.each([
    ["gauss", first, xs, [1, 1, 0.9576, 0.8409, 0.5, 0.0625]],
    ["exp", first, xs, [1, 1, 0.8409, 2 ** -0.5, 0.5, 0.25]],
    ["linear", first, xs, [1, 1, 0.875, 0.75, 0.5, 0.5]],
    ["gauss", second, ys, [1, 0.7401, 0.3, 0.0081]],
    ["exp", second, ys, [1, 0.5477, 0.3, 0.09]],
    ["linear", second, ys, [1, 0.65, 0.3, 0.3]],
  ] as const)("%s %j", (shape, decay, values, factors) => {
    for (const [i, value] of values.entries()) {
      expect(decayFactor({ ...decay, function: shape }, value)).toBeCloseTo(factors[i] as number, 4);
    }
  });
});

it("the random score of a key and a seed is always the same", () => {
  expect([1n, 2n, 3n].map((key) => Number(randomScore(key, 126n).toFixed(6)))).toEqual([0.033239, 0.02982, 0.930428]);
});
