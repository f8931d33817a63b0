import type { Metric, PlainMetric } from "./field-type.js";

const LISTS = "MAX_SIM";

/** Whether a metric compares lists of vectors: each of a query with the nearest one of a row, added up. */
export function comparesLists(metric: string): boolean {
  return metric.startsWith(LISTS);
}

/** What vectors are compared by, of a metric of lists too. */
export function plainMetric(metric: Metric): PlainMetric {
  if (!comparesLists(metric)) return metric as PlainMetric;
  return metric === LISTS ? "COSINE" : (metric.slice(LISTS.length + 1) as PlainMetric);
}

/** Whether the scores of a metric are distances: the smaller, the nearer. */
export function smallerIsNearer(metric: string): boolean {
  const plain = plainMetric(metric as Metric);
  return plain === "L2" || plain === "HAMMING" || plain === "JACCARD";
}
