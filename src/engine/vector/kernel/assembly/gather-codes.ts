import { encodeQuery } from "./code-distance";
import { distance, keyOf } from "./distance";
import { popMax, pushMax, replaceMax, sortHeap } from "./heap";
import { bit, codeStride, GRAPH_ROWS, refresh, TOMB_COUNT, TOMBS, vectorOf } from "./layout";
import { gather } from "./scan";
import { beginWalk, filterArea, query, results, scratch } from "./searcher";
import { KEYS, keysOf, rerank } from "./walk";

/** Rows that are compared together: their memory is asked for at once. */
const PIECE: usize = 32;

/**
 * The `k` nearest of the `count` rows listed (ascending) in the filter area: the `breadth` nearest by their eight-bit
 * copies, ordered by the true distances. A list of rows that lie apart costs one memory access per cache line, and a copy
 * has a quarter of them. Rows without a copy are compared exactly. Needs room for `breadth` results.
 */
export function gatherByCodes(k: u32, breadth: u32, count: u32): u32 {
  refresh();
  if (k == 0) return 0;
  if (codeStride == 0 || !beginWalk(1) || !encodeQuery(query)) return gather(k, -Infinity, Infinity, count);
  let limit = atomic.load<u32>(GRAPH_ROWS);
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let R = results, n: u32 = 0, list = scratch, keys = scratch + KEYS;
  let p = filterArea, end = p + (<usize>count << 2);
  let worst: u64 = u64.MAX_VALUE;
  while (p < end && load<u32>(p) < limit) {
    let last = list;
    for (; p < end && last < list + (PIECE << 2); p += 4) {
      let row = load<u32>(p);
      if (row >= limit) break;
      store<u32>(last, row);
      if (tombs == 0 || !bit(tombs, row)) last += 4;
    }
    keysOf(list, last, keys, query, true);
    for (let f = keys, e = keys + ((last - list) << 1); f < e; f += 8) {
      let key = load<u64>(f);
      if (key >= worst) continue;
      if (n < breadth) pushMax(R, n++, key);
      else replaceMax(R, n, key);
      if (n == breadth) worst = load<u64>(R);
    }
  }
  n = rerank(R, n, n, query);
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
