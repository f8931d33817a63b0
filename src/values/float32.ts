/** Powers of ten that are exact doubles. */
export const POWERS: readonly number[] = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** Nine significant digits always identify a float32. */
export const MOST_DIGITS = 9;
/** Fewer than these are never shorter: trailing zeros go anyway. */
export const FIRST_DIGITS = 6;

/**
 * The shortest decimal that is this float32, as a double: 0.1 rather than 0.10000000149011612.
 * That is what a server prints for Float fields and vectors.
 */
export function shortestFloat(value: number): number {
  const size = Math.abs(value);
  if (size < 1e9 && Number.isInteger(value)) return value;
  const magnitude = decimalMagnitude(size);
  for (let digits = FIRST_DIGITS; digits <= MOST_DIGITS; digits++) {
    const power = POWERS[digits - 1 - magnitude];
    if (power === undefined) break;
    const short = Math.round(size * power) / power;
    if (Math.fround(short) === size) return value < 0 ? -short : short;
  }
  // Very large and very small ones, where the scaling above is not exact; the smallest have few digits.
  for (let digits = 1; digits <= MOST_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** The exponent of a positive number in scientific notation; far ones only roughly, beyond the range of `POWERS`. */
export function decimalMagnitude(value: number): number {
  if (value >= 1) {
    let magnitude = 0;
    while (magnitude < 22 && value >= (POWERS[magnitude + 1] as number)) magnitude++;
    return magnitude;
  }
  let magnitude = -1;
  while (magnitude > -20 && value * (POWERS[-magnitude] as number) < 1) magnitude--;
  return magnitude;
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
