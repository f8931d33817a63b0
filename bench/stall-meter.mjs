/** How long the event loop was held: how much later than asked a timer of one millisecond fires. Milliseconds. */
export class StallMeter {
  #delays = [];
  #last = performance.now();
  #timer;

  constructor() {
    // Not a chain of immediates: that would keep a core busy and slow down what is measured.
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#delays.push(Math.max(0, now - this.#last - 1));
      this.#last = now;
    }, 1);
  }

  reset() {
    this.#delays = [];
    this.#last = performance.now();
  }

  max() {
    return this.#delays.reduce((a, b) => Math.max(a, b), 0);
  }

  p99() {
    const sorted = [...this.#delays].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  close() {
    clearInterval(this.#timer);
  }
}
