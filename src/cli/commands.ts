import { isRefused } from "../engine/contract/refused.js";
import { isOperation } from "../engine/contract/table.js";

/** Groups by the singular that Milvus' own command line uses. */
const GROUPS: Readonly<Record<string, string>> = {
  database: "databases",
  collection: "collections",
  partition: "partitions",
  index: "indexes",
  alias: "aliases",
  entity: "entities",
  user: "users",
  role: "roles",
};

const VERBS: ReadonlySet<string> = new Set(["list", "describe", "create", "drop", "delete", "has", "load", "release"]);
/** Entity actions that need no group. */
const ENTITY_ACTIONS: ReadonlySet<string> = new Set(["insert", "upsert", "get", "query", "search"]);

/**
 * The operation that words name, and how many words that took: `partitions drop`, `collections get-load-state`,
 * `collections fields add`, and the forms of Milvus' command line: `list collections`, `create partition`,
 * `delete entities`, `load` and `release` (of partitions when some are named, else of the collection), `query`.
 *
 * @param partitions whether the command line names partitions
 */
export function operationOf(words: readonly string[], partitions: boolean): { path: string; used: number } | undefined {
  const names = words.map((word) => word.replace(/-/g, "_"));
  for (let used = Math.min(names.length, 3); used >= 2; used--) {
    const path = names.slice(0, used).join("/");
    if (isKnown(path)) return { path, used };
  }
  const [first, second] = names;
  if (first === undefined) return undefined;
  if (ENTITY_ACTIONS.has(first)) return { path: `entities/${first}`, used: 1 };
  if (VERBS.has(first) && second !== undefined) {
    const group = GROUPS[second] ?? second;
    for (const action of first === "delete" ? ["delete", "drop"] : [first]) {
      if (isKnown(`${group}/${action}`)) return { path: `${group}/${action}`, used: 2 };
    }
    return undefined;
  }
  if (first === "load" || first === "release") {
    return { path: `${partitions ? "partitions" : "collections"}/${first}`, used: 1 };
  }
  return undefined;
}

function isKnown(path: string): boolean {
  return isOperation(path) || isRefused(path);
}
