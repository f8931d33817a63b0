import type { Connection } from "./driver.js";

/** Tells a reader whether another connection has committed anything since it was last asked. */
export function watchWriters(sql: Connection): () => boolean {
  const version = sql.prepare("PRAGMA data_version").pluck();
  let known = version.get();
  return () => {
    const now = version.get();
    if (now === known) return false;
    known = now;
    return true;
  };
}
