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
