/**
 * `LIMIT` with a bound number. Behind a bare parameter SQLite plans by its value, and so prepares the statement anew each time
 * that one is bound, which takes longer than most statements; filters of a thousand conditions take tens of milliseconds.
 */
export const LIMIT = "LIMIT ?+0";
