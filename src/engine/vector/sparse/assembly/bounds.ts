// Upper bounds of the scores of a window's rows, in 16-bit integers: what the lists of the query's terms say, rounded up.
// Dense lists are added sixteen rows at a time.
import { levelsAt } from "./levels";
import { expect, take } from "./memory";
import { queryTerms, TERM, terms } from "./query";
import { ENTRY } from "./terms";
import { averageOf, DENSE, listBytes, WINDOW } from "./windows";
import { growth } from "./weighting";

/** What all lists of a window together may add at the most, and what one dense list may: several are added in eight bits. */
const RANGE: f64 = 32000;
const LIST_RANGE: f64 = 62;

/** Dense lists of a window: u32 address of the rows, u32 1 where sums of eight bits end; what each level adds, 16 u8. */
const LIST: usize = 32;
/** Takes the lower level out of each byte. From memory: a constant would be made anew for every list. */
const NIBBLE: usize = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);
let dense: usize = 0;
let denseCapacity: u32 = 0;
let denseEnd: usize = 0;

/** By row of the window, i16; all zero between windows. */
export let sums: usize = 0;

/** Rows are looked at in blocks of so many. */
export const BLOCK: u32 = 64;
/** Blocks of the window with a row that may be a hit, u8 each. */
export const near: usize = memory.data(WINDOW / BLOCK, 16);
export let nearCount: u32 = 0;

/** From scores to the integers of this window. */
export let scale: f64 = 0;
/** How far the lists of a window have grown since they were made. */
let grown: f64 = 1;

/** Makes room for the lists of `count` terms. False when the memory is full. */
export function reserveBounds(count: u32): bool {
  if (sums == 0) sums = take(WINDOW << 1);
  if (denseCapacity < count) {
    dense = take(<usize>count * LIST);
    denseCapacity = dense == 0 ? 0 : count;
  }
  return sums != 0 && denseCapacity >= count;
}

/** The entry of a term of the query in a window; 0 where it has none. */
// @ts-ignore
@inline function entryOf(term: usize, window: u32): usize {
  let entry = <usize>load<u32>(term, 8);
  return entry == <usize>load<u32>(term, 12) || load<u32>(entry) != window ? 0 : entry;
}

/** Takes the entries of a window as passed. */
export function pass(window: u32): void {
  for (let t: u32 = 0; t < queryTerms; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry != 0) store<u32>(term, <u32>entry + <u32>ENTRY, 8);
  }
}

/** The most that the lists of a window can add to a score; 0 when there are none. Settles its scale, and begins to read its lists. */
export function mostOf(window: u32): f64 {
  let all: f64 = 0, largest: f64 = 0, lists: u32 = 0;
  grown = growth(averageOf(window));
  for (let t: u32 = 0; t < queryTerms; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry == 0) continue;
    let most = <f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12) * grown;
    all += most;
    lists++;
    let size = load<u32>(entry, 8);
    if ((size & DENSE) != 0) largest = max(largest, most);
    let list = <usize>load<u32>(entry, 4);
    expect(list, list + listBytes(size));
  }
  if (lists == 0) return 0;
  // Each list may add one more than its share.
  scale = max<f64>(1, RANGE - <f64>lists) / all;
  if (largest * scale > LIST_RANGE) scale = LIST_RANGE / largest;
  return all;
}

/** Makes the sums of a window, and notes the blocks with one that reaches `least`. The others are not to be read. */
export function addLists(window: u32, least: i32): void {
  addShortLists(window);
  nearCount = 0;
  if (denseEnd == dense) return noteNear(least);
  for (let first = dense; first != denseEnd; ) {
    let end = first + LIST;
    while (load<u32>(end - LIST, 4) == 0) end += LIST;
    if (end == denseEnd) addLast(first, least);
    else addGroup(first);
    first = end;
  }
}

/** The largest sum of the noted blocks. */
export function largestSum(): i32 {
  let most = i16x8.splat(0);
  for (let i: u32 = 0; i < nearCount; i++) most = i16x8.max_s(most, largestOf(<u32>load<u8>(near + i) * BLOCK));
  let largest = <i32>i16x8.extract_lane_s(most, 0);
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 1));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 2));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 3));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 4));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 5));
  largest = max(largest, <i32>i16x8.extract_lane_s(most, 6));
  return max(largest, <i32>i16x8.extract_lane_s(most, 7));
}

/** Empties the sums. */
export function clearSums(): void {
  memory.fill(sums, 0, <usize>WINDOW << 1);
}

/** Notes the blocks whose sums are made already. */
function noteNear(least: i32): void {
  let low = i16x8.splat(<i16>least);
  for (let row: u32 = 0; row < WINDOW; row += BLOCK) if (v128.any_true(i16x8.ge_s(largestOf(row), low))) note(row);
}
/** The largest sums of a block. */
// @ts-ignore
@inline function largestOf(row: u32): v128 {
  let at = sums + (<usize>row << 1);
  let a = i16x8.max_s(v128.load(at), v128.load(at, 16)), b = i16x8.max_s(v128.load(at, 32), v128.load(at, 48));
  let c = i16x8.max_s(v128.load(at, 64), v128.load(at, 80)), d = i16x8.max_s(v128.load(at, 96), v128.load(at, 112));
  return i16x8.max_s(i16x8.max_s(a, b), i16x8.max_s(c, d));
}
// @ts-ignore
@inline function note(row: u32): void {
  store<u8>(near + nearCount++, row / BLOCK);
}

/**
 * Adds a group of dense lists, so few that sums of eight bits hold them, each from its beginning to its end. The last one
 * leaves sums only where one reaches `least`: the others are not read any more.
 */
// @ts-ignore
@inline function addDense(first: usize, last: bool, least: v128): void {
  let nibble = v128.load(NIBBLE);
  for (let row: u32 = 0; row < WINDOW; row += BLOCK) {
    let a = i8x16.splat(0), b = i8x16.splat(0), c = i8x16.splat(0), d = i8x16.splat(0);
    let list = first;
    do {
      let levels = <usize>load<u32>(list) + (row >> 1);
      let adds = v128.load(list, 16);
      let x = v128.load(levels), y = v128.load(levels, 16);
      a = i8x16.add_sat_u(a, i8x16.swizzle(adds, v128.and(x, nibble)));
      b = i8x16.add_sat_u(b, i8x16.swizzle(adds, v128.and(i16x8.shr_u(x, 4), nibble)));
      c = i8x16.add_sat_u(c, i8x16.swizzle(adds, v128.and(y, nibble)));
      d = i8x16.add_sat_u(d, i8x16.swizzle(adds, v128.and(i16x8.shr_u(y, 4), nibble)));
      list += LIST;
    } while (load<u32>(list - LIST, 4) == 0);
    let at = sums + (<usize>row << 1);
    let a0 = addLow(at, a), a1 = addHigh(at + 16, a), b0 = addLow(at + 32, b), b1 = addHigh(at + 48, b);
    let c0 = addLow(at + 64, c), c1 = addHigh(at + 80, c), d0 = addLow(at + 96, d), d1 = addHigh(at + 112, d);
    if (last) {
      let ab = i16x8.max_s(i16x8.max_s(a0, a1), i16x8.max_s(b0, b1));
      let cd = i16x8.max_s(i16x8.max_s(c0, c1), i16x8.max_s(d0, d1));
      if (!v128.any_true(i16x8.ge_s(i16x8.max_s(ab, cd), least))) continue;
      note(row);
    }
    v128.store(at, a0);
    v128.store(at, a1, 16);
    v128.store(at, b0, 32);
    v128.store(at, b1, 48);
    v128.store(at, c0, 64);
    v128.store(at, c1, 80);
    v128.store(at, d0, 96);
    v128.store(at, d1, 112);
  }
}
// @ts-ignore
@inline function addLow(at: usize, bytes: v128): v128 {
  return i16x8.add_sat_s(v128.load(at), i16x8.extend_low_i8x16_u(bytes));
}
// @ts-ignore
@inline function addHigh(at: usize, bytes: v128): v128 {
  return i16x8.add_sat_s(v128.load(at), i16x8.extend_high_i8x16_u(bytes));
}
function addGroup(first: usize): void {
  addDense(first, false, i16x8.splat(0));
}
function addLast(first: usize, least: i32): void {
  addDense(first, true, i16x8.splat(<i16>least));
}

/** Adds the short lists of a window to the sums and notes its dense ones. Passes its entries. */
function addShortLists(window: u32): void {
  let end = dense;
  let together: u32 = 0;
  for (let t: u32 = 0; t < queryTerms; t++) {
    let term = terms + <usize>t * TERM;
    let entry = entryOf(term, window);
    if (entry == 0) continue;
    store<u32>(term, <u32>entry + <u32>ENTRY, 8);
    // Codes are 255ths.
    let share = (<f64>load<f32>(term, 4) * <f64>load<f32>(entry, 12) * grown * scale) / 255;
    let list = <usize>load<u32>(entry, 4), size = load<u32>(entry, 8);
    if ((size & DENSE) == 0) {
      addShort(list, size, <u32>Math.ceil(share * 65536));
      continue;
    }
    let most = addsOf(list, share, end + 16);
    together += most;
    if (together > 255) {
      store<u32>(end - LIST, 1, 4);
      together = most;
    }
    store<u32>(end, <u32>levelsAt(list));
    store<u32>(end, 0, 4);
    end += LIST;
  }
  if (end != dense) store<u32>(end - LIST, 1, 4);
  denseEnd = end;
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

