import { describe, expect, it } from "vitest";
import { roundScore } from "../../src/engine/query/round-score.js";

/** Values of real servers: half away from zero, of the float32 product. */
describe("round_decimal", () => {
  it.each([
    [2.5, 0, 3],
    [-2.5, 0, -3],
    [0.125, 2, 0.13],
    [2.675, 2, 2.68],
    [-0.125, 0, -0],
    [0.1, 6, 0.1],
    [1.23456789, 3, 1.235],
    [3.4028234663852886e38, 6, 3.4028234663852886e38],
    [123456792, 6, 123456792],
  ])("rounds %d to %i decimals: %d", (score, decimals, rounded) => {
    expect(roundScore(Math.fround(score), decimals)).toBe(Math.fround(rounded));
  });
});
