/** Consistency levels in the order of their numbers. */
export const CONSISTENCY_LEVELS: readonly string[] = ["Strong", "Session", "Bounded", "Eventually", "Customized"];

/** Index states as numbers. */
export const INDEX_STATES: Readonly<Record<string, number>> = {
  Unissued: 1,
  InProgress: 2,
  Finished: 3,
  Failed: 4,
  Retry: 5,
};
