/** Floating-point numbers of sixteen bits, as bits: IEEE binary16, and bfloat16 (the upper half of a float32). */

const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

function bitsOf(value: number): number {
  float32[0] = value;
  return bits32[0] as number;
}

/**
 * The binary16 nearest to a number that is rounded to float32 before, ties to even; infinity from 65520 on.
 */
export function toFloat16(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  // Infinities, NaN, and what rounds to infinity.
  if (size >= 0x7f800000) return sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (size >= 0x477ff000) return sign | 0x7c00;
  if (size < 0x38800000) {
    // Below 2^-14 the steps are 2^-24; the sum with 0.5 rounds to one of them, as the float32 it is.
    float32[0] = Math.abs(float32[0] as number) + 0.5;
    return sign | ((bits32[0] as number) - 0x3f000000);
  }
  const rounded = size + 0xfff + ((size >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The number that binary16 bits are, exactly. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a number as float32: the rest is cut off, not rounded, as the server does. */
export function toBFloat16(value: number): number {
  return bitsOf(value) >>> 16;
}

/** The number that bfloat16 bits are, exactly. */
export function fromBFloat16(bits: number): number {
  bits32[0] = bits << 16;
  return float32[0] as number;
}
