import { failure } from "../../errors.js";
import type { Turn } from "../engine-port.js";
import { withinDeadline } from "./deadline.js";
import type { PendingAnswers } from "./pending-answers.js";

/** Large answers that may wait for their turn. */
const MAX_WAITING = 64;
/** Small answers that are made at a time. */
const MAX_MADE = 32;

/** The turn of one request. */
export interface OneTurn extends Turn {
  /** Its answer is counted among those that leave, or there is none. */
  leave(): void;
}

interface Hooks {
  /** Whether the one who asked has left. */
  readonly gone: () => boolean;
  /** The request is not at work while it waits. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * The answers of one port that are being made: what is made counts when it is done only, and many at a time would fill the
 * memory before. Few small ones are made at a time, and large ones one after the other, each when those before it leave room.
 */
export class MadeAnswers {
  readonly #pending: PendingAnswers;
  #made = 0;
  readonly #begin: (() => void)[] = [];
  /** Resolves when every large one that came before has had its turn. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(pending: PendingAnswers) {
    this.#pending = pending;
  }

  /** The turn of one request. Give it back in any case. */
  turn({ gone, pause, resume }: Hooks): OneTurn {
    let leave = (): void => {};
    let left = false;
    let begun = false;
    const held = (give: () => void): void => {
      if (left) give();
      else leave = give;
    };
    return {
      begin: () => {
        // What takes several calls has one place.
        if (begun) return undefined;
        begun = true;
        if (this.#made < MAX_MADE) {
          this.#made++;
          held(() => this.#end());
          return undefined;
        }
        return new Promise<void>((resolve) => {
          this.#begin.push(() => {
            held(() => this.#end());
            resolve();
          });
        });
      },
      take: async (deadline) => {
        leave();
        leave = () => {};
        if (left) throw failure("Timeout");
        if (this.#waiting >= MAX_WAITING) {
          throw failure("RejectedByLimiter", { detail: "too many large answers are wanted" });
        }
        const before = this.#last;
        const mine = new Promise<void>((resolve) => {
          leave = resolve;
        });
        this.#last = before.then(() => mine);
        this.#waiting++;
        pause();
        try {
          await withinDeadline(
            before.then(() => this.#pending.room()),
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
        leave = () => {};
      },
    };
  }

  #end(): void {
    // The place goes on to the first who waits.
    const next = this.#begin.shift();
    if (next === undefined) this.#made--;
    else next();
  }
}
