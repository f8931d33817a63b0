import { connectBeside } from "./connect.js";
import { watchCommits } from "./data-version.js";
import type { Connection } from "./driver.js";

/**
 * Lets the calls of a reader see one state of the file each, while a writer goes on beside it: a read transaction is held
 * while calls are under way. Calls share the state that is held as long as it is the newest; those that come after a
 * commit wait until it is given up, so that what is in memory never changes under a call.
 */
export class ReadGate {
  readonly #sql: Connection;
  readonly #follow: () => Promise<void>;
  readonly #changed: () => boolean;
  /** Sees commits while the transaction is held. */
  readonly #scout: Connection;
  readonly #committed: () => boolean;
  #inside = 0;
  /** The state that is held is not the newest, or memory could not be brought up to it. */
  #old = false;
  /** The next state is being taken over. */
  #following: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  /**
   * @param follow brings memory up to the state that has just been taken hold of; nobody else is inside
   */
  constructor(sql: Connection, path: string, follow: () => Promise<void>) {
    this.#sql = sql;
    this.#follow = follow;
    this.#changed = watchCommits(sql);
    this.#scout = connectBeside(sql, path, { readonly: true });
    this.#committed = watchCommits(this.#scout);
  }

  /** Runs work in one state. */
  async during<T>(work: () => T | Promise<T>): Promise<T> {
    const entrance = this.enter();
    if (entrance !== undefined) await entrance;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Call before a call reads anything, and `leave` when it has ended. @returns undefined where there is nothing to wait for */
  enter(): Promise<void> | undefined {
    if (this.#following !== undefined || (this.#inside > 0 && this.#isOld())) return this.#enterLater();
    if (this.#inside > 0) {
      this.#inside++;
      return undefined;
    }
    return this.#begin();
  }

  leave(): void {
    this.#inside--;
    if (this.#inside > 0) return;
    if (this.#sql.inTransaction) this.#sql.exec("COMMIT");
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  close(): void {
    this.#scout.close();
  }

  async #enterLater(): Promise<void> {
    if (this.#following !== undefined) await this.#following.catch(() => {});
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.enter();
  }

  #begin(): Promise<void> | undefined {
    // Before the state is taken hold of: what is committed in between counts as new.
    this.#committed();
    this.#sql.exec("BEGIN");
    this.#inside = 1;
    try {
      // The first read takes hold of the state.
      if (!this.#changed() && !this.#old) return undefined;
    } catch (error) {
      this.leave();
      throw error;
    }
    this.#old = false;
    this.#following = this.#follow().finally(() => {
      this.#following = undefined;
    });
    return this.#following.catch((error: unknown) => {
      this.#old = true;
      this.leave();
      throw error;
    });
  }

  /** Whether somebody has committed since the state was taken hold of. */
  #isOld(): boolean {
    this.#old ||= this.#committed();
    return this.#old;
  }
}
