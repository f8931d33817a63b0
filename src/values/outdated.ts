/** What work was to do has changed while it let the event loop run. */
export class Outdated extends Error {}

/** So often work is begun anew because something has changed meanwhile; then it is done in one stretch, however long. */
const MAX_STARTS = 3;

/**
 * Does work that may let the event loop run where it is long, and throws Outdated when it cannot go on after that: it is begun anew.
 *
 * @param work resolves names anew; `mayPause`: whether it may let the event loop run
 */
export function begunAnew<T>(work: (mayPause: boolean) => T | Promise<T>, starts = MAX_STARTS): T | Promise<T> {
  const result = work(starts > 0);
  if (!(result instanceof Promise)) return result;
  return result.catch((error) => {
    if (error instanceof Outdated) return begunAnew(work, starts - 1);
    throw error;
  });
}
