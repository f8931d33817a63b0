import { codePair, scanCodesInto } from "./coded-rows";
import { distance, keyOf } from "./distance";
import { popMax, popMin, pushMax, pushMin, replaceMax, sortHeap } from "./heap";
import { codeKey, codeKeys, encodeQuery } from "./code-distance";
import { bit, codeOf, codeStride, ENTRY, GRAPH_ROWS, holdsVectors, linksOf, m, NONE, refresh, ROWS, TOMB_COUNT, TOMBS, touched, upperOf, vectorOf } from "./layout";
import { scanInto, sink } from "./scan";
import { beginWalk, CANDIDATES, candidates, filterArea, query, results, scratch, tag, visited } from "./searcher";

/** Distance key of a row, from its code or from its vector. */
// @ts-ignore
@inline export function nearness(row: u32, q: usize, coded: bool): u64 {
  return coded ? codeKey(row) : keyOf(distance(vectorOf(row), q), row);
}

/** Where the keys of a list in the scratch area are put. */
export const KEYS: usize = 16384;

/** One load per cache line of what is compared next: the lines come in parallel. */
// @ts-ignore
@inline export function touch(list: usize, end: usize, coded: bool): u32 {
  let acc: u32 = 0;
  let lines = coded ? codeStride : touched;
  for (; list < end; list += 4) {
    let x = coded ? codeOf(load<u32>(list)) : vectorOf(load<u32>(list)), e = x + lines;
    for (; x < e; x += 64) acc ^= load<u32>(x);
  }
  return acc;
}

/** The keys of the rows in `[list, end)`, behind one another. */
export function keysOf(list: usize, end: usize, to: usize, q: usize, coded: bool): void {
  if (list == end) return;
  sinkIn(touch(list, end, coded));
  if (coded) return codeKeys(list, <u32>(end - list) >> 2, to);
  for (; list < end; list += 4, to += 8) store<u64>(to, keyOf(distance(vectorOf(load<u32>(list)), q), load<u32>(list)));
}

/** Puts those rows of the links `[p, end)` into the scratch area that no walk of this tag has seen. Returns the end of the list. */
export function unseen(p: usize, end: usize, list: usize): usize {
  let fresh = list, t = <u16>tag, marks = visited;
  for (; p < end; p += 4) {
    let c = load<u32>(p);
    if (c == NONE) break;
    let v = marks + (<usize>c << 1);
    // Without a branch: nobody could foresee it.
    store<u32>(fresh, c);
    fresh += <usize>(load<u16>(v) != t) << 2;
    store<u16>(v, t);
  }
  return fresh;
}

/** Greedy descent from the entry to just above `level`; returns the key (distance, row) it ends at. Uses up the marks of a walk. */
export function descend(entry: u32, top: u32, level: u32, q: usize, coded: bool): u64 {
  let best = nearness(entry, q, coded);
  let list = scratch, keys = scratch + KEYS;
  for (let l = top; l > level; l--) {
    let changed = true;
    while (changed) {
      changed = false;
      let p = <usize>load<u32>(upperOf(<u32>best));
      if (p == 0 || l > load<u32>(p)) break;
      p += 4 + <usize>(l - 1) * (<usize>m << 2);
      let end = unseen(p, p + (<usize>m << 2), list);
      keysOf(list, end, keys, q, coded);
      for (let k = keys, last = keys + ((end - list) << 1); k < last; k += 8) {
        // Strictly nearer: the row number must not decide.
        if (load<u64>(k) >> 32 < best >> 32) {
          best = load<u64>(k);
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
  let q = query, R = results, C = candidates, list = scratch, keys = scratch + KEYS;
  let filter: usize = allowed ? filterArea : 0;
  let budget: u32 = allowed ? allowed + 2000 : 0xffffffff, passed: u32 = 0;
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let n: u32 = 0, nc: u32 = 0, spent: u32 = 0;
  let entry = atomic.load<u64>(ENTRY);
  if (entry != 0 && limit != 0) {
    let coded = codeStride != 0 && (options & 1) == 0 && encodeQuery(q);
    let start = descend(<u32>entry, <u32>(entry >> 32) - 1, 0, q, coded);
    beginWalk(rows);
    let row = <u32>start;
    if (row < limit && (tombs == 0 || !bit(tombs, row)) && (filter == 0 || bit(filter, row))) pushMax(R, n++, start);
    pushMin(C, nc++, start);
    store<u16>(visited + (<usize>row << 1), <u16>tag);
    let worst: u64 = n == ef ? load<u64>(R) : u64.MAX_VALUE;
    while (nc > 0) {
      let top = load<u64>(C);
      if (top > worst) break;
      popMin(C, --nc);
      let p = linksOf(<u32>top);
      let fresh = unseen(p, p + (<usize>m << 3), list);
      // Two at a time: more of what is waited for is on its way at once.
      if (nc > 0 && load<u64>(C) <= worst) {
        p = linksOf(<u32>load<u64>(C));
        popMin(C, --nc);
        fresh = unseen(p, p + (<usize>m << 3), fresh);
      }
      let count = <u32>(fresh - list) >> 2;
      keysOf(list, fresh, keys, q, coded);
      spent += count;
      for (let f = keys, last = keys + (<usize>count << 3); f < last; f += 8) {
        let key = load<u64>(f), c = <u32>key;
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
    // Where the vectors are elsewhere the caller orders what is found.
    if (coded && holdsVectors) n = rerank(R, n, trueFor(k), q);
    while (n > k) popMax(R, --n);
  }
  if (limit < rows && !holdsVectors) n = encodeQuery(q) ? scanCodesInto(n, k, limit, rows, filter) : n;
  else if (limit < rows) n = scanInto(n, k, limit, rows, -Infinity, Infinity, filter, filter != 0 && <u64>allowed * 3 < rows);
  sortHeap(R, n);
  return n;
}

/**
 * How many of the nearest by their codes are compared truly where `k` are wanted. The codes are only used where 10 true
 * neighbours are among the nearest 15 (`fineEnough`).
 */
// @ts-ignore
@inline export function trueFor(k: u32): u32 {
  return k + (k >> 2) + 3;
}

/** Puts the true distances in place of the approximate ones in a heap of `n` keys, of the `most` least of them. Returns their number. */
export function rerank(R: usize, n: u32, most: u32, q: usize): u32 {
  while (n > most) popMax(R, --n);
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
  return n;
}

/** Distance of two rows, as far as is known here. */
// @ts-ignore
@inline export function rowDistance(a: u32, b: u32): f32 {
  return holdsVectors ? distance(vectorOf(a), vectorOf(b)) : codePair(a, b);
}

/** Puts distances to `row` that can be compared with those of two other rows in place of the approximate ones in a heap. */
export function rerankFor(row: u32, R: usize, n: u32): void {
  if (holdsVectors) {
    rerank(R, n, n, vectorOf(row));
    return;
  }
  for (let i: u32 = 0; i < n; i++) {
    let other = load<u32>(R + (<usize>i << 3));
    pushMax(R, i, keyOf(codePair(other, row), other));
  }
}

let kept: u32 = 0;
function sinkIn(value: u32): void {
  kept = value ^ sink;
}
export function keptTouches(): u32 {
  return kept;
}
