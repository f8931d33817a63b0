import {
  CODE_CUT, CODE_INVERSE, CODE_MIDDLE, CODE_STATE, codeOf, codeStride, format, metric, refresh, ROWS, stride, tail, termOf, vectorOf,
} from "./layout";
import { codeKey, encodeQuery } from "./code-distance";
import { distance, keyOf } from "./distance";
import { pushMax, replaceMax } from "./heap";
import { evens, FLOAT16, FLOAT32, inverseLength, odds } from "./numbers";
import { beginWalk, scratch } from "./searcher";

// Eight-bit copies of the vectors. A walk is bound by memory: on a quarter of the bytes it finds the same rows sooner, and
// what it finds is then ordered by the true distances. One scale for all dimensions, so that integers can be added up.

export const CODES_NONE: u32 = 0;
export const CODES_READY: u32 = 1;
/** Tried and found too coarse for this data. */
export const CODES_OFF: u32 = 2;
/** A query's numbers have 14 bits: this many steps to one of a code, and zero in the middle. */
export const QUERY_STEPS: f64 = 16;
export const QUERY_ZERO: f64 = 8192;
const SAMPLE: u32 = 2048;
const CHECKS: u32 = 32;

/** Chooses scale and middle from a sample of the rows. For the builder, before the first row is linked. */
export function beginCodes(): void {
  refresh();
  if (codeStride == 0 || load<u32>(CODE_STATE) != CODES_NONE) return;
  let rows = atomic.load<u32>(ROWS);
  let step = max(1, rows / SAMPLE);
  let low = f32x4.splat(Infinity), high = f32x4.splat(-Infinity);
  for (let row: u32 = 0; row < rows; row += step) {
    let p = vectorOf(row), end = p + stride - tail;
    let scale = f32x4.splat(tail != 0 ? <f32>inverseLength(p) : 1);
    for (; p < end; p += 16) {
      let v = v128.load(p);
      if (format != FLOAT32) {
        let w = f32x4.mul(second(v), scale);
        low = f32x4.pmin(low, w);
        high = f32x4.pmax(high, w);
        v = f32x4.mul(first(v), scale);
      }
      low = f32x4.pmin(low, v);
      high = f32x4.pmax(high, v);
    }
  }
  let a = min(min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)), min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)));
  let b = max(max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)), max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)));
  // A shift changes no L2 distance; it would change inner products.
  let middle: f32 = metric == 0 ? a * 0.5 + b * 0.5 : 0;
  let half: f32 = metric == 0 ? b * 0.5 - a * 0.5 : max(abs(a), abs(b));
  let inverse: f32 = <f32>127 / half;
  // Nothing to tell apart, or beyond what a float can scale.
  if (!(half > 0) || !(inverse > 0) || inverse == Infinity) {
    store<u32>(CODE_STATE, CODES_OFF);
    return;
  }
  store<f32>(CODE_MIDDLE, middle);
  store<f32>(CODE_INVERSE, inverse);
  store<u32>(CODE_CUT, 0);
  atomic.store<u32>(CODE_STATE, CODES_READY);
  if (!fineEnough(rows, step)) atomic.store<u32>(CODE_STATE, CODES_OFF);
}

/** Whether the codes of a sample find the true neighbours within the sample: 10 among their nearest 15, for 97 of 100. */
function fineEnough(rows: u32, step: u32): bool {
  if (!beginWalk(1)) return false;
  for (let row: u32 = 0; row < rows; row += step) encodeRow(row);
  let exact = scratch, coarse = scratch + 512;
  let wanted: u32 = 0, found: u32 = 0;
  let jump = max(step, rows / CHECKS);
  for (let q: u32 = 0; q < rows; q += jump) {
    let x = vectorOf(q);
    if (!encodeQuery(x)) return false;
    let n: u32 = 0, nc: u32 = 0;
    for (let row: u32 = 0; row < rows; row += step) {
      if (row == q) continue;
      let key = keyOf(distance(vectorOf(row), x), row);
      if (n < 10) pushMax(exact, n++, key);
      else if (key < load<u64>(exact)) replaceMax(exact, n, key);
      key = codeKey(row);
      if (nc < 15) pushMax(coarse, nc++, key);
      else if (key < load<u64>(coarse)) replaceMax(coarse, nc, key);
    }
    wanted += n;
    for (let i: u32 = 0; i < n; i++) {
      let row = load<u32>(exact + (<usize>i << 3));
      for (let j: u32 = 0; j < nc; j++) {
        if (load<u32>(coarse + (<usize>j << 3)) == row) {
          found++;
          break;
        }
      }
    }
  }
  return found * 100 >= wanted * 97;
}

// @ts-ignore
@inline export function first(x: v128): v128 {
  return format == FLOAT16 ? evens(x, false) : evens(x, true);
}
// @ts-ignore
@inline export function second(x: v128): v128 {
  return format == FLOAT16 ? odds(x, false) : odds(x, true);
}
// @ts-ignore
@inline function scaled(v: v128, middle: v128, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(f32x4.sub(v, middle), inverse)));
}
/** Eight numbers; which of a vector's is the same for all vectors of a part. */
// @ts-ignore
@inline export function eight(p: usize, middle: v128, inverse: v128): v128 {
  let v = v128.load(p);
  if (format == FLOAT32) return i16x8.narrow_i32x4_s(scaled(v, middle, inverse), scaled(v128.load(p, 16), middle, inverse));
  return i16x8.narrow_i32x4_s(scaled(first(v), middle, inverse), scaled(second(v), middle, inverse));
}
/** What numbers of the vector at `p` are multiplied with: narrow vectors of a cosine field are not scaled to length 1. */
// @ts-ignore
@inline export function scaleOf(p: usize): v128 {
  let inverse = load<f32>(CODE_INVERSE);
  return f32x4.splat(tail != 0 ? <f32>(<f64>inverse * inverseLength(p)) : inverse);
}

/** Writes the code of a row whose vector is held. */
export function encodeRow(row: u32): void {
  encodeFrom(vectorOf(row), row);
}

/** Writes the code of a row from its vector at `p`. What is beyond the scale is cut off; when that happens to many rows the codes are given up. */
export function encodeFrom(p: usize, row: u32): void {
  let end = p + stride - tail, to = codeOf(row);
  let middle = f32x4.splat(load<f32>(CODE_MIDDLE)), inverse = scaleOf(p);
  let half: usize = format == FLOAT32 ? 32 : 16;
  let most = i16x8.splat(0), sums = i32x4.splat(0), squares = sums, ones = i16x8.splat(1);
  for (; p < end; p += half << 1, to += 16) {
    let a = eight(p, middle, inverse), b = eight(p + half, middle, inverse);
    most = i16x8.max_u(most, i16x8.max_u(i16x8.abs(a), i16x8.abs(b)));
    let code = i8x16.narrow_i16x8_s(a, b);
    v128.store(to, code);
    a = i16x8.extend_low_i8x16_s(code);
    b = i16x8.extend_high_i8x16_s(code);
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.add(a, b), ones));
    squares = i32x4.add(squares, i32x4.add(i32x4.dot_i16x8_s(a, a), i32x4.dot_i16x8_s(b, b)));
  }
  store<f32>(termOf(row), <f32>rowTerm(<f64>lanes(sums), <f64>lanes(squares)));
  if (v128.any_true(i16x8.gt_u(most, i16x8.splat(160)))) {
    let cut = load<u32>(CODE_CUT) + 1;
    store<u32>(CODE_CUT, cut);
    if (cut > 500 && cut * 20 > row) atomic.store<u32>(CODE_STATE, CODES_OFF);
  }
}

/** Writes the codes of rows `[from, to)`. */
export function encodeRows(from: u32, to: u32): void {
  beginCodes();
  if (load<u32>(CODE_STATE) != CODES_READY) return;
  for (let row = from; row < to; row++) encodeRow(row);
}

/** What a row brings to its distance to any query (`code-distance.ts`), of the sum of its code's numbers and of their squares. */
// @ts-ignore
@inline function rowTerm(sum: f64, squares: f64): f64 {
  return metric == 0 ? squares * QUERY_STEPS + sum * (2 * QUERY_ZERO) : sum * QUERY_ZERO;
}
// @ts-ignore
@inline export function lanes(s: v128): i32 {
  return i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3);
}
