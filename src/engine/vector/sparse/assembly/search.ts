// The best rows for a few weighted terms, exactly. In each window the lists give every row an upper bound of its score in
// 16-bit integers, dense lists sixteen rows at a time. Rows whose bound reaches the worst of the best so far are scored from
// their own entries.
import { levelsAt } from "./levels";
import { take } from "./memory";
import { alive, lengthAt, rowAddress, rowCapacity, rows } from "./rows";
import { chainOf, ENTRY, entriesOf, entryCount, findTerm, NO_TERM, termCount } from "./terms";
import { growth, part } from "./weighting";
import { averageOf, coverGrowing, covered, DENSE, nodeAt, sealed, WINDOW } from "./windows";

const FULL: u32 = 0xffffffff;
/** What all lists of a window together may add at the most, and what one dense list may: several are added in eight bits. */
const RANGE: f64 = 32000;
const LIST_RANGE: f64 = 62;

let input: usize = 0;
let inputCapacity: usize = 0;

/** At least `bytes` for entries of rows or terms of queries; 0 when the memory is full. */
export function inputArea(bytes: u32): usize {
  if (input == 0 || <usize>bytes > inputCapacity) {
    let capacity = max<usize>(<usize>bytes, max<usize>(4096, inputCapacity << 1));
    input = take(capacity);
    inputCapacity = input == 0 ? 0 : capacity;
  }
  return input;
}

let filter: usize = 0;
let filterCapacity: usize = 0;

/**
 * Room for a filter: one byte per row (1 = allowed) for `search`, or a list of u32 rows for `gather`; 0 when the memory is
 * full.
 */
export function filterArea(bytes: u32): usize {
  if (filterCapacity < <usize>bytes) {
    filterCapacity = max<usize>(<usize>bytes, <usize>rowCapacity());
    filter = take(filterCapacity);
    if (filter == 0) filterCapacity = 0;
  }
  return filter;
}

let heap: usize = 0;
let heapCapacity: u32 = 0;
let heapSize: u32 = 0;

/** u64 per hit, best first: bits of the float32 score above, complement of the row below. */
export function resultArea(): usize {
  return heap;
}

/** Weight by term number, f32; all zero between searches. */
let weights: usize = 0;
let weightCapacity: u32 = 0;

// A term of the query: u32 number, f32 weight, u32 next entry, u32 last entry (addresses).
const TERM: usize = 16;
let terms: usize = 0;
/** Dense lists of a window: u32 address of the rows, u32 1 where sums of eight bits end; what each level adds, 16 u8. */
const LIST: usize = 32;
/** Takes the lower level out of each byte. From memory: a constant would be made anew for every list. */
const NIBBLE: usize = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);
let dense: usize = 0;
let termCapacity: u32 = 0;
let sums: usize = 0;

// @ts-ignore
@inline function keyAt(i: u32): u64 {
  return load<u64>(heap + (<usize>i << 3));
}
// @ts-ignore
@inline function putKey(i: u32, key: u64): void {
  store<u64>(heap + (<usize>i << 3), key);
}

function push(key: u64): void {
  let i = heapSize++;
  while (i > 0) {
    let parent: u32 = (i - 1) >> 1;
    let there = keyAt(parent);
    if (there <= key) break;
    putKey(i, there);
    i = parent;
  }
  putKey(i, key);
}

/** Puts a key in the place of the worst one. */
function replace(key: u64, size: u32): void {
  let i: u32 = 0;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= size) break;
    let there = keyAt(child);
    if (child + 1 < size) {
      let other = keyAt(child + 1);
      if (other < there) {
        there = other;
        child++;
      }
    }
    if (there >= key) break;
    putKey(i, there);
    i = child;
  }
  putKey(i, key);
}

let wanted: u32 = 0;
let least: f32 = 0;
let most: f32 = 0;
let bar: f64 = 0;
let filtered: bool = false;

// @ts-ignore
@inline function offer(row: u32, sum: f64): void {
  let score = <f32>sum;
  if (!(score > 0) || score < least || score > most) return;
  let key = (<u64>reinterpret<u32>(score) << 32) | <u64>(~row);
  if (heapSize < wanted) push(key);
  else if (key > keyAt(0)) replace(key, wanted);
  else return;
  if (heapSize == wanted) bar = <f64>max(least, reinterpret<f32>(<u32>(keyAt(0) >> 32)));
}

// @ts-ignore
@inline function mayBeHit(row: u32): bool {
  return load<u8>(alive + row) != 0 && (!filtered || load<u8>(filter + row) != 0);
}

/** A row's score out of its own entries. */
function scoreOf(row: u32): f64 {
  let at = rowAddress(row);
  let end = at + 4 + (<usize>load<u32>(at) << 3);
  let length = lengthAt(row);
  let sum: f64 = 0;
  for (at += 4; at < end; at += 8) {
    let weight = load<f32>(weights + (<usize>load<u32>(at) << 2));
    if (weight != 0) sum += <f64>weight * part(<f64>load<f32>(at, 4), length);
  }
  return sum;
}

function verify(row: u32): void {
  if (!mayBeHit(row)) return;
  offer(row, scoreOf(row));
}

/** The newest rows, which no list covers. */
function searchGrowing(count: u32): void {
  let first = sealed * WINDOW + covered;
  if (first == rows) return;
  // Chains run backwards, so sums are made by term: the order of a row's terms is kept.
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let weight = <f64>load<f32>(term, 4);
    for (let n = chainOf(load<u32>(term)); n != 0; n = load<u32>(nodeAt(n))) {
      let node = nodeAt(n);
      let row = load<u32>(node, 4);
      if (row < first) break;
      let s = sums + (<usize>(row - first) << 3);
      store<f64>(s, load<f64>(s) + weight * part(<f64>load<f32>(node, 8), lengthAt(row)));
    }
  }
  for (let row = first; row < rows; row++) {
    let s = sums + (<usize>(row - first) << 3);
    let sum = load<f64>(s);
    if (sum == 0) continue;
    store<f64>(s, 0);
    if (mayBeHit(row)) offer(row, sum);
  }
}

/** The integer bound that a row must reach to be looked at. All that is added is rounded up. */
// @ts-ignore
@inline function reach(scale: f64): i32 {
  // A row without any list cannot be a hit.
  return max(1, <i32>Math.floor(bar * scale * 0.999999));
}

/** The entry of a term of the query in a window; 0 where it has none. */
// @ts-ignore
@inline function entryOf(term: usize, window: u32): usize {
  let entry = <usize>load<u32>(term, 8);
  return entry == <usize>load<u32>(term, 12) || load<u32>(entry) != window ? 0 : entry;
}

/** Takes the entries of a window as passed. */
function pass(window: u32, count: u32): void {
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry != 0) store<u32>(term, <u32>entry + <u32>ENTRY, 8);
  }
}

function searchWindow(window: u32, count: u32): void {
  // What the lists of this window can add in all.
  let all: f64 = 0, largest: f64 = 0, lists: u32 = 0;
  let grown = growth(averageOf(window));
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry == 0) continue;
    let most = <f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12) * grown;
    all += most;
    lists++;
    if ((load<u32>(entry, 8) & DENSE) != 0) largest = max(largest, most);
  }
  if (lists == 0 || all * 1.000001 < bar) {
    pass(window, count);
    return;
  }
  // Each list may add one more than its share.
  let scale = max<f64>(1, RANGE - <f64>lists) / all;
  if (largest * scale > LIST_RANGE) scale = LIST_RANGE / largest;
  let end = addLists(window, count, grown * scale);
  addDense(end);
  let begin = window * WINDOW;
  let above: i32 = 32768;
  if (heapSize < wanted) {
    // The best bounds first: they raise the bar before the many others are looked at.
    let best = largestSum();
    while (heapSize < wanted && above > 1) {
      let from = max(reach(scale), min(best, above) - (best >> 4) - 1);
      verifyBetween(begin, from, above, 0);
      above = from;
      if (from <= reach(scale)) break;
    }
  }
  verifyBetween(begin, reach(scale), above, scale);
  memory.fill(sums, 0, <usize>WINDOW << 1);
}

function largestSum(): i32 {
  let most = i16x8.splat(0);
  for (let at: usize = 0; at < <usize>WINDOW << 1; at += 16) most = i16x8.max_s(most, v128.load(sums + at));
  let largest = <i32>i16x8.extract_lane_s(most, 0);
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 1));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 2));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 3));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 4));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 5));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 6));
  return max(largest, <i32>i16x8.extract_lane_s(most, 7));
}

/**
 * Looks at the rows of a window whose sums reach `from` and are below `below`.
 *
 * @param scale above 0: `from` rises with the bar
 */
function verifyBetween(begin: u32, from: i32, below: i32, scale: f64): void {
  let least = from;
  for (let i: u32 = 0; i < WINDOW && least < below; i += 32) {
    let bits = rowsBetween(sums + (<usize>i << 1), least, below);
    if (bits == 0) continue;
    while (bits != 0) {
      verify(begin + i + <u32>ctz(bits));
      bits &= bits - 1;
    }
    if (scale > 0) least = reach(scale);
  }
}

/** Of 32 rows, those whose sums reach `from` and are below `below`, a bit each. */
// @ts-ignore
@inline function rowsBetween(at: usize, from: i32, below: i32): u32 {
  let low = i16x8.splat(<i16>min(from, 32767)), high = i16x8.splat(<i16>min(below - 1, 32767));
  return (
    i16x8.bitmask(within(v128.load(at), low, high)) |
    (i16x8.bitmask(within(v128.load(at, 16), low, high)) << 8) |
    (i16x8.bitmask(within(v128.load(at, 32), low, high)) << 16) |
    (i16x8.bitmask(within(v128.load(at, 48), low, high)) << 24)
  );
}

// @ts-ignore
@inline function within(sum: v128, low: v128, high: v128): v128 {
  return v128.and(i16x8.ge_s(sum, low), i16x8.le_s(sum, high));
}

/** Adds the dense lists to the sums: a few lists at a time, so that each is read from its beginning to its end. */
function addDense(end: usize): void {
  let nibble = v128.load(NIBBLE);
  for (let first = dense; first < end; ) {
    let next = first;
    for (let row: usize = 0; row < <usize>WINDOW; row += 64) {
      let a = i8x16.splat(0), b = i8x16.splat(0), c = i8x16.splat(0), d = i8x16.splat(0);
      next = first;
      do {
        let levels = <usize>load<u32>(next) + (row >> 1);
        let adds = v128.load(next, 16);
        let x = v128.load(levels), y = v128.load(levels, 16);
        a = i8x16.add_sat_u(a, i8x16.swizzle(adds, v128.and(x, nibble)));
        b = i8x16.add_sat_u(b, i8x16.swizzle(adds, v128.and(i16x8.shr_u(x, 4), nibble)));
        c = i8x16.add_sat_u(c, i8x16.swizzle(adds, v128.and(y, nibble)));
        d = i8x16.add_sat_u(d, i8x16.swizzle(adds, v128.and(i16x8.shr_u(y, 4), nibble)));
        next += LIST;
      } while (load<u32>(next - LIST, 4) == 0);
      let at = sums + (row << 1);
      addBytes(at, a);
      addBytes(at + 32, b);
      addBytes(at + 64, c);
      addBytes(at + 96, d);
    }
    first = next;
  }
}

/** Adds to the sums of 16 rows. */
// @ts-ignore
@inline function addBytes(at: usize, bytes: v128): void {
  v128.store(at, i16x8.add_sat_s(v128.load(at), i16x8.extend_low_i8x16_u(bytes)));
  v128.store(at, i16x8.add_sat_s(v128.load(at, 16), i16x8.extend_high_i8x16_u(bytes)), 16);
}

/**
 * Adds the short lists of a window to the sums and notes its dense ones. Passes its entries.
 *
 * @param scale from parts of scores to the integers that are added
 * @returns the end of the dense lists
 */
function addLists(window: u32, count: u32, scale: f64): usize {
  let end = dense;
  let together: u32 = 0;
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry == 0) continue;
    store<u32>(term, <u32>entry + <u32>ENTRY, 8);
    // Codes are 255ths.
    let share = (<f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12) * scale) / 255;
    let list = <usize>load<u32>(entry, 4), size = load<u32>(entry, 8);
    if ((size & DENSE) != 0) {
      let most = addsOf(list, share, end + 16);
      together += most;
      if (together > 255) {
        store<u32>(end - LIST, 1, 4);
        together = most;
      }
      store<u32>(end, <u32>levelsAt(list));
      store<u32>(end, 0, 4);
      end += LIST;
    } else addShort(list, size, <u32>Math.ceil(share * 65536));
  }
  if (end != dense) store<u32>(end - LIST, 1, 4);
  return end;
}

/** Writes what each level of a dense list adds, rounded up. @returns the largest */
function addsOf(list: usize, share: f64, to: usize): u32 {
  let most: u32 = 0;
  for (let level: usize = 0; level < 16; level++) {
    let add = <u32>Math.ceil(<f64>load<u8>(list + level) * share);
    store<u8>(to + level, add);
    most = max(most, add);
  }
  return most;
}

/** @param factor 65536ths of what a code adds */
function addShort(list: usize, size: u32, factor: u32): void {
  let codes = list + (<usize>size << 1);
  for (let i: u32 = 0; i < size; i++) {
    let s = sums + (<usize>load<u16>(list + (<usize>i << 1)) << 1);
    let sum = <u32>load<u16>(s) + ((<u32>load<u8>(codes + i) * factor + 65535) >> 16);
    store<u16>(s, min(sum, 32767));
  }
}

/** Reads the query's terms (u32 index, f32 weight) and makes room. Returns how many terms rows have; `FULL` when the memory is full. */
function begin(query: usize, given: u32, k: u32, from: f32, to: f32): u32 {
  heapSize = 0;
  wanted = min(k, rows);
  least = from;
  most = to;
  bar = <f64>max<f32>(from, 0);
  if (sums == 0) sums = take(WINDOW << 3);
  if (heapCapacity < wanted) {
    heap = take(<usize>wanted << 3);
    heapCapacity = heap == 0 ? 0 : wanted;
  }
  if (termCapacity < given) {
    terms = take(<usize>given * TERM);
    dense = take(<usize>given * LIST);
    termCapacity = terms == 0 || dense == 0 ? 0 : given;
  }
  if (weightCapacity < termCount) {
    weightCapacity = termCount + (termCount >> 1);
    weights = take(<usize>weightCapacity << 2);
    if (weights == 0) weightCapacity = 0;
  }
  if (sums == 0 || heapCapacity < wanted || termCapacity < given || weightCapacity < termCount) return FULL;
  let count: u32 = 0;
  for (let i: u32 = 0; i < given; i++) {
    let number = findTerm(load<u32>(query + (<usize>i << 3)));
    let weight = load<f32>(query + (<usize>i << 3), 4);
    if (number == NO_TERM || !(weight > 0)) continue;
    let term = terms + <usize>(count++) * TERM;
    let entries = entriesOf(number);
    store<u32>(term, number);
    store<f32>(term, weight, 4);
    store<u32>(term, <u32>entries, 8);
    store<u32>(term, <u32>(entries + <usize>entryCount(number) * ENTRY), 12);
    store<f32>(weights + (<usize>number << 2), weight);
  }
  return count;
}

/** Forgets the query and puts the best first: the heap gives the worst first. */
function end(count: u32): u32 {
  for (let t: u32 = 0; t < count; t++) store<f32>(weights + (<usize>load<u32>(terms + <usize>t * TERM) << 2), 0);
  for (let size = heapSize; size > 1; size--) {
    let worst = keyAt(0);
    replace(keyAt(size - 1), size - 1);
    putKey(size - 1, worst);
  }
  return heapSize;
}

/**
 * The `k` best rows for the `given` terms at `query` (u32 index, f32 weight above 0, ascending by index): score above 0
 * and in `[from, to]`. `withFilter`: 1 if the filter area says who is allowed. Returns how many hits are in the result
 * area; `FULL` when the memory is full.
 */
export function search(query: usize, given: u32, k: u32, from: f32, to: f32, withFilter: u32): u32 {
  if (k == 0 || rows == 0) return 0;
  coverGrowing();
  let count = begin(query, given, k, from, to);
  if (count == FULL) return FULL;
  filtered = withFilter != 0;
  // The newest rows first: their scores are exact, and raise the bar for the bounds.
  searchGrowing(count);
  let windows = covered > 0 ? sealed + 1 : sealed;
  for (let window: u32 = 0; window < windows; window++) searchWindow(window, count);
  return end(count);
}

/** The same among the `listed` rows in the filter area alone. */
export function gather(query: usize, given: u32, k: u32, from: f32, to: f32, listed: u32): u32 {
  if (k == 0 || rows == 0) return 0;
  let count = begin(query, given, k, from, to);
  if (count == FULL) return FULL;
  filtered = false;
  for (let i: u32 = 0; i < listed; i++) verify(load<u32>(filter + (<usize>i << 2)));
  return end(count);
}
