import type { Connection } from "./driver.js";

/** Tells whether another connection has committed anything since it was last asked. */
export function watchCommits(sql: Connection): () => boolean {
  const version = sql.prepare("PRAGMA data_version").pluck();
  let known = version.get();
  return () => {
    const now = version.get();
    if (now === known) return false;
    known = now;
    return true;
  };
}
