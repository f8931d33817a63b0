import { resolve } from "node:path";
import type { EngineOptions } from "../engine/index.js";
import { failure } from "../errors.js";

/** What an option means that is not given; those of the engine that all who share a file must have in common. */
const COMMON: { readonly [Name in keyof EngineOptions]?: (options: EngineOptions) => unknown } = {
  loadRules: ({ loadRules = "modern" }) => loadRules,
  serverVersion: ({ serverVersion = "3.0" }) => serverVersion,
  errorForm: ({ serverVersion, errorForm = serverVersion === "2.6" ? "early" : "late" }) => errorForm,
  durability: ({ durability = "full" }) => durability,
  exactBelow: ({ exactBelow = 5000 }) => exactBelow,
  vectorIndex: ({ vectorIndex = "kernel" }) => vectorIndex,
  memory: ({ memory = "vectors" }) => memory,
  filesRoot: ({ filesRoot }) => filesRoot,
  importRoot: ({ importRoot }) => importRoot,
  auth: ({ auth }) => auth,
};

/** The folders that options name as they are named from everywhere. */
export function withWholePaths(options: EngineOptions): EngineOptions {
  const { filesRoot, importRoot } = options;
  return {
    ...options,
    ...(filesRoot !== undefined && { filesRoot: resolve(filesRoot) }),
    ...(importRoot !== undefined && { importRoot: resolve(importRoot) }),
  };
}

/**
 * Whoever opens a file that another one has open already takes its options as they are there; those that he names himself must be the
 * same.
 *
 * @throws InvalidParameter with their names
 */
export function requireSameOptions(given: EngineOptions, there: EngineOptions): void {
  const others = Object.entries(COMMON).filter(([name, read]) => {
    if (given[name as keyof EngineOptions] === undefined) return false;
    return canonical(read(given)) !== canonical(read(there));
  });
  if (others.length === 0) return;
  const names = others.map(([name]) => `"${name}"`).join(" and ");
  throw failure("InvalidParameter", {
    text: `${names} of Elanus.open ${others.length === 1 ? "is" : "are"} not as in the process that has the shared file open`,
  });
}

/** The same text for the same value, in whatever order its keys are. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part === Number.POSITIVE_INFINITY
          ? "Infinity"
          : part,
    ) ?? ""
  );
}
