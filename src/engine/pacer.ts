/** After this many milliseconds without a turn of the event loop a finished call waits for one. */
const SLICE_MS = 8;

/**
 * Keeps a caller that awaits one call after the other from holding the event loop: calls are synchronous inside, and
 * an `await` alone never lets timers and sockets run.
 */
export class Pacer {
  #sliceStart = 0;
  #marked = false;

  /** Call when work begins: opens a slice unless one is open in this turn of the event loop. */
  begin(): void {
    if (this.#marked) return;
    this.#marked = true;
    this.#sliceStart = performance.now();
    setImmediate(() => {
      this.#marked = false;
    });
  }

  /** Undefined while the slice lasts; else a promise of the next turn. */
  pause(): Promise<void> | undefined {
    if (!this.#marked || performance.now() - this.#sliceStart < SLICE_MS) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
