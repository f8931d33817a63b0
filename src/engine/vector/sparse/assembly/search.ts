// The best rows for a few weighted terms, exactly. In each window the lists give every row an upper bound of its score
// (bounds.ts); rows whose bound reaches the worst of the best so far are scored from their own entries.
import { addLists, BLOCK, clearSums, largestSum, mostOf, near, nearCount, pass, reserveBounds, scale, sums } from "./bounds";
import { bar, beginHits, found, offer, sortHits, wanted } from "./hits";
import { expect, take } from "./memory";
import { beginQuery, endQuery, filter, mayBeHit, queryTerms, TERM, terms, verify } from "./query";
import { firstEntry, lastEntry, lengthAt, rowAddress, rows } from "./rows";
import { chainOf } from "./terms";
import { part } from "./weighting";
import { coverGrowing, covered, nodeAt, sealed, WINDOW } from "./windows";

const FULL: u32 = 0xffffffff;

/** By row of the growing window, f64; all zero between searches. */
let scores: usize = 0;

/** The newest rows, which no list covers. */
function searchGrowing(): void {
  let first = sealed * WINDOW + covered;
  if (first == rows) return;
  // Chains run backwards, so sums are made by term: the order of a row's terms is kept.
  for (let t: u32 = 0; t < queryTerms; t++) {
    let term = terms + <usize>t * TERM;
    let weight = <f64>load<f32>(term, 4);
    for (let n = chainOf(load<u32>(term)); n != 0; n = load<u32>(nodeAt(n))) {
      let node = nodeAt(n);
      let row = load<u32>(node, 4);
      if (row < first) break;
      let at = scores + (<usize>(row - first) << 3);
      store<f64>(at, load<f64>(at) + weight * part(<f64>load<f32>(node, 8), lengthAt(row)));
    }
  }
  for (let row = first; row < rows; row++) {
    let at = scores + (<usize>(row - first) << 3);
    let score = load<f64>(at);
    if (score == 0) continue;
    store<f64>(at, 0);
    if (mayBeHit(row)) offer(row, score);
  }
}

/** The integer bound that a row must reach to be looked at. All that is added is rounded up. */
// @ts-ignore
@inline function reach(): i32 {
  // A row without any list cannot be a hit.
  return max(1, <i32>Math.floor(bar * scale * 0.999999));
}

function searchWindow(window: u32): void {
  let most = mostOf(window);
  if (most == 0 || most * 1.000001 < bar) return pass(window);
  addLists(window, reach());
  let first = window * WINDOW;
  let above: i32 = 32768;
  if (found < wanted) {
    // The best bounds first: they raise the bar before the many others are looked at.
    let best = largestSum();
    while (found < wanted && above > 1) {
      let from = max(reach(), min(best, above) - (best >> 4) - 1);
      verifyBetween(first, from, above, false);
      above = from;
      if (from <= reach()) break;
    }
  }
  verifyBetween(first, reach(), above, true);
  clearSums();
}

/**
 * Looks at the rows of a window whose sums reach `from` and are below `below`.
 *
 * @param rising `from` rises with the bar
 */
function verifyBetween(first: u32, from: i32, below: i32, rising: bool): void {
  let least = from;
  for (let i: u32 = 0; i < nearCount && least < below; i++) {
    let row = <u32>load<u8>(near + i) * BLOCK;
    let at = sums + (<usize>row << 1);
    let bits = rowsBetween(at, least, below) | (rowsBetween(at + BLOCK, least, below) << 32);
    for (; bits != 0; bits &= bits - 1) {
      store<u16>(batch + (<usize>(batched++) << 1), row + <u32>ctz(bits));
      if (batched < BATCH) continue;
      verifyBatch(first);
      if (rising) least = reach();
    }
  }
  verifyBatch(first);
}

/** Rows of a window that are to be looked at, u16 each: so many at a time that memory brings them together. */
const BATCH: u32 = 32;
const batch: usize = memory.data(64, 16);
let batched: u32 = 0;

function verifyBatch(first: u32): void {
  let end = batch + (<usize>batched << 1);
  for (let at = batch; at < end; at += 2) expect(rowAddress(first + load<u16>(at)), firstEntry(first + load<u16>(at)));
  for (let at = batch; at < end; at += 2) expect(firstEntry(first + load<u16>(at)), lastEntry(first + load<u16>(at)));
  for (let at = batch; at < end; at += 2) {
    let row = <u32>load<u16>(at);
    if (<i32>load<u16>(sums + (<usize>row << 1)) >= reach()) verify(first + row);
  }
  batched = 0;
}

/** Of 32 rows, those whose sums reach `from` and are below `below`, a bit each. */
// @ts-ignore
@inline function rowsBetween(at: usize, from: i32, below: i32): u64 {
  let low = i16x8.splat(<i16>min(from, 32767)), high = i16x8.splat(<i16>min(below - 1, 32767));
  return <u64>(
    <u32>i16x8.bitmask(within(v128.load(at), low, high)) |
    (<u32>i16x8.bitmask(within(v128.load(at, 16), low, high)) << 8) |
    (<u32>i16x8.bitmask(within(v128.load(at, 32), low, high)) << 16) |
    (<u32>i16x8.bitmask(within(v128.load(at, 48), low, high)) << 24)
  );
}

// @ts-ignore
@inline function within(sum: v128, low: v128, high: v128): v128 {
  return v128.and(i16x8.ge_s(sum, low), i16x8.le_s(sum, high));
}

/** Readies a search. False when the memory is full. */
function begin(query: usize, given: u32, k: u32, from: f32, to: f32, filtered: bool): bool {
  if (scores == 0) scores = take(WINDOW << 3);
  // Rooms first: what is left of a query that found none would be found by the next one.
  return scores != 0 && reserveBounds(given) && beginHits(min(k, rows), from, to) && beginQuery(query, given, filtered);
}
function end(): u32 {
  endQuery();
  return sortHits();
}

/**
 * The `k` best rows for the `given` terms at `query` (u32 index, f32 weight above 0, ascending by index): score above 0
 * and in `[from, to]`. `filtered`: 1 if the filter area says who is allowed. Returns how many hits are in the result
 * area; `FULL` when the memory is full.
 */
export function search(query: usize, given: u32, k: u32, from: f32, to: f32, filtered: u32): u32 {
  if (k == 0 || rows == 0) return 0;
  coverGrowing();
  if (!begin(query, given, k, from, to, filtered != 0)) return FULL;
  // The newest rows first: their scores are exact, and raise the bar for the bounds.
  searchGrowing();
  let windows = covered > 0 ? sealed + 1 : sealed;
  for (let window: u32 = 0; window < windows; window++) searchWindow(window);
  return end();
}

/** The same among the `listed` rows in the filter area alone. */
export function gather(query: usize, given: u32, k: u32, from: f32, to: f32, listed: u32): u32 {
  if (k == 0 || rows == 0) return 0;
  if (!begin(query, given, k, from, to, false)) return FULL;
  for (let i: u32 = 0; i < listed; i++) verify(load<u32>(filter + (<usize>i << 2)));
  return end();
}
