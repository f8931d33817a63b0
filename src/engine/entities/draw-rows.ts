import type { Steps } from "../../values/steps.js";

/** `random_sample`: how many of so many rows are drawn. The share of one more is its probability. */
export function drawnCount(of: number, share: number, random: () => number): number {
  const exact = of * share;
  return Math.floor(exact) + (random() < exact - Math.floor(exact) ? 1 : 0);
}

/** Rows of a step. */
const STEP_ROWS = 4096;

/**
 * About that share of rows, in their order; each is as likely to be drawn as any other.
 *
 * @param most of the drawn ones are wanted, the first
 */
export function* drawnRows(
  rows: readonly number[],
  share: number,
  random: () => number,
  most: number = Number.POSITIVE_INFINITY,
): Steps<number[]> {
  const drawn: number[] = [];
  let left = drawnCount(rows.length, share, random);
  for (let i = 0; left > 0 && drawn.length < most; i++) {
    if (random() * (rows.length - i) < left) {
      drawn.push(rows[i] as number);
      left--;
    }
    if (i % STEP_ROWS === STEP_ROWS - 1) yield;
  }
  return drawn;
}
