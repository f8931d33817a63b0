import { AsyncLocalStorage } from "node:async_hooks";
import { elapsed } from "../../values/clock.js";
import { Slices } from "../../values/slices.js";
import type { Steps } from "../../values/steps.js";
import { failpoint } from "../failpoints.js";
import type { Connection } from "./driver.js";
import type { LongWrite, OwnWriterHooks } from "./long-writes.js";

export interface SlicedWriteHooks extends OwnWriterHooks {
  /** Called before the commit, in the same moment. */
  readonly before: () => void;
  /** Notes in the transaction which write of another process it does. @returns to be called when it is in the file */
  readonly record: (result: unknown, sql: Connection) => (() => void) | undefined;
  /** Brings what is in the log to the disk. */
  readonly syncLog: () => Promise<void>;
}

/** One transaction in slices, which has begun. */
export class SlicedWrite<T> implements LongWrite {
  readonly ended: Promise<void>;
  readonly #sql: Connection;
  readonly #steps: Steps<T>;
  readonly #hooks: SlicedWriteHooks;
  /** Whoever brings it to its end is not who has begun it. */
  readonly #asBegun = AsyncLocalStorage.snapshot();
  readonly #began = elapsed();
  #end: () => void = () => {};
  #follow: (result: T) => void = () => {};
  #made: { readonly result: T } | undefined;
  #outcome: { readonly error: unknown } | { readonly result: T } | "undone" | undefined;

  constructor(sql: Connection, steps: Steps<T>, hooks: SlicedWriteHooks) {
    this.#sql = sql;
    this.#steps = steps;
    this.#hooks = hooks;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /**
   * @param follow called in the moment of the commit; what it throws is thrown
   * @returns undefined: nothing is written
   */
  async run(follow: (result: T) => void): Promise<{ readonly result: T } | undefined> {
    this.#follow = follow;
    const slices = new Slices();
    try {
      while (this.#outcome === undefined && !this.#step()) if (slices.over) await slices.next();
      if (this.#outcome === undefined) await this.#hooks.syncLog();
    } catch {
      this.#undo();
    }
    this.settle();
    const outcome = this.#outcome;
    if (outcome === undefined || outcome === "undone") return undefined;
    if ("error" in outcome) throw outcome.error;
    return outcome;
  }

  settle(): void {
    if (this.#outcome !== undefined) return;
    const committed = this.#commit();
    if (committed === undefined) return;
    try {
      this.#follow(committed.result);
      this.#outcome = committed;
    } catch (error) {
      this.#outcome = { error };
    }
    this.#end();
  }

  /** @returns whether it was the last one */
  #step(): boolean {
    if (this.#made !== undefined) return true;
    const { done, value } = this.#asBegun(() => this.#steps.next());
    if (done === true) this.#made = { result: value };
    return done === true;
  }

  #commit(): { readonly result: T } | undefined {
    const { before, record, committed, doubtful } = this.#hooks;
    let recorded: (() => void) | undefined;
    let asked = false;
    try {
      while (!this.#step());
      recorded = this.#asBegun(() => record(this.#made?.result, this.#sql));
      before();
      failpoint("before-commit");
      asked = true;
      this.#sql.exec("COMMIT");
    } catch {
      this.#undo();
      if (asked) doubtful();
      return undefined;
    }
    recorded?.();
    committed(elapsed() - this.#began);
    return this.#made;
  }

  #undo(): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = "undone";
    // With the connection ends what could not be undone otherwise.
    this.#sql.close();
    this.#end();
  }
}
