/**
 * The whole of SQLite that the engine uses. better-sqlite3 has this shape already, so nothing lies between the engine and
 * its calls; another SQLite (of Node, of a browser, one that encrypts) is another file like `better-sqlite3.ts`.
 */

export interface ConnectOptions {
  /** The file must be there, and is never written. */
  readonly readonly?: boolean;
  /** What the file is encrypted with; absent: it is not. */
  readonly key?: Uint8Array | undefined;
  /** Milliseconds that a statement waits for a lock of somebody else. Default 5000. */
  readonly timeout?: number;
}

export interface Driver {
  /**
   * Opens a file, made when missing, or `:memory:`.
   * @throws an error whose `code` is SQLite's extended one (`SQLITE_IOERR_READ`), as every call of a connection does
   */
  connect(path: string, options: ConnectOptions): Connection;
  /** Opens a database in memory with what `serialize` gave; the bytes stay as they are. */
  restore(bytes: Uint8Array): Connection;
}

export interface Connection {
  /** False after `close`. */
  readonly open: boolean;
  readonly readonly: boolean;
  readonly inTransaction: boolean;
  prepare<P extends unknown[] = unknown[], R = unknown>(sql: string): Statement<P, R>;
  /** Runs statements whose rows nobody wants. */
  exec(sql: string): unknown;
  /** Makes a JavaScript function known to SQL. With `safeIntegers` integers arrive as bigint, else as number. */
  function(
    name: string,
    options: { readonly deterministic?: boolean; readonly safeIntegers?: boolean },
    fn: (...args: never[]) => unknown,
  ): unknown;
  /** Makes a function over all rows of a query known to SQL: `step` is called with what `start` gave, and a row's arguments. */
  aggregate(
    name: string,
    options: {
      readonly start: () => unknown;
      readonly step: (state: unknown, ...args: unknown[]) => void;
      readonly result: (state: unknown) => unknown;
      readonly deterministic: boolean;
    },
  ): unknown;
  /** Lets statements change the texts of the schema, or no more. */
  unsafeMode(on: boolean): unknown;
  /** The whole database as the bytes of a file, without what is temporary. */
  serialize(): Uint8Array;
  /**
   * Copies the database into a file that is made, some pages at a time, between which the event loop runs.
   *
   * @param progress is told how far it has come, and says how many pages are next; throws to end it
   */
  backup(
    path: string,
    options: { readonly progress: (done: { readonly totalPages: number; readonly remainingPages: number }) => number },
  ): Promise<unknown>;
  close(): unknown;
}

/**
 * A prepared statement. Parameters are given one by one, or as one array; numbers that are integers fit INTEGER columns.
 * Integers come as number unless `safeIntegers` was asked for, BLOBs as Uint8Array.
 */
export interface Statement<P extends unknown[] = unknown[], R = unknown> {
  /** It gives rows. */
  readonly reader: boolean;
  run(...parameters: P): { readonly changes: number };
  get(...parameters: P): R | undefined;
  all(...parameters: P): R[];
  iterate(...parameters: P): IterableIterator<R>;
  /** From now on a row is the value of its first column. */
  pluck(): this;
  /** From now on a row is the array of its values. */
  raw(): this;
  /** From now on integers come as bigint, or as number again. */
  safeIntegers(on?: boolean): this;
}
