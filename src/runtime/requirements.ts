import { failure } from "../errors.js";

/** The first Node with Node-API 10, without which the addon of SQLite ends the process at its first statement. */
const NODE_API = 10;
const OLDEST_NODE = "22.14";

/**
 * Refuses a runtime in which the native packages would crash. Called before anything native is loaded.
 * @throws RuntimeTooOld
 */
export function requireRuntime(versions: Readonly<Record<string, string | undefined>> = process.versions): void {
  if (Number(versions["napi"] ?? 0) >= NODE_API) return;
  throw failure("RuntimeTooOld", { needed: OLDEST_NODE, found: versions["node"] ?? "unknown" });
}
