/** A statement that reads, for another thread. */
export interface ReadJob {
  readonly id: number;
  readonly text: string;
  readonly params: readonly unknown[];
  /** Milliseconds since the epoch after which nobody waits for it. */
  readonly endsAt: number | undefined;
}

export interface ReadReply {
  readonly id: number;
  /** With integers as bigint; undefined where it failed: whoever has asked tries it himself. */
  readonly rows: readonly (readonly unknown[])[] | undefined;
}

/** What a reading thread is started with. */
export interface ReaderData {
  readonly path: string;
  readonly key: Uint8Array | undefined;
}
