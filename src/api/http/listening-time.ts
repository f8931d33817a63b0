/**
 * Time in which the other sides of connections were heard. While this process works for long, or others have its processor, it hears
 * nobody, and what nobody hears makes no one slow: between two looks no more than a step is counted.
 */
export class ListeningTime {
  readonly #longestStep: number;
  readonly #clock: () => number;
  #counted = 0;
  #lookedAt: number;

  /** @param clock milliseconds that only ever rise */
  constructor(longestStep: number, clock: () => number) {
    this.#longestStep = longestStep;
    this.#clock = clock;
    this.#lookedAt = clock();
  }

  /** Milliseconds so far; they go on as long as somebody looks again and again. */
  look(): number {
    const at = this.#clock();
    this.#counted += Math.min(at - this.#lookedAt, this.#longestStep);
    this.#lookedAt = at;
    return this.#counted;
  }
}
