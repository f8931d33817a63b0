import { Slices } from "../../values/slices.js";
import type { Steps } from "../../values/steps.js";
import type { PreparedBatch } from "./prepared-batch.js";

/** The encoding of a batch, step by step. */
export type Encoding = Steps<PreparedBatch>;

/**
 * Goes to the end in slices between which the event loop runs, where it is long.
 *
 * @param still called after each pause; throws when the work cannot go on
 * @param ready called with the batch, without a pause since
 */
export function encodedInSlices<T>(
  encoding: Encoding,
  still: () => void,
  ready: (batch: PreparedBatch) => T | Promise<T>,
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
  ready: (batch: PreparedBatch) => T | Promise<T>,
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
