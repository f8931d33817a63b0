import { codeKeys, encodeQuery, far, queryNumber } from "./code-distance";
import { encodeFrom, first, QUERY_STEPS, QUERY_ZERO, scaleOf, second } from "./codes";
import { distance, keyOf } from "./distance";
import { pushMax, replaceMax, sortHeap } from "./heap";
import {
  alloc, bit, CODE_INVERSE, CODE_LONGEST, CODE_MIDDLE, codeOf, codeStride, format, metric, refresh, ROWS, stride, tail, termOf, TOMB_COUNT, TOMBS,
} from "./layout";
import { FLOAT32 } from "./numbers";
import { beginWalk, CANDIDATES, candidates, filterArea, query, results, scratch } from "./searcher";
import { KEYS, keysOf } from "./walk";

// Rows whose vectors are not held: their copies, and how far each copy is from its vector. So a distance lies between two
// bounds, and who wants the nearest rows exactly needs the vectors of those only whose lower bound is near enough.

let area: usize = 0;
/** Where a vector is put that is to be encoded or compared; 0 when the memory is full. */
export function vectorArea(): usize {
  if (area == 0) area = alloc(stride);
  return area;
}

/** The true distance of the query and the vector in the vector area. */
export function areaDistance(): f32 {
  return distance(area, query);
}

/** Writes the copy of a row from the vector area, and how far it is from it. */
export function encodeArea(row: u32): void {
  encodeFrom(area, row);
  store<f32>(termOf(row), <f32>errorOf(row), 4);
  let p = codeOf(row), end = p + codeStride, s = i32x4.splat(0);
  for (; p < end; p += 16) {
    let v = v128.load(p), a = i16x8.extend_low_i8x16_s(v), b = i16x8.extend_high_i8x16_s(v);
    s = i32x4.add(s, i32x4.add(i32x4.dot_i16x8_s(a, a), i32x4.dot_i16x8_s(b, b)));
  }
  let squares = <f64>i32x4.extract_lane(s, 0) + <f64>i32x4.extract_lane(s, 1) + <f64>i32x4.extract_lane(s, 2) + <f64>i32x4.extract_lane(s, 3);
  store<f32>(CODE_LONGEST, max(load<f32>(CODE_LONGEST), <f32>sqrt<f64>(squares)));
}

/** Four numbers as steps of the codes, less those of the copy. */
// @ts-ignore
@inline function off(v: v128, code: v128, middle: v128, inverse: v128): v128 {
  return f32x4.sub(f32x4.mul(f32x4.sub(v, middle), inverse), f32x4.convert_i32x4_s(code));
}
/** Distance of the vector in the area and the row's copy, in steps; rounded up. */
function errorOf(row: u32): f64 {
  let middle = f32x4.splat(load<f32>(CODE_MIDDLE)), inverse = scaleOf(area);
  let p = area, end = p + stride - tail, c = codeOf(row), sum: f64 = 0;
  let step: usize = format == FLOAT32 ? 32 : 16;
  for (; p < end; p += step, c += 8) {
    let code = v128.load8x8_s(c);
    let a = v128.load(p), b = format == FLOAT32 ? v128.load(p, 16) : second(a);
    if (format != FLOAT32) a = first(a);
    a = off(a, i32x4.extend_low_i16x8_s(code), middle, inverse);
    b = off(b, i32x4.extend_high_i16x8_s(code), middle, inverse);
    let s = f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b));
    sum += <f64>f32x4.extract_lane(s, 0) + <f64>f32x4.extract_lane(s, 1) + <f64>f32x4.extract_lane(s, 2) + <f64>f32x4.extract_lane(s, 3);
  }
  return sqrt<f64>(sum) * 1.001 + 0.01;
}

// Of the query, in steps of the codes: its length, the squares of its code, and how far it is from that; by how much the kernel
// may be wrong that adds up float32 numbers.
let queryLength: f64 = 0;
let ownSquares: f64 = 0;
let queryError: f64 = 0;
let rounding: f64 = 0;

function measureQuery(): void {
  let middle = f32x4.splat(load<f32>(CODE_MIDDLE)), inverse = scaleOf(query), zero = i32x4.splat(0);
  let p = query, end = p + stride - tail, wide: usize = format == FLOAT32 ? 16 : 8, at: u32 = 0;
  let length: f64 = 0, own: f64 = 0, apart: f64 = 0, shifted: f64 = 0;
  for (; p < end; p += wide << 1) {
    let a = v128.load(p), b = format == FLOAT32 ? v128.load(p, 16) : second(a);
    if (format != FLOAT32) a = first(a);
    a = off(a, zero, middle, inverse);
    b = off(b, zero, middle, inverse);
    for (let i = 0; i < 8; i++, at++) {
      let v = i < 4 ? a : b, lane = i & 3;
      let x = <f64>(lane == 0 ? f32x4.extract_lane(v, 0) : lane == 1 ? f32x4.extract_lane(v, 1) : lane == 2 ? f32x4.extract_lane(v, 2) : f32x4.extract_lane(v, 3));
      let u = queryNumber(at);
      length += x * x;
      own += u * u;
      shifted += (u + QUERY_ZERO / QUERY_STEPS) * (u + QUERY_ZERO / QUERY_STEPS);
      apart += (x - u) * (x - u);
    }
  }
  queryLength = sqrt<f64>(length);
  ownSquares = own;
  queryError = sqrt<f64>(apart) * 1.001 + 0.01;
  let longest = <f64>load<f32>(CODE_LONGEST);
  rounding = 0.000001 * longest * (sqrt<f64>(shifted) + longest);
}

/** Bounds of a row's distance, by what `codeKeys` found. */
let lower: f64 = 0;
let upper: f64 = 0;
function boundsOf(value: f64, error: f64): void {
  let unit = <f64>load<f32>(CODE_INVERSE);
  let scale = 1 / (unit * unit);
  if (metric == 0) {
    let squares = far ? value : value / QUERY_STEPS + ownSquares, wrong = far ? 0.000001 * value : rounding;
    let most = sqrt<f64>(max<f64>(squares + wrong, 0));
    let room = error + queryError + 0.00002 * most;
    let least = max<f64>(sqrt<f64>(max<f64>(squares - wrong, 0)) - room, 0);
    lower = least * least * scale;
    upper = (most + room) * (most + room) * scale;
    return;
  }
  let product = far ? value : value / QUERY_STEPS;
  let longest = <f64>load<f32>(CODE_LONGEST);
  let wrong = far ? 0.000001 * abs<f64>(value) : rounding;
  let room = queryLength * error + longest * queryError + 0.00001 * queryLength * (longest + error) + wrong;
  lower = (product - room) * scale;
  upper = (product + room) * scale;
  if (metric == 2) {
    lower = max<f64>(lower, -1);
    upper = min<f64>(max<f64>(upper, -1), 1);
  }
}

/**
 * The rows that may be among the `k` nearest with a distance within `[low, high]`, by their lower bounds: these are in the result
 * area, the least first. Which rows are looked at: all (`filtered` 0), those whose bits are in the filter area (1), or those of
 * a list of `count` there (2). Needs room for as many results. Returns their number; -1 when the memory is full.
 */
export function nearByCodes(k: u32, low: f32, high: f32, filtered: u32, count: u32): i32 {
  refresh();
  if (k == 0) return 0;
  if (!beginWalk(1) || !encodeQuery(query)) return -1;
  measureQuery();
  let rows = atomic.load<u32>(ROWS), looked = filtered == 2 ? count : rows;
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let list = scratch, keys = scratch + KEYS, R = results, C = candidates, n: u32 = 0, nc: u32 = 0;
  let worst = keyOf(high, 0xffffffff);
  for (let i: u32 = 0; i < looked; ) {
    let last = list;
    for (; i < looked && last < list + 128; i++) {
      let row = filtered == 2 ? load<u32>(filterArea + (<usize>i << 2)) : i;
      if (filtered == 1 && !bit(filterArea, row)) continue;
      if (tombs != 0 && bit(tombs, row)) continue;
      store<u32>(last, row);
      last += 4;
    }
    keysOf(list, last, keys, query, true);
    for (let f = keys, e = keys + ((last - list) << 1); f < e; f += 8) {
      let row = load<u32>(f);
      boundsOf(<f64>valueOf(load<u64>(f)), <f64>load<f32>(termOf(row), 4));
      let key = keyOf(<f32>lower, row);
      if (key > worst || upper < <f64>low) continue;
      store<u64>(R + (<usize>n << 3), key);
      n++;
      // Surely within the range: the k nearest of these bound all others.
      if (k > CANDIDATES || lower < <f64>low) continue;
      let most = keyOf(<f32>(upper * (upper < 0 ? 0.999999 : 1.000001)), 0xffffffff);
      if (nc < k) pushMax(C, nc++, most);
      else if (most < load<u64>(C)) replaceMax(C, nc, most);
      if (nc == k) worst = min<u64>(worst, load<u64>(C));
    }
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let key = load<u64>(R + (<usize>i << 3));
    if (key <= worst) pushMax(R, kept++, key);
  }
  sortHeap(R, kept);
  return kept;
}
// @ts-ignore
@inline function valueOf(key: u64): f32 {
  let bits = <u32>(key >> 32);
  return reinterpret<f32>(bits & 0x80000000 ? bits ^ 0x80000000 : ~bits);
}

/** Rows `[from, to)` into a heap of `n` keys, at most `k`, by their copies; as `scanInto`. */
export function scanCodesInto(n: u32, k: u32, from: u32, to: u32, filter: usize): u32 {
  let tombs: usize = load<u32>(TOMB_COUNT) != 0 ? <usize>load<u32>(TOMBS) : 0;
  let list = scratch, keys = scratch + KEYS, R = results;
  for (let row = from; row < to; ) {
    let last = list;
    for (; row < to && last < list + 128; row++) {
      if (filter != 0 && !bit(filter, row)) continue;
      if (tombs != 0 && bit(tombs, row)) continue;
      store<u32>(last, row);
      last += 4;
    }
    keysOf(list, last, keys, query, true);
    for (let f = keys, e = keys + ((last - list) << 1); f < e; f += 8) {
      let key = load<u64>(f);
      if (n < k) pushMax(R, n++, key);
      else if (key < load<u64>(R)) replaceMax(R, n, key);
    }
  }
  return n;
}

/** Distance of the copies of two rows, in steps. */
export function codePair(a: u32, b: u32): f32 {
  let s0 = i32x4.splat(0), s1 = s0;
  let p = codeOf(a), end = p + codeStride, x = codeOf(b);
  for (; p < end; p += 16, x += 16) {
    let v = v128.load(p), w = v128.load(x);
    let c = i16x8.extend_low_i8x16_s(v), d = i16x8.extend_high_i8x16_s(v), e = i16x8.extend_low_i8x16_s(w), f = i16x8.extend_high_i8x16_s(w);
    if (metric == 0) {
      c = e = i16x8.sub(c, e);
      d = f = i16x8.sub(d, f);
    }
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(c, e));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(d, f));
  }
  s0 = i32x4.add(s0, s1);
  let sum = <f32>(i32x4.extract_lane(s0, 0) + i32x4.extract_lane(s0, 1) + i32x4.extract_lane(s0, 2) + i32x4.extract_lane(s0, 3));
  return metric == 0 ? sum : <f32>0 - sum;
}
