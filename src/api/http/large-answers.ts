import { failure } from "../../errors.js";
import type { Turn } from "../engine-port.js";
import { withinDeadline } from "./deadline.js";
import type { PendingAnswers } from "./pending-answers.js";

/** The turn of one request. */
export interface OneTurn extends Turn {
  /** Its answer is counted among those that leave, or there is none. */
  leave(): void;
}

/** Requests that may wait for their turn. */
const MAX_WAITING = 64;

/**
 * Large answers of one port are made one after the other, each when those before it leave room: what is made counts when it
 * is done only, and many at a time would fill the memory before.
 */
export class LargeAnswers {
  readonly #answers: PendingAnswers;
  /** Resolves when everybody who came before has had his turn. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(answers: PendingAnswers) {
    this.#answers = answers;
  }

  /**
   * The turn of one request, taken only where its answer is large. Give it back in any case.
   * @param gone whether the one who asked has left
   * @param pause the request is not at work while it waits
   * @param resume it is again
   */
  turn(gone: () => boolean, pause: () => void, resume: () => void): OneTurn {
    let leave = (): void => {};
    let left = false;
    return {
      take: async (deadline) => {
        // Nobody waits for the answer any more.
        if (left) throw failure("Timeout");
        if (this.#waiting >= MAX_WAITING)
          throw failure("RejectedByLimiter", { detail: "too many large answers are wanted" });
        const before = this.#last;
        const mine = new Promise<void>((resolve) => {
          leave = resolve;
        });
        this.#last = before.then(() => mine);
        this.#waiting++;
        pause();
        try {
          await withinDeadline(
            before.then(() => this.#answers.room()),
            deadline,
          );
        } finally {
          this.#waiting--;
          resume();
        }
        if (gone()) throw failure("Timeout");
      },
      leave: () => {
        left = true;
        leave();
      },
    };
  }
}
