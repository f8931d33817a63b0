import { elapsed } from "../../values/clock.js";
import { failpoint } from "../failpoints.js";
import type { OpenDatabase } from "./database.js";
import type { ForwardedWrites } from "./forwarded-writes.js";
import { isShortOfSpace } from "./sqlite-errors.js";
import { readPragma } from "./statements.js";

/** The write transactions of one connection. */
export interface Transactions {
  /**
   * Runs `work` in an IMMEDIATE transaction, or as part of the one that runs. `work` must not await.
   * When anything throws, all of it is undone.
   */
  run<T>(work: () => T): T;
  /** The same for `work` that makes room: on a full disk it is run once more with the space that is kept for it. */
  removal<T>(work: () => T): T;
  /**
   * Ends a transaction that could not be rolled back when it failed; call before anything is read or written.
   * @throws SqliteError while the cause lasts
   */
  recover(): void;
  /** Call before closing: no failed commit comes back at the next opening. */
  settle(): void;
  /** A commit of another connection of this engine has failed. */
  distrust(): void;
}

/**
 * @param file looked at before a transaction begins, and once it has begun
 * @param undone called after a rollback: what memory knows of the database may be wrong
 * @param committed called after a commit, with the milliseconds that the transaction has taken
 * @param forwarded notes in the transaction which write of another process it does
 * @param settleElsewhere ends what another thread writes: there is one writer at a time
 */
export function openTransactions(
  file: Omit<OpenDatabase, "path" | "isShared" | "close" | "lazily">,
  undone: () => void,
  committed: (took: number) => void = () => {},
  forwarded?: Pick<ForwardedWrites, "record">,
  settleElsewhere: () => void = () => {},
): Transactions {
  const { sql, reserve, requireFile, requireSole } = file;
  const begin = sql.prepare("BEGIN IMMEDIATE");
  const commit = sql.prepare("COMMIT");
  const rollback = sql.prepare("ROLLBACK");
  const version = readPragma(sql, "user_version");
  let running = false;
  /**
   * A commit failed: its pages may lie whole in the log, behind what is valid now, and the next opening would take them
   * for committed. The next commit writes over them.
   */
  let doubtful = false;
  /** A transaction could not be rolled back. */
  let stuck = false;
  const settle = (): void => {
    if (!doubtful || running) return;
    try {
      settleElsewhere();
      requireFile();
      sql.exec(`PRAGMA user_version = ${version}`);
      doubtful = false;
    } catch {
      // The cause lasts: tried again at the next call.
    }
  };
  const recover = (): void => {
    if (running) return;
    if (stuck) {
      if (sql.inTransaction) rollback.run();
      stuck = false;
      undone();
    }
    settle();
  };
  const undo = (): void => {
    try {
      // SQLite has undone the transaction itself after some errors (a full disk).
      if (sql.inTransaction) rollback.run();
    } catch {
      stuck = true;
      // The first error is the one to report; `recover` tries again.
    }
    undone();
  };
  const transactions: Transactions = {
    run(work) {
      if (running) return work();
      settleElsewhere();
      recover();
      requireFile();
      const began = elapsed();
      begin.run();
      running = true;
      let result: ReturnType<typeof work>;
      try {
        requireSole();
        result = work();
        const recorded = forwarded?.record(result);
        failpoint("before-commit");
        doubtful = true;
        commit.run();
        doubtful = false;
        recorded?.();
      } catch (error) {
        undo();
        throw error;
      } finally {
        running = false;
        settle();
      }
      committed(elapsed() - began);
      return result;
    },
    removal(work) {
      try {
        return transactions.run(work);
      } catch (error) {
        if (running || !isShortOfSpace(error) || reserve?.free() !== true) throw error;
      }
      try {
        return transactions.run(work);
      } finally {
        reserve.take();
      }
    },
    recover,
    settle,
    distrust() {
      doubtful = true;
      settle();
    },
  };
  return transactions;
}
