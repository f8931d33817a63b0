import { onTestFinished, vi } from "vitest";
import { Slices } from "../../src/values/slices.js";

/**
 * To the end of this test every slice of work on this thread is over at each look: how often the event loop comes round follows
 * from the steps of the work then, and not from how long they take.
 */
export function endSlicesAtOnce(): void {
  const over = vi.spyOn(Slices.prototype, "over", "get").mockReturnValue(true);
  onTestFinished(() => over.mockRestore());
}

/** Counts how often the event loop comes round, from now on until it is stopped. */
export function countTurns(): { readonly turns: number; readonly stop: () => void } {
  let turns = 0;
  let running = true;
  const count = () => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  return {
    get turns() {
      return turns;
    },
    stop: () => {
      running = false;
    },
  };
}

/** How often the event loop came round while something that has begun was waited for. */
export async function turnsOf<T>(work: Promise<T>): Promise<{ readonly result: T; readonly turns: number }> {
  const counting = countTurns();
  const result = await work.finally(counting.stop);
  return { result, turns: counting.turns };
}
