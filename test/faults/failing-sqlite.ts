import BetterSqlite3 from "better-sqlite3";
import { betterSqlite3 } from "../../src/engine/storage/better-sqlite3.js";
import { setDriver } from "../../src/engine/storage/connect.js";
import type { Connection, Statement } from "../../src/engine/storage/driver.js";

const MESSAGES = {
  SQLITE_FULL: "database or disk is full",
  SQLITE_IOERR_WRITE: "disk I/O error",
  SQLITE_IOERR_READ: "disk I/O error",
  SQLITE_BUSY: "database is locked",
  SQLITE_READONLY: "attempt to write a readonly database",
  SQLITE_CANTOPEN: "unable to open database file",
} as const;

export type FaultCode = keyof typeof MESSAGES;
export const FAULT_CODES = Object.keys(MESSAGES) as readonly FaultCode[];

export interface FaultPlan {
  /** The call that fails: 1 is the next one. */
  readonly call: number;
  readonly code: FaultCode;
  /** Every call after it fails too, until `heal`. */
  readonly lasting: boolean;
}

/** Storage that fails on demand: every prepare, exec and run of a statement is one call. */
export class FailingStorage {
  #calls = 0;
  #plan: FaultPlan | undefined;
  #struck = false;

  /** Connections opened from now on go through this. */
  install(): void {
    setDriver({
      connect: (path, options) => this.#wrapDatabase(this.#pass(() => betterSqlite3.connect(path, options))),
      restore: (bytes) => this.#wrapDatabase(this.#pass(() => betterSqlite3.restore(bytes))),
    });
  }

  uninstall(): void {
    setDriver(undefined);
  }

  arm(plan: FaultPlan): void {
    this.#calls = 0;
    this.#struck = false;
    this.#plan = plan;
  }

  heal(): void {
    this.#plan = undefined;
  }

  /** Whether the planned fault has happened. */
  get struck(): boolean {
    return this.#struck;
  }

  /** Makes a call, or fails in its stead. */
  #pass<T>(call: () => T): T {
    const plan = this.#plan;
    this.#calls++;
    if (plan === undefined || this.#calls < plan.call || (this.#calls > plan.call && !plan.lasting)) return call();
    this.#struck = true;
    throw new BetterSqlite3.SqliteError(MESSAGES[plan.code], plan.code);
  }

  #wrapDatabase(database: Connection): Connection {
    const pass = <T>(call: () => T) => this.#pass(call);
    const wrapped: Connection = new Proxy(database, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== "function") return value;
        if (name === "prepare") return (sql: string) => this.#wrapStatement(pass(() => target.prepare(sql)));
        if (name === "exec") {
          return (...given: unknown[]) => pass(() => value.apply(target, given) as unknown);
        }
        return value.bind(target) as unknown;
      },
    });
    return wrapped;
  }

  #wrapStatement(statement: Statement): Statement {
    const wrapped: Statement = new Proxy(statement, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          const executes = name === "run" || name === "get" || name === "all" || name === "iterate";
          const call = (): unknown => value.apply(target, given);
          const result = executes ? this.#pass(call) : call();
          return result === target ? wrapped : result;
        };
      },
    });
    return wrapped;
  }
}
