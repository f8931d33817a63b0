import { format, metric, stride, tail } from "./layout";
import { BITS, evens, FLOAT16, INT8, inverseLength, odds } from "./numbers";

// Distances between vectors narrower than float32, in the form in which they are stored. As with float32: smaller is nearer,
// and a pair of vectors has one distance, whichever path asks.

// Bits come in pieces of 32 bytes: what a loop adds to each row would be as much as the counting.

// @ts-ignore
@inline function differing(p: usize, x: usize): i64 {
  let a = popcnt<i64>(load<i64>(p) ^ load<i64>(x)) + popcnt<i64>(load<i64>(p, 8) ^ load<i64>(x, 8));
  let b = popcnt<i64>(load<i64>(p, 16) ^ load<i64>(x, 16)) + popcnt<i64>(load<i64>(p, 24) ^ load<i64>(x, 24));
  return a + b;
}
// @ts-ignore
@inline function setInEither(p: usize, x: usize): i64 {
  let a = popcnt<i64>(load<i64>(p) | load<i64>(x)) + popcnt<i64>(load<i64>(p, 8) | load<i64>(x, 8));
  let b = popcnt<i64>(load<i64>(p, 16) | load<i64>(x, 16)) + popcnt<i64>(load<i64>(p, 24) | load<i64>(x, 24));
  return a + b;
}

// @ts-ignore
@inline function hamming(p: usize, x: usize, bytes: u32): i64 {
  let end = p + bytes;
  let n: i64 = 0;
  for (; p + 32 <= end; p += 32, x += 32) n += differing(p, x);
  for (; p < end; p += 8, x += 8) n += popcnt<i64>(load<i64>(p) ^ load<i64>(x));
  return n;
}
/** The share of differing bits among those set in either; 1 when none is set in both. */
// @ts-ignore
@inline function share(differ: i64, either: i64): f32 {
  return either == 0 ? <f32>1 : <f32><i32>differ / <f32><i32>either;
}
// @ts-ignore
@inline function jaccard(p: usize, x: usize, bytes: u32): f32 {
  let end = p + bytes;
  let differ: i64 = 0, either: i64 = 0;
  for (; p + 32 <= end; p += 32, x += 32) {
    differ += differing(p, x);
    either += setInEither(p, x);
  }
  for (; p < end; p += 8, x += 8) {
    differ += popcnt<i64>(load<i64>(p) ^ load<i64>(x));
    either += popcnt<i64>(load<i64>(p) | load<i64>(x));
  }
  return share(differ, either);
}

// 768 bits, the usual length, without a loop: the places of the words are part of the loads.

// @ts-ignore
@inline function differing96(p: usize, x: usize): i64 {
  let a = popcnt<i64>(load<i64>(p) ^ load<i64>(x)) + popcnt<i64>(load<i64>(p, 8) ^ load<i64>(x, 8));
  let b = popcnt<i64>(load<i64>(p, 16) ^ load<i64>(x, 16)) + popcnt<i64>(load<i64>(p, 24) ^ load<i64>(x, 24));
  let c = popcnt<i64>(load<i64>(p, 32) ^ load<i64>(x, 32)) + popcnt<i64>(load<i64>(p, 40) ^ load<i64>(x, 40));
  let d = popcnt<i64>(load<i64>(p, 48) ^ load<i64>(x, 48)) + popcnt<i64>(load<i64>(p, 56) ^ load<i64>(x, 56));
  let e = popcnt<i64>(load<i64>(p, 64) ^ load<i64>(x, 64)) + popcnt<i64>(load<i64>(p, 72) ^ load<i64>(x, 72));
  let f = popcnt<i64>(load<i64>(p, 80) ^ load<i64>(x, 80)) + popcnt<i64>(load<i64>(p, 88) ^ load<i64>(x, 88));
  return (a + b) + (c + d) + (e + f);
}
// @ts-ignore
@inline function setInEither96(p: usize, x: usize): i64 {
  let a = popcnt<i64>(load<i64>(p) | load<i64>(x)) + popcnt<i64>(load<i64>(p, 8) | load<i64>(x, 8));
  let b = popcnt<i64>(load<i64>(p, 16) | load<i64>(x, 16)) + popcnt<i64>(load<i64>(p, 24) | load<i64>(x, 24));
  let c = popcnt<i64>(load<i64>(p, 32) | load<i64>(x, 32)) + popcnt<i64>(load<i64>(p, 40) | load<i64>(x, 40));
  let d = popcnt<i64>(load<i64>(p, 48) | load<i64>(x, 48)) + popcnt<i64>(load<i64>(p, 56) | load<i64>(x, 56));
  let e = popcnt<i64>(load<i64>(p, 64) | load<i64>(x, 64)) + popcnt<i64>(load<i64>(p, 72) | load<i64>(x, 72));
  let f = popcnt<i64>(load<i64>(p, 80) | load<i64>(x, 80)) + popcnt<i64>(load<i64>(p, 88) | load<i64>(x, 88));
  return (a + b) + (c + d) + (e + f);
}

/** As `nextBits`, one function per loop: what another keeps in registers costs time here. */
function nextHamming96(p: usize, end: usize, x: usize, most: i64): usize {
  for (; p < end; p += 96) if (differing96(p, x) <= most) break;
  return p;
}
function nextJaccard96(p: usize, end: usize, x: usize, bound: f32): usize {
  for (; p < end; p += 96) if (share(differing96(p, x), setInEither96(p, x)) <= bound) break;
  return p;
}
function nextHamming(p: usize, end: usize, x: usize, most: i64): usize {
  let bytes = stride;
  for (; p < end; p += bytes) if (hamming(p, x, bytes) <= most) break;
  return p;
}
function nextJaccard(p: usize, end: usize, x: usize, bound: f32): usize {
  let bytes = stride;
  for (; p < end; p += bytes) if (jaccard(p, x, bytes) <= bound) break;
  return p;
}

/** The first of the vectors in `[p, end)` whose distance to `x` is at most `bound`; `end` when there is none. */
export function nextBits(p: usize, end: usize, x: usize, bound: f32): usize {
  if (metric == 3) {
    let most = <i64>floor(bound);
    return stride == 96 ? nextHamming96(p, end, x, most) : nextHamming(p, end, x, most);
  }
  return stride == 96 ? nextJaccard96(p, end, x, bound) : nextJaccard(p, end, x, bound);
}

// Integers: exact. 32768 products of two bytes, or squares of differences, fit 32 bits.

// @ts-ignore
@inline function integers(s: v128): i32 {
  return i32x4.extract_lane(s, 0) + i32x4.extract_lane(s, 1) + i32x4.extract_lane(s, 2) + i32x4.extract_lane(s, 3);
}
function int8L2(p: usize, x: usize): f32 {
  let s0 = i32x4.splat(0), s1 = s0;
  let end = p + stride;
  for (; p < end; p += 16, x += 16) {
    let v = v128.load(p), w = v128.load(x);
    let a = i16x8.sub(i16x8.extend_low_i8x16_s(v), i16x8.extend_low_i8x16_s(w));
    let b = i16x8.sub(i16x8.extend_high_i8x16_s(v), i16x8.extend_high_i8x16_s(w));
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(a, a));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(b, b));
  }
  return <f32>integers(i32x4.add(s0, s1));
}
function int8Dot(p: usize, x: usize): i32 {
  let s0 = i32x4.splat(0), s1 = s0;
  let end = p + stride - tail;
  for (; p < end; p += 16, x += 16) {
    let v = v128.load(p), w = v128.load(x);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(v), i16x8.extend_low_i8x16_s(w)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(v), i16x8.extend_high_i8x16_s(w)));
  }
  return integers(i32x4.add(s0, s1));
}

// @ts-ignore
@inline function sum(v: v128): f32 {
  let t = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1);
}
// @ts-ignore
@inline function halfL2(p: usize, x: usize, brain: bool): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let end = p + stride;
  for (; p < end; p += 32, x += 32) {
    let v = v128.load(p), w = v128.load(x), t = v128.load(p, 16), u = v128.load(x, 16);
    let a = f32x4.sub(evens(v, brain), evens(w, brain)), b = f32x4.sub(odds(v, brain), odds(w, brain));
    let c = f32x4.sub(evens(t, brain), evens(u, brain)), d = f32x4.sub(odds(t, brain), odds(u, brain));
    s0 = f32x4.add(s0, f32x4.mul(a, a));
    s1 = f32x4.add(s1, f32x4.mul(b, b));
    s2 = f32x4.add(s2, f32x4.mul(c, c));
    s3 = f32x4.add(s3, f32x4.mul(d, d));
  }
  return sum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}
// @ts-ignore
@inline function halfDot(p: usize, x: usize, brain: bool): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let end = p + stride - tail;
  for (; p < end; p += 32, x += 32) {
    let v = v128.load(p), w = v128.load(x), t = v128.load(p, 16), u = v128.load(x, 16);
    s0 = f32x4.add(s0, f32x4.mul(evens(v, brain), evens(w, brain)));
    s1 = f32x4.add(s1, f32x4.mul(odds(v, brain), odds(w, brain)));
    s2 = f32x4.add(s2, f32x4.mul(evens(t, brain), evens(u, brain)));
    s3 = f32x4.add(s3, f32x4.mul(odds(t, brain), odds(u, brain)));
  }
  return sum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** As `halfDot`, for numbers whose products no float32 holds. */
function wideDot(p: usize, x: usize): f64 {
  let s: f64 = 0;
  let end = p + stride - tail;
  for (; p < end; p += 2, x += 2) {
    s += <f64>reinterpret<f32>(<u32>load<u16>(p) << 16) * <f64>reinterpret<f32>(<u32>load<u16>(x) << 16);
  }
  return s;
}

// @ts-ignore
@inline function clamped(cosine: f64): f32 {
  return <f32>min<f64>(max<f64>(0 - cosine, -1), 1);
}

/** Never NaN, no minus zero. */
export function narrowDistance(p: usize, x: usize): f32 {
  if (format == BITS) return metric == 3 ? <f32>hamming(p, x, stride) : jaccard(p, x, stride);
  if (format == INT8) {
    if (metric == 0) return int8L2(p, x);
    if (metric == 1) return <f32>0 - <f32>int8Dot(p, x);
    return clamped(<f64>int8Dot(p, x) * inverseLength(p) * inverseLength(x));
  }
  if (format == FLOAT16) {
    if (metric == 0) return halfL2(p, x, false);
    if (metric == 1) return <f32>0 - halfDot(p, x, false);
    return clamped(<f64>halfDot(p, x, false) * inverseLength(p) * inverseLength(x));
  }
  let d: f32;
  if (metric == 0) {
    d = halfL2(p, x, true);
  } else if (metric == 1) {
    d = <f32>0 - halfDot(p, x, true);
  } else {
    let dot = <f64>halfDot(p, x, true), inverse = inverseLength(p) * inverseLength(x);
    if (!(abs(dot) < Infinity) || inverse > 1e20) dot = wideDot(p, x);
    return clamped(dot * inverse);
  }
  return d == d ? d : <f32>Infinity;
}
