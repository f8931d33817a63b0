import type { MetricType } from "../../model/collection.js";

/** What a score means, by metric: which way is better, and where it lies between 0 and 1. */

const SMALLER_IS_BETTER: ReadonlySet<string> = new Set(["L2", "HAMMING", "JACCARD"]);

export function smallerIsBetter(metric: MetricType | string): boolean {
  return SMALLER_IS_BETTER.has(metric);
}

/** A distance as a similarity in (0, 1]. */
export function closeness(distance: number): number {
  return 1 - (2 * Math.atan(distance)) / Math.PI;
}

/** A score of any metric in [0, 1], larger is better (`norm_score: true`). */
export function normalised(metric: MetricType | string, score: number): number {
  switch (metric) {
    case "COSINE":
      return (1 + score) / 2;
    case "IP":
      return 0.5 + Math.atan(score) / Math.PI;
    case "BM25":
      return (2 * Math.atan(score)) / Math.PI;
    default:
      return closeness(score);
  }
}

/**
 * Scores rounded at the end, without changing the order.
 *
 * @param decimals 0 to 6; half away from zero of the float32 product, as a search does it
 */
export function roundScore(score: number, decimals: number): number {
  const scale = 10 ** decimals;
  const product = Math.fround(Math.fround(score) * scale);
  const whole = Math.sign(product) * Math.floor(Math.abs(product) + 0.5);
  return Math.fround((Object.is(whole, 0) && score < 0 ? -0 : whole) / scale);
}

/** Fused scores are rounded half up, in double precision. */
export function roundFusedScore(score: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.floor(score * scale + 0.5) / scale;
}
