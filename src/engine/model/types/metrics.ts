/** Whether the scores of a metric are distances: the smaller, the nearer. */
export function smallerIsNearer(metric: string): boolean {
  return metric === "L2" || metric === "HAMMING" || metric === "JACCARD";
}
