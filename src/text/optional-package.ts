import { AnalyzerError } from "./token.js";

/**
 * Loads a package that a user installs only for some analyzers, when a collection first needs it.
 *
 * @throws AnalyzerError that names the package when it is not installed or does not load
 */
export function optionalPackage(tokenizer: string, name: string, load: () => unknown): unknown {
  try {
    return load();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    const reason = missing ? "" : `, which does not load: ${(cause as Error).message}`;
    throw new AnalyzerError(`tokenizer "${tokenizer}" needs the optional package ${name}${reason}`, { cause });
  }
}
