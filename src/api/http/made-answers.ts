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

/** A request is not at work while it waits. */
interface Work {
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * The answers of one port that are being made: what is made counts when it is done only, and many at a time would fill the
 * memory before. Few small ones are made at a time, and large ones one after the other, each when those before it leave room.
 */
export class MadeAnswers {
  readonly #pending: PendingAnswers;
  readonly #work: Work;
  #made = 0;
  readonly #begin: (() => void)[] = [];
  /** Resolves when every large one that came before has had its turn. */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(pending: PendingAnswers, work: Work) {
    this.#pending = pending;
    this.#work = work;
  }

  /** The turn of one request. Give it back in any case. @param gone whether the one who asked has left */
  turn(gone: () => boolean): OneTurn {
    return new MadeTurn(this, gone);
  }

  /** Takes a place among the small ones. @returns undefined where there is one, else a promise of it */
  begin(): Promise<void> | undefined {
    if (this.#made >= MAX_MADE) return new Promise((resolve) => this.#begin.push(resolve));
    this.#made++;
    return undefined;
  }

  /** Gives the place on to the first who waits. */
  end(): void {
    const next = this.#begin.shift();
    if (next === undefined) this.#made--;
    else next();
  }

  /** @param had resolves when it has been had @throws Timeout, RejectedByLimiter */
  async take(had: Promise<void>, deadline: number | undefined, gone: () => boolean): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      throw failure("RejectedByLimiter", { detail: "too many large answers are wanted" });
    }
    const before = this.#last;
    this.#last = before.then(() => had);
    this.#waiting++;
    this.#work.pause();
    try {
      await withinDeadline(
        before.then(() => this.#pending.room()),
        deadline,
      );
    } finally {
      this.#waiting--;
      this.#work.resume();
    }
    if (gone()) throw failure("Timeout");
  }
}

/** The turn of one request: its place among the small answers, and among the large ones after that. */
class MadeTurn implements OneTurn {
  readonly #answers: MadeAnswers;
  readonly #gone: () => boolean;
  #begun = false;
  #left = false;
  /** Gives up the place that it has; it may have none. */
  #give: (() => void) | undefined;

  constructor(answers: MadeAnswers, gone: () => boolean) {
    this.#answers = answers;
    this.#gone = gone;
  }

  begin(): Promise<void> | undefined {
    // What takes several calls has one place.
    if (this.#begun) return undefined;
    this.#begun = true;
    const place = this.#answers.begin();
    if (place !== undefined) return place.then(() => this.#hold());
    this.#hold();
    return undefined;
  }

  #hold(): void {
    if (this.#left) this.#answers.end();
    else this.#give = () => this.#answers.end();
  }

  async take(deadline: number | undefined): Promise<void> {
    this.#giveUp();
    if (this.#left) throw failure("Timeout");
    const had = new Promise<void>((resolve) => {
      this.#give = resolve;
    });
    await this.#answers.take(had, deadline, this.#gone);
  }

  leave(): void {
    this.#left = true;
    this.#giveUp();
  }

  #giveUp(): void {
    this.#give?.();
    this.#give = undefined;
  }
}
