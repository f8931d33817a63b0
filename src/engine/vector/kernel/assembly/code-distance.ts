import { CODES_READY, eight, lanes, QUERY_STEPS, QUERY_ZERO, scaleOf } from "./codes";
import { keyOf } from "./distance";
import { CODE_INVERSE, CODE_MIDDLE, CODE_STATE, codeOf, codeStride, format, metric, stride, tail, termOf } from "./layout";
import { FLOAT32 } from "./numbers";
import { queryCode, reserveQueryCode } from "./searcher";

// Distances between a query and the eight-bit copies of rows, as numbers that order like them. A row's code c and the query u,
// shifted so that no number of it is negative, are multiplied as integers: what else there is to a distance is the row's own and
// lies ready (`termOf`), or the query's own and changes no order.
//
//   L2: |c|^2 - 2 c (u - zero) = term - 2 c u      inner product: - c (u - zero) = term - c u

/** Numbers of 14 bits, in 32 bits the products of this many. */
const MOST_DIMENSIONS: u32 = 4096;
const MOST: f32 = 16383;

/** The query has numbers beyond what 14 bits hold, so `farKey` is asked. */
export let far: bool = false;

/** Makes the query's code. False when there are no codes. */
export function encodeQuery(q: usize): bool {
  if (atomic.load<u32>(CODE_STATE) != CODES_READY) return false;
  if (!reserveQueryCode()) return false;
  far = false;
  far = codeStride > MOST_DIMENSIONS || !encodeNear(q);
  if (far) encodeFar(q);
  return true;
}

/** The same of a row's own code: its vector may not be at hand. */
export function encodeOwnCode(row: u32): bool {
  if (!reserveQueryCode()) return false;
  far = codeStride > MOST_DIMENSIONS;
  let p = codeOf(row), end = p + codeStride, to = queryCode;
  let zero = i16x8.splat(far ? 0 : <i16>QUERY_ZERO), shift = far ? 0 : 4;
  for (; p < end; p += 16, to += 32) {
    let v = v128.load(p);
    let a = i16x8.add(i16x8.shl(i16x8.extend_low_i8x16_s(v), shift), zero);
    let b = i16x8.add(i16x8.shl(i16x8.extend_high_i8x16_s(v), shift), zero);
    storePieces(to, a, b);
  }
  return true;
}

// @ts-ignore
@inline function storePieces(to: usize, a: v128, b: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD && !far) {
    let low = i16x8.splat(127);
    v128.store(to, i8x16.narrow_i16x8_s(i16x8.shr_u(a, 7), i16x8.shr_u(b, 7)));
    v128.store(to, i8x16.narrow_i16x8_s(v128.and(a, low), v128.and(b, low)), 16);
  } else {
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}

/** In steps of a sixteenth; false when a number is beyond the scale. */
function encodeNear(q: usize): bool {
  let end = q + stride - tail, to = queryCode;
  let half: usize = format == FLOAT32 ? 32 : 16;
  let middle = f32x4.splat(load<f32>(CODE_MIDDLE)), inverse = f32x4.mul(scaleOf(q), f32x4.splat(<f32>QUERY_STEPS));
  let zero = i16x8.splat(<i16>QUERY_ZERO), beyond = i16x8.splat(0);
  for (; q < end; q += half << 1, to += 32) {
    let a = eight(q, middle, inverse), b = eight(q + half, middle, inverse);
    beyond = v128.or(beyond, v128.or(outside(a), outside(b)));
    storePieces(to, i16x8.add(a, zero), i16x8.add(b, zero));
  }
  return !v128.any_true(beyond);
}
// @ts-ignore
@inline function outside(v: v128): v128 {
  return v128.or(i16x8.gt_s(v, i16x8.splat(<i16>QUERY_ZERO - 1)), i16x8.lt_s(v, i16x8.splat(-<i16>QUERY_ZERO)));
}

/** In steps of the codes, as far out as 32 bits hold the sum of the squares. */
function encodeFar(q: usize): void {
  let end = q + stride - tail, to = queryCode;
  let step: usize = format == FLOAT32 ? 32 : 16;
  let limit = <i16>min<f64>(8000, sqrt<f64>(2147483647.0 / <f64>codeStride) - 130);
  let middle = f32x4.splat(load<f32>(CODE_MIDDLE)), inverse = scaleOf(q);
  for (; q < end; q += step, to += 16) {
    let v = eight(q, middle, inverse);
    v128.store(to, i16x8.max_s(i16x8.min_s(v, i16x8.splat(limit)), i16x8.splat(-limit)));
  }
}

function farKey(row: u32): u64 {
  let s0 = i32x4.splat(0), s1 = s0;
  let p = codeOf(row), end = p + codeStride, x = queryCode;
  for (; p < end; p += 16, x += 32) {
    let v = v128.load(p);
    let a = i16x8.extend_low_i8x16_s(v), b = i16x8.extend_high_i8x16_s(v), c = v128.load(x), d = v128.load(x, 16);
    if (metric == 0) {
      a = c = i16x8.sub(a, c);
      b = d = i16x8.sub(b, d);
    }
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(a, c));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(b, d));
  }
  let sum = <f64>lanes(i32x4.add(s0, s1));
  return keyOf(<f32>(metric == 0 ? sum : 0 - sum), row);
}

// @ts-ignore
@inline function whole(high: v128, low: v128): v128 {
  return f32x4.convert_i32x4_s(ASC_FEATURE_RELAXED_SIMD ? i32x4.add(i32x4.shl(high, 7), low) : i32x4.add(high, low));
}

/** The products of the query and four codes, added up. */
// @ts-ignore
@inline function products(p: usize, p1: usize, p2: usize, p3: usize): v128 {
  let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  let x = queryCode, end = p + codeStride;
  p1 -= p;
  p2 -= p;
  p3 -= p;
  for (; p < end; p += 16, x += 32) {
    let s = v128.load(p), t = v128.load(p + p1), u = v128.load(p + p2), v = v128.load(p + p3);
    let y = v128.load(x), z = v128.load(x, 16);
    if (ASC_FEATURE_RELAXED_SIMD) {
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(s, y, a);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(s, z, b);
      c = i32x4.relaxed_dot_i8x16_i7x16_add_s(t, y, c);
      d = i32x4.relaxed_dot_i8x16_i7x16_add_s(t, z, d);
      e = i32x4.relaxed_dot_i8x16_i7x16_add_s(u, y, e);
      f = i32x4.relaxed_dot_i8x16_i7x16_add_s(u, z, f);
      g = i32x4.relaxed_dot_i8x16_i7x16_add_s(v, y, g);
      h = i32x4.relaxed_dot_i8x16_i7x16_add_s(v, z, h);
    } else {
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(s), y));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(s), z));
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(t), y));
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(t), z));
      e = i32x4.add(e, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(u), y));
      f = i32x4.add(f, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(u), z));
      g = i32x4.add(g, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(v), y));
      h = i32x4.add(h, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(v), z));
    }
  }
  let s = whole(a, b), t = whole(c, d), u = whole(e, f), v = whole(g, h);
  s = f32x4.add(v128.shuffle<f32>(s, t, 0, 4, 1, 5), v128.shuffle<f32>(s, t, 2, 6, 3, 7));
  u = f32x4.add(v128.shuffle<f32>(u, v, 0, 4, 1, 5), v128.shuffle<f32>(u, v, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(s, u, 0, 1, 4, 5), v128.shuffle<f32>(s, u, 2, 3, 6, 7));
}

/** Approximate distance of a row's code to the query's, as a key that orders like it. */
export function codeKey(row: u32): u64 {
  if (far) return farKey(row);
  let p = codeOf(row), end = p + codeStride, x = queryCode;
  let a = i32x4.splat(0), b = a;
  for (; p < end; p += 16, x += 32) {
    let s = v128.load(p);
    if (ASC_FEATURE_RELAXED_SIMD) {
      a = i32x4.relaxed_dot_i8x16_i7x16_add_s(s, v128.load(x), a);
      b = i32x4.relaxed_dot_i8x16_i7x16_add_s(s, v128.load(x, 16), b);
    } else {
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(s), v128.load(x)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(s), v128.load(x, 16)));
    }
  }
  let s = whole(a, b);
  s = f32x4.add(v128.shuffle<f32>(s, s, 0, 0, 1, 1), v128.shuffle<f32>(s, s, 2, 2, 3, 3));
  let sum = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2);
  return keyOf(load<f32>(termOf(row)) - (metric == 0 ? sum + sum : sum), row);
}

/** The same of the rows in a list, four at a time: their keys behind one another. Up to three more are written. */
export function codeKeys(list: usize, count: u32, to: usize): void {
  let end = list + (<usize>count << 2);
  if (far) {
    for (; list < end; list += 4, to += 8) store<u64>(to, farKey(load<u32>(list)));
    return;
  }
  // Four at least: the last one stands for those that are missing.
  let last = load<u32>(end - 4);
  store<u32>(end, last);
  store<u32>(end, last, 4);
  store<u32>(end, last, 8);
  for (; list < end; list += 16, to += 32) {
    let a = load<u32>(list), b = load<u32>(list, 4), c = load<u32>(list, 8), d = load<u32>(list, 12);
    let sums = products(codeOf(a), codeOf(b), codeOf(c), codeOf(d));
    if (metric == 0) sums = f32x4.add(sums, sums);
    let terms = f32x4(load<f32>(termOf(a)), load<f32>(termOf(b)), load<f32>(termOf(c)), load<f32>(termOf(d)));
    let bits = f32x4.sub(terms, sums);
    bits = v128.xor(bits, v128.or(i32x4.shr_s(bits, 31), i32x4.splat(0x80000000)));
    let rows = v128.load(list);
    v128.store(to, v128.shuffle<u32>(rows, bits, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<u32>(rows, bits, 2, 6, 3, 7), 16);
  }
}

/** Number `i` of the query's code, in steps of the codes. */
export function queryNumber(i: u32): f64 {
  let piece = queryCode + (<usize>(i >> 4) << 5), at: usize = i & 15;
  if (far) return <f64>load<i16>(piece + (at << 1));
  let whole = ASC_FEATURE_RELAXED_SIMD
    ? (<i32>load<i8>(piece + at) << 7) + <i32>load<i8>(piece + at, 16)
    : <i32>load<i16>(piece + (at << 1));
  return (<f64>whole - QUERY_ZERO) / QUERY_STEPS;
}
