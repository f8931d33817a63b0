import { nextBits } from "./bits";
import { distance, distanceOf, distanceOfKind, keyOf } from "./distance";
import { pushMax, replaceMax, sortHeap } from "./heap";
import { bit, chunkOf, format, refresh, rowMask, ROWS, stride, TOMB_COUNT, TOMBS, touched, vectorOf } from "./layout";
import { BITS, FLOAT32 } from "./numbers";
import { filterArea, query, results } from "./searcher";

/** Keeps the optimiser from dropping the touches. */
export let sink: u32 = 0;

/**
 * Rows `[from, to)` into the result heap (which holds `n` keys, at most `k`): those whose distance is within
 * `[low, high]`. `filter`: address of the bits of allowed rows, or 0; `sparse` when it allows few: then it is asked
 * before the distance, else after (a branch that nobody can foresee costs more than a distance). Returns the new size.
 */
export function scanInto(n: u32, k: u32, from: u32, to: u32, low: f32, high: f32, filter: usize, sparse: bool): u32 {
  // One loop for each kind of rows: what differs is settled before it, not at each row.
  if (format == FLOAT32) return scanRows(n, k, from, to, low, high, filter, sparse, false, false);
  if (format == BITS && !sparse) return scanRows(n, k, from, to, low, high, filter, false, true, true);
  return scanRows(n, k, from, to, low, high, filter, sparse, true, false);
}

// @ts-ignore
@inline function scanRows(
  n: u32, k: u32, from: u32, to: u32, low: f32, high: f32, filter: usize, sparse: bool, narrow: bool, bits: bool,
): u32 {
  let q = query, h = results;
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let bound = high;
  if (n == k) bound = min<f32>(high, distanceOf(load<u64>(h)));
  let row = from;
  while (row < to) {
    let end = min((row | rowMask) + 1, to);
    let p = chunkOf(row) + <usize>(row & rowMask) * stride;
    for (; row < end; row++, p += stride) {
      if (bits) {
        // One loop over bits alone: a branch or a call for each row would be most of the time.
        let near = nextBits(p, p + <usize>(end - row) * stride, q, bound);
        row += <u32>(near - p) / stride;
        p = near;
        if (row == end) break;
      } else if (sparse && !bit(filter, row)) continue;
      let d = distanceOfKind(narrow, p, q);
      if (d > bound || d < low) continue;
      if (filter != 0 && !bit(filter, row)) continue;
      if (tombs != 0 && bit(tombs, row)) continue;
      let key = keyOf(d, row);
      if (n < k) {
        pushMax(h, n++, key);
      } else if (key < load<u64>(h)) {
        replaceMax(h, n, key);
      } else continue;
      if (n == k) bound = min<f32>(high, distanceOf(load<u64>(h)));
    }
  }
  return n;
}

/** The `k` nearest of all rows, exactly, best first in the result area. `filtered`: 1 if the filter area holds bits. */
export function scan(k: u32, low: f32, high: f32, filtered: u32): u32 {
  refresh();
  return bestFirst(scanOn(0, k, low, high, filtered, 0, atomic.load<u32>(ROWS)));
}
/** The `k` nearest of the `count` rows listed in the filter area. */
export function gather(k: u32, low: f32, high: f32, count: u32): u32 {
  return bestFirst(gatherOn(0, k, low, high, 0, count));
}

/** The same, piece by piece: rows `[from, to)` into the result heap, which holds `n` keys. Returns the new size. */
export function scanOn(n: u32, k: u32, low: f32, high: f32, filtered: u32, from: u32, to: u32): u32 {
  refresh();
  if (k == 0) return 0;
  return scanInto(n, k, from, to, low, high, filtered ? filterArea : 0, false);
}
/** Puts the result heap in order. */
export function bestFirst(n: u32): u32 {
  sortHeap(results, n);
  return n;
}
export function gatherOn(size: u32, k: u32, low: f32, high: f32, from: u32, to: u32): u32 {
  refresh();
  if (k == 0) return 0;
  let q = query, h = results, n = size, acc: u32 = 0;
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let bound = high;
  if (n == k) bound = min<f32>(high, distanceOf(load<u64>(h)));
  let list = filterArea + (<usize>from << 2), end = filterArea + (<usize>to << 2);
  // The list is followed by readable memory; a row number past the end is not used for an address.
  for (let p = list; p < end; p += 4) {
    let ahead = p + 8;
    if (ahead < end) {
      let t = vectorOf(load<u32>(ahead)), e = t + touched;
      for (; t < e; t += 64) acc ^= load<u32>(t);
    }
    let row = load<u32>(p);
    if (tombs != 0 && bit(tombs, row)) continue;
    let d = distance(vectorOf(row), q);
    if (d > bound || d < low) continue;
    let key = keyOf(d, row);
    if (n < k) {
      pushMax(h, n++, key);
    } else if (key < load<u64>(h)) {
      replaceMax(h, n, key);
    } else continue;
    if (n == k) bound = min<f32>(high, distanceOf(load<u64>(h)));
  }
  sink = acc;
  return n;
}

/** The distances of the `count` rows listed in the filter area, in their order, as float32 in the result area. */
export function measure(count: u32): void {
  refresh();
  let q = query, to = results, list = filterArea, end = list + (<usize>count << 2);
  for (let p = list; p < end; p += 4, to += 4) store<f32>(to, distance(vectorOf(load<u32>(p)), q));
}
