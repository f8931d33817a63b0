import { registerSqlFunctions } from "../../expr/sql/sql-functions.js";
import { RunningDeadline } from "../../values/deadline.js";
import type { Connection } from "./driver.js";
import type { Reserve } from "./reserve.js";
import { SETTINGS } from "./settings.js";

/**
 * What survives what: `full` (one fsync per call) an acknowledged write survives a power cut; `normal` a crash of the
 * process, and after a power cut the file is intact but the last writes may be missing; `off` a crash of the process only.
 */
export type Durability = "full" | "normal" | "off";

export const SYNCHRONOUS: Readonly<Record<Durability, string>> = { full: "FULL", normal: "NORMAL", off: "OFF" };

/** An open database. What is required throws Unavailable when it is not so. */
export interface OpenDatabase {
  readonly sql: Connection;
  /** Of the call that runs: what filters compute looks at it. */
  readonly deadline: RunningDeadline;
  /** Without symbolic links; undefined for memory databases. */
  readonly path: string | undefined;
  /** Others may write to it while it is open here. */
  readonly isShared: boolean;
  /** Moves the log into the file, closes it, gives the lock back. May be called again. */
  close(): void;
  /** Space that is kept for removing things; undefined where nothing is written to a disk. */
  readonly reserve: Reserve | undefined;
  /** Runs transactions that need not outlive a power cut unless a later one does, and so are not waited for. */
  lazily<T>(work: () => T): T;
  /** Call before a transaction begins: the file under the path is still the one that is open. */
  requireFile(): void;
  /** Call before anything is read, and in a transaction before anything is written: nobody else has written. Once somebody has, it throws always. */
  requireSole(): void;
  /** Call when another connection of this engine has committed. */
  ownCommit(): void;
}

/**
 * Settings of every connection that runs filters.
 * @returns the deadline that its functions look at
 */
export function configure(sql: Connection): RunningDeadline {
  sql.exec(SETTINGS);
  const deadline = new RunningDeadline();
  registerSqlFunctions(sql, deadline);
  return deadline;
}
