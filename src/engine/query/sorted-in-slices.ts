/** So many items are sorted in a few milliseconds. */
const RUN = 4096;

/**
 * Sorts a list of items that may be long: runs of it, then these into one another.
 *
 * @param pause called between stretches of a few milliseconds; false: the rest is not wanted any more
 * @returns undefined where it is not
 */
export async function sortedInSlices<T>(
  items: readonly T[],
  pause: () => Promise<boolean>,
  compare: (a: T, b: T) => number,
): Promise<readonly T[] | undefined> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += RUN) {
    runs.push(items.slice(from, from + RUN).sort(compare));
    if (items.length > RUN && !(await pause())) return undefined;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const both = await mergedRuns(runs[i] ?? [], runs[i + 1] ?? [], pause, compare);
      if (both === undefined) return undefined;
      merged.push(both);
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function mergedRuns<T>(
  a: readonly T[],
  b: readonly T[],
  pause: () => Promise<boolean>,
  compare: (a: T, b: T) => number,
): Promise<T[] | undefined> {
  const merged: T[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    const first = j >= b.length || (i < a.length && compare(x as T, y as T) <= 0);
    merged.push((first ? x : y) as T);
    if (first) i++;
    else j++;
    if (merged.length % RUN === 0 && !(await pause())) return undefined;
  }
  return merged;
}
