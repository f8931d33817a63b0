import type { Caller } from "./caller.js";

/** What one call may spend, and on whose behalf it is made. */
export interface CallLimits {
  /** Milliseconds since the epoch after which nobody waits for the answer: long work ends there with 10001. */
  readonly deadline?: number;
  /** Aborted, the caller does not wait any more: what has not been committed by then is left, with 10000. */
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch as of which rows live that expire; absent: when the call is made. Pages of one iterator have one. */
  readonly asOf?: number;
  /** Bytes of the values in the answer. Default 100 MB. */
  readonly replyBytes?: number;
  /** A query reads all partitions that it names, loaded or not: for who moves rows and does not search them. */
  readonly released?: boolean;
  /** The reply of a search or a query tells how it was done. No surface of a server has it. */
  readonly explain?: boolean;
  /** Absent: the call is made in process, and may do everything. */
  readonly caller?: Caller;
}
