import { createRequire } from "node:module";

/** Whether files can be encrypted here: the package for it is optional. */
export const HAS_CIPHERS = (() => {
  try {
    createRequire(import.meta.url)("better-sqlite3-multiple-ciphers");
    return true;
  } catch {
    console.log("better-sqlite3-multiple-ciphers is not installed: encryption is not tested");
    return false;
  }
})();
