import { bitsDistance } from "./bits";
import { format, metric, stride, tail } from "./layout";
import { BITS, evens, FLOAT16, INT8, inverseLength, odds } from "./numbers";

// Distances between vectors narrower than float32, in the form in which they are stored. As with float32: smaller is nearer,
// and a pair of vectors has one distance, whichever path asks.

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
  if (format == BITS) return bitsDistance(p, x);
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
