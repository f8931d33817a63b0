import { distance, keyOf } from "./distance";
import { popMax, popMin, pushMax, pushMin, replaceMax, sortHeap } from "./heap";
import { codeKey, codeOf, encodeQuery } from "./codes";
import { bit, codeStride, ENTRY, GRAPH_ROWS, linksOf, m, NONE, refresh, ROWS, TOMB_COUNT, TOMBS, touched, upperOf, vectorOf } from "./layout";
import { scanInto, sink } from "./scan";
import { beginWalk, CANDIDATES, candidates, filterArea, query, results, scratch, tag, visited } from "./searcher";

/** Distance key of a row, from its code or from its vector. */
// @ts-ignore
@inline export function nearness(row: u32, q: usize, coded: bool): u64 {
  return coded ? codeKey(codeOf(row), row) : keyOf(distance(vectorOf(row), q), row);
}

/** Greedy descent from the entry to just above `level`; returns the key (distance, row) it ends at. */
export function descend(entry: u32, top: u32, level: u32, q: usize, coded: bool): u64 {
  let current = entry;
  let best = nearness(current, q, coded);
  for (let l = top; l > level; l--) {
    let changed = true;
    while (changed) {
      changed = false;
      let p = <usize>load<u32>(upperOf(current));
      if (p == 0 || l > load<u32>(p)) break;
      p += 4 + <usize>(l - 1) * (<usize>m << 2);
      for (let i: u32 = 0; i < m; i++, p += 4) {
        let c = load<u32>(p);
        if (c == NONE) break;
        let key = nearness(c, q, coded);
        // Strictly nearer: the row number must not decide.
        if (key >> 32 < best >> 32) {
          best = key;
          current = c;
          changed = true;
        }
      }
    }
  }
  return best;
}

/**
 * The `k` nearest rows by a graph walk of breadth `ef` (>= k), the rows behind the graph scanned exactly; best first in
 * the result area (room for `ef` keys). The filter area holds the bits of the allowed rows.
 * `allowed`: rows the filter has, 0 without one. `options` 1: on the vectors themselves, not on their codes. Gives up with -1, and the caller scans instead, when the walk has
 * looked at more rows than a scan would, when it meets far fewer allowed rows than chance would have it (they are
 * elsewhere, and a walk that gets there late finds poor answers), or when the memory is full.
 */
export function search(k: u32, ef: u32, allowed: u32, options: u32): i32 {
  let rows = atomic.load<u32>(ROWS);
  let limit = atomic.load<u32>(GRAPH_ROWS);
  refresh();
  if (!beginWalk(rows)) return -1;
  let q = query, R = results, C = candidates, t = <u16>tag, marks = visited, list = scratch;
  let filter: usize = allowed ? filterArea : 0;
  let budget: u32 = allowed ? allowed + 2000 : 0xffffffff, passed: u32 = 0;
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let n: u32 = 0, nc: u32 = 0, acc: u32 = 0, spent: u32 = 0;
  let entry = atomic.load<u64>(ENTRY);
  if (entry != 0 && limit != 0) {
    let coded = codeStride != 0 && (options & 1) == 0 && encodeQuery(q);
    let lines = coded ? codeStride : touched;
    let start = descend(<u32>entry, <u32>(entry >> 32) - 1, 0, q, coded);
    let row = <u32>start;
    if (row < limit && (tombs == 0 || !bit(tombs, row)) && (filter == 0 || bit(filter, row))) pushMax(R, n++, start);
    pushMin(C, nc++, start);
    store<u16>(marks + (<usize>row << 1), t);
    let worst: u64 = n == ef ? load<u64>(R) : u64.MAX_VALUE;
    while (nc > 0) {
      let top = load<u64>(C);
      if (top > worst) break;
      popMin(C, --nc);
      let p = linksOf(<u32>top), end = p + (<usize>m << 3);
      let fresh = list;
      for (; p < end; p += 4) {
        let c = load<u32>(p);
        if (c == NONE) break;
        let v = marks + (<usize>c << 1);
        if (load<u16>(v) == t) continue;
        store<u16>(v, t);
        store<u32>(fresh, c);
        fresh += 4;
        // One load per cache line of what is read next: the lines come in parallel.
        let x = coded ? codeOf(c) : vectorOf(c), e = x + lines;
        for (; x < e; x += 64) acc ^= load<u32>(x);
      }
      spent += <u32>(fresh - list) >> 2;
      for (let f = list; f < fresh; f += 4) {
        let c = load<u32>(f);
        let key = nearness(c, q, coded);
        let mine = filter == 0 || bit(filter, c);
        if (mine) passed++;
        if (key >= worst) continue;
        if (nc < CANDIDATES) pushMin(C, nc++, key);
        if (!mine || c >= limit || (tombs != 0 && bit(tombs, c))) continue;
        if (n < ef) {
          pushMax(R, n++, key);
        } else {
          replaceMax(R, n, key);
        }
        if (n == ef) worst = load<u64>(R);
      }
      if (filter != 0 && spent > 400) {
        if (spent > budget || <u64>passed * 4 * rows < <u64>spent * allowed) return -1;
      }
    }
    if (coded) rerank(R, n, q);
    sinkIn(acc);
    while (n > k) popMax(R, --n);
  }
  if (limit < rows) n = scanInto(n, k, limit, rows, -Infinity, Infinity, filter, filter != 0 && <u64>allowed * 3 < rows);
  sortHeap(R, n);
  return n;
}

/** Puts the true distances in place of the approximate ones in a heap of `n` keys. */
export function rerank(R: usize, n: u32, q: usize): void {
  let acc: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let x = vectorOf(load<u32>(R + (<usize>i << 3))), e = x + touched;
    for (; x < e; x += 64) acc ^= load<u32>(x);
  }
  for (let i: u32 = 0; i < n; i++) {
    let row = load<u32>(R + (<usize>i << 3));
    pushMax(R, i, keyOf(distance(vectorOf(row), q), row));
  }
  sinkIn(acc);
}

let kept: u32 = 0;
function sinkIn(value: u32): void {
  kept = value ^ sink;
}
export function keptTouches(): u32 {
  return kept;
}
