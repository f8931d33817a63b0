import { elapsed } from "../../values/clock.js";

/** What may be done so many times at once, and so many times in each second after that. */
export class Allowance {
  readonly #most: number;
  readonly #perSecond: number;
  #left: number;
  #at = elapsed();

  constructor(most: number, perSecond: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#left = most;
  }

  /** Does it once. @returns false when there is nothing left */
  take(): boolean {
    const at = elapsed();
    this.#left = Math.min(this.#most, this.#left + ((at - this.#at) / 1000) * this.#perSecond);
    this.#at = at;
    this.#left--;
    return this.#left >= 0;
  }
}
