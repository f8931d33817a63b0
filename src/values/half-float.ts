/**
 * Sixteen-bit floating point numbers, as vectors store them: IEEE 754 binary16 and bfloat16 (the upper half of a
 * float32). Both are widened exactly.
 */

const scratch = new DataView(new ArrayBuffer(4));

/** The largest finite binary16. */
export const MAX_FLOAT16 = 65504;

function float32Bits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** The nearest binary16 of a float32, ties to even; beyond the range an infinity. @returns its 16 bits */
export function toFloat16(value: number): number {
  const bits = float32Bits(value);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200);
  const shifted = exponent - 127 + 15;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    // A subnormal: the implied one joins the fraction, which moves down further.
    const shift = 14 - shifted;
    return shift > 24 ? sign : sign | roundedShift(fraction | 0x800000, shift);
  }
  // A carry out of the fraction moves the exponent up by one, into infinity at the end of the range.
  return sign | ((shifted << 10) + roundedShift(fraction, 13));
}

/** `value >> shift`, to nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The number that 16 bits of binary16 stand for. */
export function fromFloat16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32, cut off without rounding, as a Milvus server does it. @returns its 16 bits */
export function toBfloat16(value: number): number {
  return float32Bits(value) >>> 16;
}

/** The number that 16 bits of bfloat16 stand for. */
export function fromBfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
