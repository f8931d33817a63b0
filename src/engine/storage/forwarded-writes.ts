import { AsyncLocalStorage } from "node:async_hooks";
import { now } from "../../values/clock.js";
import { readCommon, writeCommon } from "../../values/common-form.js";
import type { Connection, Statement } from "./driver.js";
import { prepare } from "./statements.js";

/** As in `contract/write-id.ts`. */
interface WriteId {
  readonly session: string;
  readonly number: number;
  readonly answeredBefore: number;
}

interface Running {
  readonly id: WriteId;
  /** What is kept of what the transaction gave. */
  readonly keep: (result: unknown) => unknown;
  /** It is in the file. */
  recorded: boolean;
}

/** Nobody asks for an answer any more after a day. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Writes that other processes have asked for, noted in the transaction that does them: when the process that was asked dies before it
 * has answered, the next one tells from the note that the write is done, and what to answer.
 */
export class ForwardedWrites {
  readonly #sql: Connection;
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #statements = new WeakMap<Connection, ReturnType<typeof prepareAll>>();

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** What was kept of a write that has been done; undefined when it has not. */
  find({ session, number }: WriteId): { readonly kept: unknown } | undefined {
    const row = this.#prepared().find.get(session, number);
    return row === undefined ? undefined : { kept: row.kept === null ? undefined : readCommon(row.kept) };
  }

  /** Does a write: the first transaction of `work` notes it, on whatever turn of the event loop it comes. */
  during<T>(id: WriteId, keep: (result: unknown) => unknown, work: () => T): T {
    return this.#running.run({ id, keep, recorded: false }, work);
  }

  /**
   * Call inside of a transaction, at its end.
   * @param sql whose transaction it is
   * @returns to be called when it is in the file
   */
  record(result: unknown, sql: Connection = this.#sql): (() => void) | undefined {
    const running = this.#running.getStore();
    if (running === undefined || running.recorded) return undefined;
    const { session, number, answeredBefore } = running.id;
    const { forget, add } = this.#prepared(sql);
    forget.run(session, answeredBefore);
    const kept = running.keep(result);
    add.run(session, number, now(), kept === undefined ? null : writeCommon(kept));
    return () => {
      running.recorded = true;
    };
  }

  /** Takes away what nobody asks for any more. Never fails: it may be done at the next opening. */
  tidy(): void {
    try {
      prepare<[number]>(this.#sql, "DELETE FROM forwarded_writes WHERE at < ?").run(now() - KEPT_MS);
    } catch {
      // A full disk.
    }
  }

  #prepared(sql = this.#sql): ReturnType<typeof prepareAll> {
    const known = this.#statements.get(sql) ?? prepareAll(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

function prepareAll(sql: Connection) {
  const find: Statement<[string, number], { readonly kept: Uint8Array | null }> = prepare(
    sql,
    "SELECT kept FROM forwarded_writes WHERE session = ? AND number = ?",
  );
  return {
    find,
    forget: prepare<[string, number]>(sql, "DELETE FROM forwarded_writes WHERE session = ? AND number < ?"),
    add: prepare<unknown[]>(sql, "INSERT INTO forwarded_writes VALUES (?, ?, ?, ?)"),
  };
}
