import { elapsed, nextTurn, soon } from "../values/clock.js";
import { SLICE_MS } from "../values/slices.js";

/**
 * Keeps a caller that awaits one call after the other from holding the event loop: calls are synchronous inside, and
 * an `await` alone never lets timers and sockets run.
 */
export class Pacer {
  #sliceStart = 0;
  #marked = false;

  /**
   * Call when work begins: opens a slice unless one is open in this turn of the event loop.
   * @returns whether it is the first work of this turn
   */
  begin(): boolean {
    if (this.#marked) return false;
    this.#marked = true;
    this.#sliceStart = elapsed();
    soon(this.#turned);
    return true;
  }

  readonly #turned = (): void => {
    this.#marked = false;
  };

  /** Undefined while the slice lasts; else a promise of the next turn. */
  pause(): Promise<void> | undefined {
    if (!this.#marked || elapsed() - this.#sliceStart < SLICE_MS) return undefined;
    return nextTurn();
  }
}
