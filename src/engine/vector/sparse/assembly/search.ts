// The best rows for a few weighted terms, exactly. In each sealed window the lists give every row an upper bound of its
// score in 16-bit integers, dense lists sixteen rows at a time. Rows whose bound reaches the worst of the best so far are
// scored from their own entries.
import { take } from "./memory";
import { alive, lengthAt, rowAddress, rowCapacity, rows } from "./rows";
import { chainOf, ENTRY, entriesOf, entryCount, findTerm, NO_TERM, termCount } from "./terms";
import { growth, part } from "./weighting";
import { averageOf, DENSE, nodeAt, sealed, WINDOW } from "./windows";

const FULL: u32 = 0xffffffff;
/** What all lists of a window together may add at the most. */
const RANGE: f64 = 32000;

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
/** Dense lists of a window: u32 address, u32 factor. */
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

function searchGrowing(count: u32): void {
  let first = sealed * WINDOW;
  if (first == rows) return;
  // Chains run backwards, so sums are made by term: the order of a row's terms is kept.
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let weight = <f64>load<f32>(term, 4);
    for (let n = chainOf(load<u32>(term)); n != 0; n = load<u32>(nodeAt(n))) {
      let node = nodeAt(n);
      let row = load<u32>(node, 4);
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

/** The integer bound that a row must reach to be looked at. */
// @ts-ignore
@inline function reach(scale: f64, lists: u32): i32 {
  // Each product may be half too small; a row without any list cannot be a hit.
  return max(1, <i32>Math.floor(bar * scale) - <i32>lists - 1);
}

function searchSealed(window: u32, count: u32): void {
  // What the lists of this window can add in all.
  let all: f64 = 0, lists: u32 = 0;
  let grown = growth(averageOf(window));
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let entry = <usize>load<u32>(term, 8);
    if (entry == <usize>load<u32>(term, 12) || load<u32>(entry) != window) continue;
    all += <f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12);
    lists++;
  }
  all *= grown;
  let skip = lists == 0 || all * 1.000001 < bar;
  let scale = skip ? 0 : RANGE / all;
  let denses: usize = 0;
  let acc = sums;
  for (let t: u32 = 0; t < count; t++) {
    let term = terms + <usize>t * TERM;
    let entry = <usize>load<u32>(term, 8);
    if (entry == <usize>load<u32>(term, 12) || load<u32>(entry) != window) continue;
    store<u32>(term, <u32>entry + <u32>ENTRY, 8);
    if (skip) continue;
    // Codes are 255ths, products are divided by 256.
    let factor = <u32>Math.ceil(<f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12) * grown * scale * (256.0 / 255.0));
    let list = <usize>load<u32>(entry, 4), size = load<u32>(entry, 8);
    if ((size & DENSE) != 0) {
      store<u32>(dense + denses, <u32>list);
      store<u32>(dense + denses, factor, 4);
      denses += 8;
      continue;
    }
    let codes = list + (<usize>size << 1);
    for (let i: u32 = 0; i < size; i++) {
      let s = acc + (<usize>load<u16>(list + (<usize>i << 1)) << 1);
      store<u16>(s, load<u16>(s) + (((<u32>load<u8>(codes + i) * factor) + 255) >> 8));
    }
  }
  if (skip) return;
  let begin = window * WINDOW;
  let bound = reach(scale, lists);
  let end = dense + denses;
  for (let i: u32 = 0; i < WINDOW; i += 32) {
    let at = acc + (<usize>i << 1);
    let a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    for (let p = dense; p < end; p += 8) {
      let codes = <usize>load<u32>(p) + i;
      let factor = i16x8.splat(<i16>load<u32>(p, 4));
      let x = v128.load(codes), y = v128.load(codes, 16);
      a = i16x8.add(a, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_low_i8x16_u(x), 7), factor));
      b = i16x8.add(b, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_high_i8x16_u(x), 7), factor));
      c = i16x8.add(c, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_low_i8x16_u(y), 7), factor));
      d = i16x8.add(d, i16x8.q15mulr_sat_s(i16x8.shl(i16x8.extend_high_i8x16_u(y), 7), factor));
    }
    let zero = i16x8.splat(0);
    v128.store(at, zero);
    v128.store(at, zero, 16);
    v128.store(at, zero, 32);
    v128.store(at, zero, 48);
    let limit = i16x8.splat(<i16>(bound > 32767 ? 32767 : bound));
    let bits =
      i16x8.bitmask(i16x8.ge_s(a, limit)) |
      (i16x8.bitmask(i16x8.ge_s(b, limit)) << 8) |
      (i16x8.bitmask(i16x8.ge_s(c, limit)) << 16) |
      (i16x8.bitmask(i16x8.ge_s(d, limit)) << 24);
    if (bits == 0) continue;
    let before = bar;
    while (bits != 0) {
      verify(begin + i + <u32>ctz(bits));
      bits &= bits - 1;
    }
    if (bar != before) bound = reach(scale, lists);
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
    dense = take(<usize>given << 3);
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
  let count = begin(query, given, k, from, to);
  if (count == FULL) return FULL;
  filtered = withFilter != 0;
  // The newest rows first: their scores are exact, and raise the bar for the bounds.
  searchGrowing(count);
  for (let window: u32 = 0; window < sealed; window++) searchSealed(window, count);
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
