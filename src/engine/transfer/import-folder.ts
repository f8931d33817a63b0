import { isAbsolute, join, resolve } from "node:path";
import { failure } from "../../errors.js";
import { liesBelow, withoutLinks } from "../storage/local-files.js";

/**
 * The file that a request may have imported: one below the folder, also through links.
 *
 * @param root undefined: there is no such folder
 * @param given a path; one that begins with a slash and lies elsewhere is the name of an object, as clients of an object store
 *   write it: it begins in the folder
 * @throws ImportPath
 */
export function importedPath(root: string | undefined, given: string): string {
  const refusal = failure("ImportPath", { path: given });
  if (root === undefined || given.trim() === "" || given.includes("\0")) throw refusal;
  if (/^[a-z][a-z0-9+.-]*:/i.test(given) || given.startsWith("\\\\")) throw refusal;
  const base = withoutLinks(resolve(root));
  const path = isAbsolute(given) && liesBelow(base, resolve(given)) ? resolve(given) : join(base, given);
  if (!liesBelow(base, path)) throw refusal;
  return path;
}
