import { elapsed, nextTurn } from "../../values/clock.js";

/** How long a slice should take: short beside the 20 ms that nobody may be held up for. */
const SLICE_MS = 4;
const FIRST_STEP = 64;
const LARGEST_STEP = 65_536;

/**
 * Work on all rows of a table in slices of row ids.
 *
 * @param slice works on the rows with ids above `after`, up to `upTo`
 * @param between awaited after each slice: a turn of the event loop, at least; `false` ends the work
 */
export async function inRowSlices(
  lastRowId: number,
  slice: (after: number, upTo: number) => void,
  between: (upTo: number) => Promise<unknown>,
): Promise<void> {
  let step = FIRST_STEP;
  for (let after = 0; after < lastRowId; ) {
    const upTo = Math.min(after + step, lastRowId);
    const began = elapsed();
    slice(after, upTo);
    const took = elapsed() - began;
    step = Math.max(1, Math.min(LARGEST_STEP, took < SLICE_MS / 2 ? step * 2 : Math.ceil((step * SLICE_MS) / took)));
    after = upTo;
    if ((await between(upTo)) === false) return;
  }
}

let lastTurn: Promise<void> = Promise.resolve();

/** A turn of the event loop of one's own: slices of several works do not come one behind the other in the same turn. */
export function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(nextTurn);
  return lastTurn;
}
