import { codeKey, codeOf, encodeQuery } from "./codes";
import { distance, keyOf } from "./distance";
import { popMax, pushMax, replaceMax, sortHeap } from "./heap";
import { bit, codeStride, GRAPH_ROWS, refresh, TOMB_COUNT, TOMBS, vectorOf } from "./layout";
import { gather } from "./scan";
import { filterArea, query, results } from "./searcher";
import { rerank } from "./walk";

/** Rows between a touch and its use. */
const AHEAD: usize = 6;

let kept: u32 = 0;
export function keptCodeTouches(): u32 {
  return kept;
}

/**
 * The `k` nearest of the `count` rows listed (ascending) in the filter area: the `breadth` nearest by their eight-bit
 * copies, ordered by the true distances. A list of rows that lie apart costs one memory access per cache line, and a copy
 * has a quarter of them. Rows without a copy are compared exactly. Needs room for `breadth` results.
 */
export function gatherByCodes(k: u32, breadth: u32, count: u32): u32 {
  refresh();
  if (k == 0) return 0;
  if (codeStride == 0 || !encodeQuery(query)) return gather(k, -Infinity, Infinity, count);
  let limit = atomic.load<u32>(GRAPH_ROWS);
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let R = results, n: u32 = 0, acc: u32 = 0;
  let p = filterArea, end = p + (<usize>count << 2);
  let worst: u64 = u64.MAX_VALUE;
  for (; p < end; p += 4) {
    let row = load<u32>(p);
    if (row >= limit) break;
    let ahead = p + (AHEAD << 2);
    if (ahead < end) {
      let later = load<u32>(ahead);
      if (later < limit) {
        let t = codeOf(later), e = t + codeStride;
        for (; t < e; t += 64) acc ^= load<u32>(t);
      }
    }
    if (tombs != 0 && bit(tombs, row)) continue;
    let key = codeKey(codeOf(row), row);
    if (key >= worst) continue;
    if (n < breadth) pushMax(R, n++, key);
    else replaceMax(R, n, key);
    if (n == breadth) worst = load<u64>(R);
  }
  kept = acc;
  rerank(R, n, query);
  while (n > k) popMax(R, --n);
  for (; p < end; p += 4) {
    let row = load<u32>(p);
    if (tombs != 0 && bit(tombs, row)) continue;
    let key = keyOf(distance(vectorOf(row), query), row);
    if (n < k) pushMax(R, n++, key);
    else if (key < load<u64>(R)) replaceMax(R, n, key);
  }
  sortHeap(R, n);
  return n;
}
