import { Module } from "node:module";
import { pathToFileURL } from "node:url";
import { codeLocation } from "./location.js";

/**
 * Loads a native package that stays outside of every bundle. It is looked for from this code on; beside an asar archive
 * that this code lies in, because not every thread can read in one; then from the program's main file and the working
 * directory, because in a bundle the first may name a folder of the machine that built it.
 * @throws what `require` throws
 */
export function loadPackage(name: string): unknown {
  return firstOf((require) => require(name));
}

/** The main file of a native package, without loading it. @throws what `require.resolve` throws */
export function findPackage(name: string): string {
  return firstOf((require) => require.resolve(name));
}

function firstOf<T>(attempt: (require: NodeJS.Require) => T): T {
  let missing: unknown;
  for (const base of bases()) {
    try {
      // By way of the class: webpack puts `undefined` in the place of a plain call of createRequire.
      return attempt(Module.createRequire(base));
    } catch (error) {
      if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
      missing ??= error;
    }
  }
  throw missing;
}

function bases(): readonly string[] {
  const here = codeLocation();
  const main = process.argv[1];
  return [
    here,
    ...(here.includes(".asar/") ? [here.replace(".asar/", ".asar.unpacked/")] : []),
    ...(main === undefined ? [] : [pathToFileURL(main).href]),
    pathToFileURL(`${process.cwd()}/`).href,
  ];
}
