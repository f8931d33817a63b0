// Exact nearest neighbours by squared Euclidean distance, in plain JavaScript: the yardstick for the recall.
import { DIMENSION } from "./mnist.mjs";

/**
 * The ids of the `k` base images nearest to each query, as sets in the order of the queries.
 */
export function exactNeighbours(base, queries, k) {
  const rows = new Float32Array(base.length * DIMENSION);
  for (const [at, { vector }] of base.entries()) rows.set(vector, at * DIMENSION);
  const query = new Float32Array(DIMENSION);
  const distances = new Float64Array(base.length);
  return queries.map(({ vector }) => {
    query.set(vector);
    for (let row = 0; row < base.length; row++) {
      const offset = row * DIMENSION;
      let sum = 0;
      for (let d = 0; d < DIMENSION; d++) {
        const difference = rows[offset + d] - query[d];
        sum += difference * difference;
      }
      distances[row] = sum;
    }
    const order = Array.from(base.keys()).sort((a, b) => distances[a] - distances[b] || base[a].id - base[b].id);
    return new Set(order.slice(0, k).map((row) => base[row].id));
  });
}
