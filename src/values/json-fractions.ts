type Members = Readonly<Record<string, unknown>>;

/** Objects and lists in each other, beyond which nobody looks. */
const MOST_DEPTH = 8;

/**
 * Whether a value holds so many lists that begin with a fraction, and they hold nothing else: of numbers between integers `JSON.parse`
 * loses nothing that matters, however they were written.
 */
export function areFractions(value: unknown, lists: number): boolean {
  return fractionLists(value, MOST_DEPTH) === lists;
}

/** The number of lists of fractions in a value; NaN where one of them holds something else. */
function fractionLists(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === 0) return Number.NaN;
  let lists = 0;
  if (!Array.isArray(value)) {
    for (const key of Object.keys(value)) lists += fractionLists((value as Members)[key], depth - 1);
    return lists;
  }
  if (typeof value[0] !== "number") {
    for (const item of value) lists += fractionLists(item, depth - 1);
    return lists;
  }
  if (!isFraction(value[0])) return 0;
  for (let i = 1; i < value.length; i++) if (!isFraction(value[i])) return Number.NaN;
  return 1;
}

/** Of infinities the largest integer below is themselves, too. */
function isFraction(value: unknown): boolean {
  return typeof value === "number" && Math.floor(value) !== value;
}
