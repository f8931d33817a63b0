import { failure } from "../errors.js";

/** Ends work by the number of its steps, not by time: the same work always ends in the same way. */
export class StepLimit {
  readonly #refusal: string;
  #left: number;

  /** @param refusal of work that takes more steps */
  constructor(most: number, refusal: string) {
    this.#left = most;
    this.#refusal = refusal;
  }

  /** @throws InvalidParameter */
  step(): void {
    if (--this.#left < 0) throw failure("InvalidParameter", { text: this.#refusal });
  }
}
