/** Statements that every connection begins with. */
export const SETTINGS =
  "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY";
