/** How long a process waits for another one. */
export interface Patience {
  /** Milliseconds after which an owner who says nothing is given up, and between two looks at that. */
  readonly silentMs: number;
  readonly lookMs: number;
  /** Milliseconds in which somebody who has the file open must share it or leave: when it is opened first, and after a takeover. */
  readonly firstMs: number;
  readonly laterMs: number;
}

export const PATIENCE: Patience = { silentMs: 10_000, lookMs: 1000, firstMs: 3000, laterMs: 30_000 };

/** How a process shares a file with others. */
export interface ShareOptions {
  /** Never own the file. */
  readonly joins?: boolean;
  readonly patience?: Patience;
}
