import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { failure } from "../../errors.js";
import { faultOfPath } from "../../values/path-text.js";
import { codeOf } from "./sqlite-errors.js";

export const MEMORY = ":memory:";

/**
 * One name for one file, so that two ways to write its path meet in one lock: absolute, without symbolic links.
 * @throws InvalidParameter for what is no path of a file, Unavailable when its folder is missing
 */
export function databasePath(path: string): string {
  const refuse = (what: string): Error => failure("InvalidParameter", { text: `the path of the database ${what}` });
  const fault = faultOfPath(path);
  if (fault !== undefined) throw refuse(fault);
  // The driver would take the space away, and open another file than the one that is locked.
  if (path.trimEnd() !== path) throw refuse(`must not end with a space: ${JSON.stringify(path)}`);
  const whole = resolve(path);
  try {
    return realpathSync.native(whole);
  } catch {
    // Not there yet.
  }
  return join(realpathSync.native(requireFolder(path)), basename(whole));
}

/** The folder that a file lies in or is to lie in. @throws Unavailable when it is missing */
export function requireFolder(path: string): string {
  const folder = dirname(resolve(path));
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) throw failure("Unavailable", { reason: `${path}: there is no folder ${folder}` });
  if (!stat.isDirectory()) throw failure("Unavailable", { reason: `${path}: ${folder} is no folder` });
  return folder;
}

/** The refusal of a file that SQLite could not write, where the system says why; any other error as it is. */
export function writeRefusal(file: string, error: unknown): unknown {
  if (!/^SQLITE_(CANTOPEN|READONLY)/.test(codeOf(error))) return error;
  const folder = dirname(file);
  const barred = !isWritable(folder)
    ? `the folder ${folder} of ${file}`
    : existsSync(file) && !isWritable(file)
      ? `the file ${file}`
      : undefined;
  if (barred === undefined) return error;
  return failure("Unavailable", { reason: `${barred} cannot be written; open with { readonly: true }` }, error);
}

/** Whether a file can be written, or files can be made in a folder. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
