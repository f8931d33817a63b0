import type { MetricType } from "../../model/collection.js";

/** Where a score lies between 0 and 1, by metric. */

/** A distance as a similarity in (0, 1]. */
export function closeness(distance: number): number {
  return 1 - (2 * Math.atan(distance)) / Math.PI;
}

/** A score of any metric in [0, 1], larger is better (`norm_score: true`). */
export function normalised(metric: MetricType, score: number): number {
  switch (metric) {
    case "COSINE":
      return (1 + score) / 2;
    case "IP":
    case "MHJACCARD":
      return 0.5 + Math.atan(score) / Math.PI;
    case "BM25":
      return (2 * Math.atan(score)) / Math.PI;
    default:
      return closeness(score);
  }
}

/** Fused scores are rounded half up, in double precision. */
export function roundFusedScore(score: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.floor(score * scale + 0.5) / scale;
}
