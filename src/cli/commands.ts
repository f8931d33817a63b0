import { isRefused } from "../engine/contract/refused.js";
import { isOperation, operationPaths } from "../engine/contract/table.js";
import { nearestName } from "../values/nearest-name.js";

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

/** Verbs that stand in front of what they are about. */
const VERBS: readonly string[] = ["list", "describe", "create", "drop", "has"];
/** Entity actions that need no group. */
const ENTITY_ACTIONS: readonly string[] = ["insert", "upsert", "get", "query", "search", "delete"];

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
    if (isOperation(path) || isRefused(path)) return { path, used };
  }
  const [first = "", second = ""] = names;
  const group = GROUPS[second] ?? second;
  if (ENTITY_ACTIONS.includes(first)) return { path: `entities/${first}`, used: group === "entities" ? 2 : 1 };
  if (VERBS.includes(first) && isOperation(`${group}/${first}`)) return { path: `${group}/${first}`, used: 2 };
  if (first === "load" || first === "release") {
    const named = group === "partitions" || group === "collections";
    const path = `${named ? group : partitions ? "partitions" : "collections"}/${first}`;
    return { path, used: named ? 2 : 1 };
  }
  return undefined;
}

/** The words of an operation: `partitions get-stats`. */
export function commandOf(path: string): string {
  return path.replace(/\//g, " ").replace(/_/g, "-");
}

/** The short forms, each with what it may be about: `["list", ["collection", ...]]`. */
export function shortForms(): readonly (readonly [verb: string, subjects: readonly string[]])[] {
  return VERBS.map((verb) => [
    verb,
    Object.entries(GROUPS)
      .filter(([, group]) => operationPaths.some((path) => path === `${group}/${verb}`))
      .map(([singular]) => singular),
  ]);
}

/** Commands that are no operation. */
const OWN_COMMANDS: readonly string[] = [
  "serve",
  "studio",
  "mcp",
  "inspect",
  "shell",
  "completion bash",
  "completion fish",
  "completion zsh",
  "run standalone",
  "check",
  "rekey",
  "backup",
  "import",
  "export",
  "push",
  "pull",
  "diff",
  "help",
  "version",
];

/** All commands, as the words that they are made of. */
export function commandWords(): readonly (readonly string[])[] {
  const commands = [
    ...OWN_COMMANDS,
    ...operationPaths.map(commandOf),
    ...ENTITY_ACTIONS,
    ...["load", "release"],
    ...shortForms().flatMap(([verb, subjects]) => subjects.map((subject) => `${verb} ${subject}`)),
  ];
  return commands.map((command) => command.split(" "));
}

/**
 * What to say beside words that are no command: the one that was most likely meant, word by word, or what may follow where
 * words are missing; empty where nothing is near.
 */
export function nearCommands(words: readonly string[]): string {
  const meant: string[] = [];
  let commands = commandWords();
  for (const word of words) {
    const nearest = nearestName(
      word,
      commands.flatMap((command) => command[meant.length] ?? []),
    );
    if (nearest === undefined) break;
    commands = commands.filter((command) => command[meant.length] === nearest);
    meant.push(nearest);
  }
  if (meant.length === 0) return "";
  if (commands.some((command) => command.length === meant.length)) return `: did you mean "${meant.join(" ")}"?`;
  const following = commands.map((command) => command.slice(meant.length).join(" "));
  return `: ${meant.join(" ")} takes ${following.sort().join(", ")}`;
}
