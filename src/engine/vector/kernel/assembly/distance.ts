import { storeOnes } from "./bits";
import { body, dimension, format, metric, stride, tail } from "./layout";
import { narrowDistance } from "./narrow";
import { BITS, FLOAT32, squaredLength } from "./numbers";

// Distances: smaller is nearer. L2 squared; minus the inner product; minus the cosine, clamped; Hamming and Jaccard.
// Four accumulators and always the same order of additions: a pair of vectors has one distance, whichever path asks.

// @ts-ignore
@inline function l2(p: usize, x: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let end = p + body, last = p + stride;
  while (p < end) {
    let a = f32x4.sub(v128.load(p), v128.load(x)), b = f32x4.sub(v128.load(p, 16), v128.load(x, 16));
    let c = f32x4.sub(v128.load(p, 32), v128.load(x, 32)), d = f32x4.sub(v128.load(p, 48), v128.load(x, 48));
    s0 = f32x4.add(s0, f32x4.mul(a, a));
    s1 = f32x4.add(s1, f32x4.mul(b, b));
    s2 = f32x4.add(s2, f32x4.mul(c, c));
    s3 = f32x4.add(s3, f32x4.mul(d, d));
    p += 64;
    x += 64;
  }
  while (p < last) {
    let a = f32x4.sub(v128.load(p), v128.load(x));
    s0 = f32x4.add(s0, f32x4.mul(a, a));
    p += 16;
    x += 16;
  }
  return sum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

// @ts-ignore
@inline function dot(p: usize, x: usize): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let end = p + body, last = p + stride;
  while (p < end) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(x)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), v128.load(x, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), v128.load(x, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), v128.load(x, 48)));
    p += 64;
    x += 64;
  }
  while (p < last) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(x)));
    p += 16;
    x += 16;
  }
  return sum(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

// @ts-ignore
@inline function sum(v: v128): f32 {
  let t = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1);
}

/** Of float32 vectors. `0 - x` keeps equal scores equal (no minus zero). */
// @ts-ignore
@inline function floatDistance(p: usize, x: usize): f32 {
  if (metric == 0) return l2(p, x);
  let d = <f32>0 - dot(p, x);
  return metric == 2 ? min<f32>(max<f32>(d, -1), 1) : d;
}

/**
 * The distance where it is known whether the vectors are narrow: a loop over float32 rows then has no call in it.
 * Never NaN: an overflow that ends in one counts as infinitely far.
 */
// @ts-ignore
@inline export function distanceOfKind(narrow: bool, p: usize, x: usize): f32 {
  let d = narrow ? narrowDistance(p, x) : floatDistance(p, x);
  return d == d ? d : <f32>Infinity;
}

// @ts-ignore
@inline export function distance(p: usize, x: usize): f32 {
  return distanceOfKind(format != FLOAT32, p, x);
}

/** A number that orders as (distance, row): ties go to the lower row. */
// @ts-ignore
@inline export function keyOf(d: f32, row: u32): u64 {
  let bits = reinterpret<u32>(d);
  return (<u64>(bits ^ (<u32>(<i32>bits >> 31) | 0x80000000)) << 32) | row;
}
// @ts-ignore
@inline export function distanceOf(key: u64): f32 {
  let bits = <u32>(key >> 32);
  return reinterpret<f32>(bits & 0x80000000 ? bits ^ 0x80000000 : ~bits);
}

/**
 * Readies a vector for its metric. For the cosine: scales float32 to length 1, writes 1 / length behind the others; the
 * similarity of the zero vector to everything is 0. Behind bits it writes how many are set.
 */
export function prepare(p: usize): void {
  if (format == BITS) return storeOnes(p);
  let length = sqrt<f64>(squaredLength(p));
  if (format != FLOAT32) {
    store<f64>(p + stride - tail, length > 0 ? 1.0 / length : 0);
    return;
  }
  if (!(length > 0)) return;
  let scale = 1.0 / length;
  let end = p + (<usize>dimension << 2);
  for (let x = p; x < end; x += 4) store<f32>(x, <f32>(<f64>load<f32>(x) * scale));
}
