/** Where the clock of a seeded Milvus begins. */
const START = Date.UTC(2025, 0, 1);

/** Time and chance that are the same at each run: a millisecond goes by with each call. */
export class Seeded {
  readonly #seed: number;
  #elapsed: number;
  #state: number;

  constructor(seed: number, elapsed = 0, state = seed) {
    this.#seed = seed;
    this.#elapsed = elapsed;
    this.#state = state;
  }

  /** Milliseconds since the epoch. */
  readonly now = (): number => START + this.#elapsed;

  /** From 0 up to 1 (mulberry32). */
  readonly random = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };

  advance(milliseconds: number): void {
    this.#elapsed += milliseconds;
  }

  /** As far as this one has come. */
  copy(): Seeded {
    return new Seeded(this.#seed, this.#elapsed, this.#state);
  }
}
