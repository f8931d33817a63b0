/** What a database file is encrypted with, as an application gives it. */
export type DatabaseKey = string | Uint8Array;

/** As SQLite takes it. */
export function keyBytes(key: DatabaseKey | undefined): Uint8Array | undefined {
  if (key === undefined) return undefined;
  // Bytes are copied: whoever has given them may wipe his own.
  return typeof key === "string" ? Buffer.from(key) : Buffer.from(key);
}
