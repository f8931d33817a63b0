import { Slices } from "../../values/slices.js";
import type { PreparedBatch } from "./prepared-batch.js";

/** The encoding of a batch, step by step. */
export type Encoding = Generator<undefined, PreparedBatch, undefined>;

/** Whether a step ends before a row: a few rows are one. */
export function isStep(row: number): boolean {
  return (row & 7) === 7;
}

/** Goes to the end in one stretch. */
export function encodedAtOnce(encoding: Encoding): PreparedBatch {
  for (;;) {
    const { done, value } = encoding.next();
    if (done === true) return value;
  }
}

/**
 * Goes to the end in slices between which the event loop runs, where it is long.
 *
 * @param still called after each pause; throws when the work cannot go on
 * @param ready called with the batch, without a pause since
 */
export function encodedInSlices<T>(
  encoding: Encoding,
  still: () => void,
  ready: (batch: PreparedBatch) => T,
): T | Promise<T> {
  const slices = new Slices();
  while (!slices.over) {
    const { done, value } = encoding.next();
    if (done === true) return ready(value);
  }
  return goOn(encoding, slices, still, ready);
}

async function goOn<T>(
  encoding: Encoding,
  slices: Slices,
  still: () => void,
  ready: (batch: PreparedBatch) => T,
): Promise<T> {
  for (;;) {
    if (slices.over) {
      await slices.next();
      still();
    }
    const { done, value } = encoding.next();
    if (done === true) return ready(value);
  }
}
