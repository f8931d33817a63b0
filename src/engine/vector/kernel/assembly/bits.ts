import { dimension, metric, stride, tail } from "./layout";

// Distances between vectors of bits. Three registers go at a time: what is set in an odd number of them, and in two or three,
// says as much as all of them, so there are two to count instead of three.

// @ts-ignore
@inline function ones(v: v128): i64 {
  return popcnt<i64>(i64x2.extract_lane(v, 0)) + popcnt<i64>(i64x2.extract_lane(v, 1));
}
// @ts-ignore
@inline function onesOfThree(a: v128, b: v128, c: v128): i64 {
  let odd = v128.xor(a, b);
  return ones(v128.xor(odd, c)) + (ones(v128.or(v128.and(a, b), v128.and(odd, c))) << 1);
}
// @ts-ignore
@inline function differing(p: usize, x: usize): v128 {
  return v128.xor(v128.load(p), v128.load(x));
}

// @ts-ignore
@inline function hamming(p: usize, x: usize, bytes: u32): i64 {
  let end = p + bytes;
  let n: i64 = 0;
  for (; p + 48 <= end; p += 48, x += 48) {
    n += onesOfThree(differing(p, x), differing(p + 16, x + 16), differing(p + 32, x + 32));
  }
  for (; p + 16 <= end; p += 16, x += 16) n += ones(differing(p, x));
  return p < end ? n + popcnt<i64>(load<i64>(p) ^ load<i64>(x)) : n;
}

/** Behind a vector stands how many of its bits are set, where the metric needs it. */
export function storeOnes(p: usize): void {
  let end = p + stride - tail;
  let n: i64 = 0;
  for (; p < end; p += 8) n += popcnt<i64>(load<i64>(p));
  store<i64>(end, n);
}
/** The share of differing bits among those set in either; 1 when none is. `set`: those of both vectors, added up. */
// @ts-ignore
@inline function share(differ: i64, set: i64): f32 {
  let either = (set + differ) >> 1;
  return either == 0 ? <f32>1 : <f32><i32>differ / <f32><i32>either;
}
// @ts-ignore
@inline function jaccard(p: usize, x: usize, bytes: u32): f32 {
  return share(hamming(p, x, bytes), load<i64>(p + bytes) + load<i64>(x + bytes));
}

// Elements of 8 to 64 bits, of which the equal ones are counted (metrics 5 to 8).

// @ts-ignore
@inline function equalElements(a: v128, b: v128): i32 {
  if (metric == 5) return popcnt<i32>(i8x16.bitmask(i8x16.eq(a, b)));
  if (metric == 6) return popcnt<i32>(i16x8.bitmask(i16x8.eq(a, b)));
  if (metric == 7) return popcnt<i32>(i32x4.bitmask(i32x4.eq(a, b)));
  return popcnt<i32>(i64x2.bitmask(i64x2.eq(a, b)));
}
/** The share of equal elements, negative: the larger, the nearer. */
function elementsDistance(p: usize, x: usize): f32 {
  let width: usize = 1 << (metric - 5);
  let bytes: usize = dimension >> 3;
  let end = p + bytes, n: i32 = 0;
  for (; p + 16 <= end; p += 16, x += 16) n += equalElements(v128.load(p), v128.load(x));
  for (; p < end; p += width, x += width) {
    let i: usize = 0;
    while (i < width && load<u8>(p + i) == load<u8>(x + i)) i++;
    if (i == width) n++;
  }
  return n == 0 ? 0 : <f32>0 - <f32>n / <f32>(bytes / width);
}

export function bitsDistance(p: usize, x: usize): f32 {
  if (metric > 4) return elementsDistance(p, x);
  return metric == 3 ? <f32>hamming(p, x, stride) : jaccard(p, x, stride - tail);
}

// One function for each loop over rows: what another keeps in registers costs time here. Those for the usual lengths hold the
// whole query in registers.

function nextHamming(p: usize, end: usize, x: usize, most: i64): usize {
  let bytes = stride;
  for (; p < end; p += bytes) if (hamming(p, x, bytes) <= most) break;
  return p;
}
function nextJaccard(p: usize, end: usize, x: usize, bound: f32): usize {
  let step = stride, bytes = stride - tail;
  for (; p < end; p += step) if (jaccard(p, x, bytes) <= bound) break;
  return p;
}

/** For 64, 96, 128 or 192 bytes and one metric, both known when this is compiled. */
// @ts-ignore
@inline function nextOf(p: usize, end: usize, x: usize, bound: f32, bytes: u32, byJaccard: bool): usize {
  let a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
  let e = bytes > 64 ? v128.load(x, 64) : a, f = bytes > 64 ? v128.load(x, 80) : a;
  let g = bytes > 96 ? v128.load(x, 96) : a, h = bytes > 96 ? v128.load(x, 112) : a;
  let i = bytes > 128 ? v128.load(x, 128) : a, j = bytes > 128 ? v128.load(x, 144) : a;
  let k = bytes > 128 ? v128.load(x, 160) : a, l = bytes > 128 ? v128.load(x, 176) : a;
  let most = <i64>floor(bound), set = byJaccard ? load<i64>(x + bytes) : 0;
  // A share without a division; those that only rounding brings to the bound are within, and those without bits.
  let wide = <f64>bound * (1 + 2.384185791015625e-7);
  for (; p < end; p += byJaccard ? bytes + 8 : bytes) {
    let n = onesOfThree(v128.xor(v128.load(p), a), v128.xor(v128.load(p, 16), b), v128.xor(v128.load(p, 32), c));
    if (bytes == 64) {
      n += ones(v128.xor(v128.load(p, 48), d));
    } else {
      n += onesOfThree(v128.xor(v128.load(p, 48), d), v128.xor(v128.load(p, 64), e), v128.xor(v128.load(p, 80), f));
    }
    if (bytes == 128) n += ones(v128.xor(v128.load(p, 96), g)) + ones(v128.xor(v128.load(p, 112), h));
    if (bytes == 192) {
      n += onesOfThree(v128.xor(v128.load(p, 96), g), v128.xor(v128.load(p, 112), h), v128.xor(v128.load(p, 128), i));
      n += onesOfThree(v128.xor(v128.load(p, 144), j), v128.xor(v128.load(p, 160), k), v128.xor(v128.load(p, 176), l));
    }
    if (byJaccard ? !(<f64>(n << 1) > wide * <f64>(load<i64>(p + bytes) + set + n)) : n <= most) break;
  }
  return p;
}
function nextHamming64(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 64, false);
}
function nextHamming96(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 96, false);
}
function nextHamming128(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 128, false);
}
function nextHamming192(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 192, false);
}
function nextJaccard64(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 64, true);
}
function nextJaccard96(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 96, true);
}
function nextJaccard128(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 128, true);
}
function nextJaccard192(p: usize, end: usize, x: usize, bound: f32): usize {
  return nextOf(p, end, x, bound, 192, true);
}

/**
 * The first of the vectors in `[p, end)` whose distance to `x` may be at most `bound`: none before it is; `end` when there is
 * none.
 */
export function nextBits(p: usize, end: usize, x: usize, bound: f32): usize {
  let bytes = stride - tail;
  if (metric > 4) {
    while (p < end && elementsDistance(p, x) > bound) p += stride;
    return p;
  }
  if (metric == 3) {
    if (bytes == 64) return nextHamming64(p, end, x, bound);
    if (bytes == 96) return nextHamming96(p, end, x, bound);
    if (bytes == 128) return nextHamming128(p, end, x, bound);
    if (bytes == 192) return nextHamming192(p, end, x, bound);
    return nextHamming(p, end, x, <i64>floor(bound));
  }
  if (bytes == 64) return nextJaccard64(p, end, x, bound);
  if (bytes == 96) return nextJaccard96(p, end, x, bound);
  if (bytes == 128) return nextJaccard128(p, end, x, bound);
  if (bytes == 192) return nextJaccard192(p, end, x, bound);
  return nextJaccard(p, end, x, bound);
}
