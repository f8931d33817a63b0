import { createRequire } from "node:module";
import { AnalyzerError } from "./token.js";

const load = createRequire(import.meta.url);

/**
 * A package that a user installs only for some analyzers. Loaded when a collection first needs it.
 *
 * @throws AnalyzerError that names the package when it is not installed or does not load
 */
export function optionalPackage<T>(tokenizer: string, name: string): T {
  try {
    return load(name) as T;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    const reason = missing ? "" : `, which does not load: ${(cause as Error).message}`;
    throw new AnalyzerError(`tokenizer "${tokenizer}" needs the optional package ${name}${reason}`, { cause });
  }
}
