import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { failure } from "../../errors.js";

/** The files that requests may name: those in one folder, if there is one. */
export class LocalFiles {
  readonly #root: string | undefined;

  constructor(root: string | undefined) {
    this.#root = root;
  }

  /**
   * The path of a file or a folder, whether it is there or not.
   *
   * @param given a `file:` URL, an absolute path, or one that begins in the folder
   * @throws Unsupported for another place; InvalidParameter for what is no path
   */
  path(given: string): string {
    const root = this.#root;
    if (root === undefined) {
      throw failure("Unsupported", { what: "only local paths are supported, and they need the option filesRoot" });
    }
    const base = withoutLinks(resolve(root));
    const path = resolve(base, plainPath(given));
    if (!liesBelow(base, path)) {
      throw failure("Unsupported", { what: `only local paths below ${root} are supported` });
    }
    return path;
  }
}

function plainPath(given: string): string {
  const path = given.trim();
  if (path === "" || path.includes("\0")) throw failure("InvalidParameter", { text: "the path must not be empty" });
  if (/^file:/i.test(path)) {
    try {
      return fileURLToPath(path);
    } catch (error) {
      throw failure("InvalidParameter", { text: `${path} is no path of a file` }, error);
    }
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) throw failure("Unsupported", { what: "only local paths are supported" });
  return path;
}

/** Whether a path leads to a place below a folder, also through symbolic links. @param base without such links */
export function liesBelow(base: string, path: string): boolean {
  const place = relative(base, withoutLinks(path));
  return place !== ".." && !place.startsWith("../") && !place.startsWith("..\\") && !isAbsolute(place);
}

/** Without symbolic links, of as much of a path as there is. */
export function withoutLinks(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(withoutLinks(folder), basename(path));
  }
}
