/**
 * `round_decimal` of a search: half away from zero, of the float32 product, as the server computes it.
 *
 * @param decimals 0..6
 */
export function roundScore(score: number, decimals: number): number {
  const power = 10 ** decimals;
  const scaled = Math.fround(score * power);
  // Beyond 2^24 a float32 has no fraction left, and the product may leave its range.
  if (!Number.isFinite(scaled) || Math.abs(scaled) >= 2 ** 24) return score;
  const rounded = Math.floor(Math.abs(scaled) + 0.5) / power;
  return Math.fround(scaled < 0 ? -rounded : rounded);
}
