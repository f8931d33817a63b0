export interface BoundStatement {
  readonly text: string;
  readonly params: readonly (number | string)[];
}

/** A transaction for another thread. */
export interface WriteJob {
  /** A file whose tables are wanted as those of `schema`. */
  readonly attached?: { readonly path: string; readonly schema: string };
  /** The transaction is given up where this finds a row. */
  readonly unless?: string;
  readonly statements: readonly BoundStatement[];
  /** One number: how far the two threads are. */
  readonly state: SharedArrayBuffer;
}

/** What `state` says. The other thread writes `ready`, `committed` and `failed`, this one `commit`. */
export const WriteState = { running: 0, ready: 1, commit: 2, committed: 3, failed: 4 } as const;
