/** Names a write that another process has asked for, so that it can be asked for again without being done twice. */
export interface WriteId {
  /** Who asks: drawn anew for each opening. */
  readonly session: string;
  /** Counts the writes of the session, from 1. */
  readonly number: number;
  /** The answers to all writes before this one have come. */
  readonly answeredBefore: number;
}
