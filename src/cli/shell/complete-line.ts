import { candidates } from "../candidates.js";
import type { ShellSession } from "./session.js";

const COMMANDS = ["use", "describe", "recall", "like", "text", "near", "limit", "database", "help", "exit"];
/** Words of filters. */
const KEYWORDS = ["and", "or", "not", "in", "like", "is null", "is not null", "true", "false"];

/** What may stand at the end of a line: names of commands, collections and fields, words of filters. */
export function completeLine(line: string, session: ShellSession): readonly [readonly string[], string] {
  const { collection, names } = session;
  const [, command] = /^\s*\.(\S*)$/.exec(line) ?? [];
  if (command !== undefined) {
    const known = [...COMMANDS, ...candidates([], "")];
    return [[...new Set(known)].filter((name) => name.startsWith(command)).map((name) => `.${name}`), `.${command}`];
  }
  const [, used] = /^\s*\.use\s+(\S*)$/.exec(line) ?? [];
  if (used !== undefined) return [names.filter((name) => name.startsWith(used)), used];
  const [last = ""] = /[^\s()[\],]*$/.exec(line) ?? [];
  if (/^\s*\./.test(line)) {
    const words = line.trim().slice(1).split(/\s+/);
    return [candidates(last === "" ? words : words.slice(0, -1), last), last];
  }
  const fields = collection?.fields.map(({ name }) => name) ?? [];
  return [[...fields, ...KEYWORDS].filter((name) => name.startsWith(last)), last];
}
