/**
 * The shortest decimal that is this float32, as a double: 0.1 rather than 0.10000000149011612.
 * That is what a server prints for Float fields.
 */
export function shortestFloat(value: number): number {
  for (let scale = 1e5; scale <= 1e9; scale *= 10) {
    const short = Math.round(value * scale) / scale;
    if (Math.fround(short) === value) return short;
  }
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** The float32 nearest to an integer, rounded once: by way of a double it would be rounded twice. */
export function toFloat32(value: bigint): number {
  const size = value < 0n ? -value : value;
  if (size <= BigInt(Number.MAX_SAFE_INTEGER)) return Math.fround(Number(value));
  // Eleven bits less fit a double; the lowest one left says whether anything was cut off, which is all that rounding asks.
  const kept = (size >> 11n) | (size & 0x7ffn ? 1n : 0n);
  const rounded = Math.fround(Number(kept)) * 2048;
  return value < 0n ? -rounded : rounded;
}
