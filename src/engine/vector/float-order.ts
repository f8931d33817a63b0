const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The largest float32 below `x` (a float32, not NaN). */
export function nextDown(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  if (x === 0) return -1.401298464324817e-45;
  value[0] = x;
  bits[0] = bits[0]! + (x > 0 ? -1 : 1);
  return value[0]!;
}
