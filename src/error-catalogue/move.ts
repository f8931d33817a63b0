import { entry, invalid } from "./entry.js";

/** Moving rows between a store and a server. */
export const moveErrors = {
  /** The server of a move does not let the caller in. */
  ServerAccess: entry<{ server: string; reason: string }>(
    1800,
    (d) => `${d.server} refuses the credentials: ${d.reason}`,
  ),
  /** The server of a move refuses a call; its own code stands in the text and in `details`. */
  ServerRefused: entry<{ server: string; call: string; of?: string; code: number; reason: string }>(
    65535,
    (d) => `${d.server} refused ${d.call}${d.of === undefined ? "" : ` of ${d.of}`}: ${d.reason} (code ${d.code})`,
  ),
  /** What the other side could not hold, found before anything was moved: one line each. */
  MoveRefused: invalid<{ refusals: readonly string[] }>((d) => `nothing was moved: ${d.refusals.join("; ")}`),
  /** A move came to its end without some rows; moved again, it tries these. */
  MoveIncomplete: entry<{ count: number; rows: readonly string[] }>(
    65535,
    (d) =>
      `${d.count} row(s) were not moved, all others are: ${d.rows.join("; ")}${d.count > d.rows.length ? "; ..." : ""}`,
  ),
  /** So many rows of a collection were refused that all are likely to be; other collections are moved. */
  MoveStopped: entry<{ count: number; rows: readonly string[] }>(
    65535,
    (d) =>
      `the move of a collection was stopped after ${d.count} of its rows were refused, other collections are moved: ${d.rows.join("; ")}; ...`,
  ),
  /** The journal at the place of this move belongs to another one. */
  JournalForeign: invalid<{ path: string; reason: string }>(
    (d) => `the journal ${d.path} is of another move (${d.reason}): end that one, or remove the file`,
  ),
} as const;
