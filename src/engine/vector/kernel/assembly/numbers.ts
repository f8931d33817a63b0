import { format, stride, tail } from "./layout";

// The forms of stored vectors (`../formats.ts`), and how sixteen-bit numbers are widened in registers.

export const FLOAT32: u32 = 0;
export const FLOAT16: u32 = 1;
export const BFLOAT16: u32 = 2;
export const INT8: u32 = 3;
export const BITS: u32 = 4;

// A register holds eight numbers of sixteen bits. Widened, those at even places come apart from those at odd ones: sums do
// not mind the order, and no shuffle is needed. The value of a finite float16 is that of its bits, moved to where a float32
// has them, times 2^112: exact, also for subnormal numbers.

// @ts-ignore
@inline export function evens(x: v128, brain: bool): v128 {
  if (brain) return i32x4.shl(x, 16);
  return f32x4.mul(v128.and(i32x4.shr_s(i32x4.shl(x, 16), 3), i32x4.splat(0x8fffffff)), f32x4.splat(5.192296858534828e33));
}
// @ts-ignore
@inline export function odds(x: v128, brain: bool): v128 {
  if (brain) return v128.and(x, i32x4.splat(0xffff0000));
  return f32x4.mul(v128.and(i32x4.shr_s(x, 3), i32x4.splat(0x8fffe000)), f32x4.splat(5.192296858534828e33));
}

/** What a cosine of narrow vectors is multiplied with: 1 / length, behind the vector. 0 for the zero vector. */
// @ts-ignore
@inline export function inverseLength(p: usize): f64 {
  return load<f64>(p + stride - tail);
}

// @ts-ignore
@inline function squares(v: v128): v128 {
  let a = f64x2.promote_low_f32x4(v);
  let b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
}

/** The four numbers that a piece of 16 bytes of integers begins with, as floats. */
// @ts-ignore
@inline function fourIntegers(p: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(p))));
}

/** Sum of the squares of a vector that is no bits. */
export function squaredLength(p: usize): f64 {
  let s = f64x2.splat(0);
  let last = p + stride - tail;
  if (format == FLOAT32) {
    for (let x = p; x < last; x += 16) s = f64x2.add(s, squares(v128.load(x)));
  } else if (format == INT8) {
    for (let x = p; x < last; x += 4) s = f64x2.add(s, squares(fourIntegers(x)));
  } else if (format == FLOAT16) {
    for (let x = p; x < last; x += 16) {
      let v = v128.load(x);
      s = f64x2.add(s, f64x2.add(squares(evens(v, false)), squares(odds(v, false))));
    }
  } else {
    for (let x = p; x < last; x += 16) {
      let v = v128.load(x);
      s = f64x2.add(s, f64x2.add(squares(evens(v, true)), squares(odds(v, true))));
    }
  }
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** True when every number of the vector is finite. */
export function isFinite(p: usize): bool {
  if (format >= INT8) return true;
  let last = p + stride - tail;
  if (format == FLOAT32) {
    let zero = f32x4.splat(0), s = zero;
    // x * 0 is 0 for every finite x and NaN for the others.
    for (let x = p; x < last; x += 16) s = f32x4.add(s, f32x4.mul(v128.load(x), zero));
    return i32x4.all_true(f32x4.eq(s, zero));
  }
  // All bits of the exponent are set in NaN and the infinities, and in nothing else.
  let exponent = i16x8.splat(format == FLOAT16 ? 0x7c00 : 0x7f80);
  let bad = i16x8.splat(0);
  for (let x = p; x < last; x += 16) bad = v128.or(bad, i16x8.eq(v128.and(v128.load(x), exponent), exponent));
  return !v128.any_true(bad);
}
