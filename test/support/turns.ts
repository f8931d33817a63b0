import { onTestFinished, vi } from "vitest";
import { Slices } from "../../src/values/slices.js";

const endSlices = () => vi.spyOn(Slices.prototype, "over", "get").mockReturnValue(true);

/** To the end of this test every slice of work on this thread is over at each look, so that others come between its steps. */
export function endSlicesAtOnce(): void {
  const over = endSlices();
  onTestFinished(() => over.mockRestore());
}

/**
 * How often the event loop comes round during some work of which every slice is over at each look: that follows from the steps of the
 * work, and not from how long they take.
 *
 * @param work begins it, or it has begun
 */
export async function turnsOf<T>(
  work: Promise<T> | (() => T | Promise<T>),
): Promise<{ readonly result: T; readonly turns: number }> {
  const over = endSlices();
  let turns = 0;
  let running = true;
  const count = () => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  try {
    return { result: await (typeof work === "function" ? work() : work), turns };
  } finally {
    running = false;
    over.mockRestore();
  }
}
