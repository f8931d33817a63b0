/**
 * The name that somebody who wrote `given` most likely meant: the one with the fewest letters changed, if they are few for
 * its length, or the only one that begins with it; undefined when none is near. Case, dashes, underscores and dots do not count.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plainGiven = plain(given);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = lettersChanged(plainGiven, plain(name));
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  const longest = Math.max(plainGiven.length, plain(best ?? "").length);
  if (bestDistance <= Math.max(1, Math.floor(longest / 3))) return best;
  const longer = plainGiven.length < MIN_PART ? [] : names.filter((name) => plain(name).startsWith(plainGiven));
  return longer.length === 1 ? longer[0] : undefined;
}

/** What a refusal of an unknown name ends with: `: did you mean "x"?`; empty when no name is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? "" : `: did you mean "${nearest}"?`;
}

const MAX_LENGTH = 64;
/** Shorter beginnings could be of anything. */
const MIN_PART = 3;

function plain(name: string): string {
  return name.slice(0, MAX_LENGTH).replace(/[-_.]/g, "").toLowerCase();
}

/** Insertions, deletions, replacements and swaps of neighbours that make `b` out of `a`. */
function lettersChanged(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1);
      }
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
