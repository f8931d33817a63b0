import { Slices } from "../../values/slices.js";
import { LongMeasure, type Pause } from "../vector/lists/long-measure.js";

/** After so many starts that a write has spoilt the lists are compared in one stretch, however long. */
const MOST_STARTS = 3;

/**
 * Runs a search, which must not change anything. Where it compares lists of vectors for long, that is done in slices, and the search anew
 * with what has been measured.
 *
 * @param again runs work after a pause
 */
export function measuredInSlices<T>(search: () => T | Promise<T>, again: <R>(work: () => R) => R): T | Promise<T> {
  try {
    return search();
  } catch (error) {
    if (error instanceof LongMeasure) return measured(error, search, again);
    throw error;
  }
}

async function measured<T>(
  first: LongMeasure,
  search: () => T | Promise<T>,
  again: <R>(work: () => R) => R,
): Promise<T> {
  const starts = new Map<object, number>();
  const slices = new Slices();
  const pause: Pause = async () => {
    if (!slices.over) return true;
    await slices.next();
    return again(() => true);
  };
  const met = new Set<LongMeasure>();
  try {
    for (let long = first; ; ) {
      met.add(long);
      const before = starts.get(long.of) ?? 0;
      starts.set(long.of, before + 1);
      if (before < MOST_STARTS) await long.inSlices(pause);
      else long.atOnce();
      try {
        return again(search);
      } catch (error) {
        if (!(error instanceof LongMeasure)) throw error;
        long = error;
      }
    }
  } finally {
    for (const long of met) long.done();
  }
}
