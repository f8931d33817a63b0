/** How long the event loop was held: the gaps between turns of an immediate that never stops. Milliseconds. */
export class StallMeter {
  #gaps = [];
  #last = performance.now();
  #running = true;

  constructor() {
    const turn = () => {
      const now = performance.now();
      this.#gaps.push(now - this.#last);
      this.#last = now;
      if (this.#running) setImmediate(turn);
    };
    setImmediate(turn);
  }

  reset() {
    this.#gaps = [];
    this.#last = performance.now();
  }

  max() {
    return this.#gaps.reduce((a, b) => Math.max(a, b), 0);
  }

  /** Of the gaps of at least half a millisecond: idle turns would drown the rest. */
  p99() {
    const gaps = this.#gaps.filter((g) => g >= 0.5).sort((a, b) => a - b);
    return gaps[Math.floor(gaps.length * 0.99)] ?? 0;
  }

  close() {
    this.#running = false;
  }
}
