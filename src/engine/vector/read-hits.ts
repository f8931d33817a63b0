import { smallerIsNearer } from "../model/types/metrics.js";
import type { SegmentHits } from "./contract.js";
import type { Part } from "./part.js";
import { distanceOfKey } from "./part-search.js";

/**
 * Results of a part as rows and scores.
 *
 * @param keys pairs of ordinal and distance, best first
 * @param high those that are farther are left out
 */
export function readHits({ ids, geometry }: Part, keys: Uint32Array, high: number): SegmentHits {
  const ascending = smallerIsNearer(geometry.metric);
  let n = keys.length;
  while (n > 0 && distanceOfKey(keys[n - 1]!) > high) n -= 2;
  const rowIds: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < n; i += 2) {
    rowIds.push(ids[keys[i]!]!);
    const distance = distanceOfKey(keys[i + 1]!);
    scores.push(ascending ? distance : 0 - distance);
  }
  return { rowIds, scores };
}
