import { createRequire } from "node:module";
import { failure } from "../errors.js";

/**
 * Regular expressions in the syntax of RE2, as Milvus takes them, in time linear in the text: never the runtime's own, which
 * can be made to run for ever. The library is loaded at the first pattern.
 */

export interface LinearRegex {
  /** Whether some part of the text matches. */
  matches(text: string): boolean;
}

interface Library {
  readonly RE2JS: {
    readonly DOTALL: number;
    compile(pattern: string, flags: number): { test(text: string): boolean; programSize(): number };
  };
}

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);
let library: Library | undefined;

function load(): Library {
  if (library !== undefined) return library;
  try {
    library = requireBundled("re2js") as Library;
    return library;
  } catch (cause) {
    const reason = `the library for regular expressions does not load: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw failure("Unavailable", { reason }, cause);
  }
}

/** Steps that one character may take: with more the longest text of a field holds the event loop for seconds. */
const MOST_STEPS = 4000;

/** A dot matches line breaks too. @returns undefined for what is no pattern, and for one that is too large */
export function linearRegex(pattern: string): LinearRegex | undefined {
  const { RE2JS } = load();
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
    if (compiled.programSize() > MOST_STEPS) return undefined;
    return { matches: (text) => compiled.test(text) };
  } catch {
    return undefined;
  }
}
