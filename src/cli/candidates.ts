import { operationPaths } from "../engine/contract/table.js";
import { commandWords, operationOf } from "./commands.js";
import { commandFields, optionName } from "./request.js";

/** Of every operation. */
const SHARED = ["path", "url", "token", "json", "table", "readonly", "load-rules", "help"];

/**
 * Words and options that go on from those before.
 *
 * @param ownOptions of commands that are no operation, by their words
 */
export function candidates(
  before: readonly string[],
  last: string,
  ownOptions: Readonly<Record<string, readonly string[]>> = {},
): readonly string[] {
  const begins = (word: string): boolean => word.startsWith(last);
  const firstOption = before.findIndex((word) => word.startsWith("-"));
  const words = firstOption < 0 ? before : before.slice(0, firstOption);
  if (last.startsWith("-")) return optionsOf(words, ownOptions).filter(begins);
  // The value of an option: files are the shell's own business.
  if (firstOption >= 0) return [];
  const following = commandWords()
    .filter((command) => words.every((word, i) => command[i] === word))
    .flatMap((command) => command[words.length] ?? []);
  return [...new Set(following)].filter(begins).sort();
}

function optionsOf(
  words: readonly string[],
  ownOptions: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const command = Object.entries(ownOptions).find(([name]) => `${words.join(" ")} `.startsWith(`${name} `));
  // Short forms, `-c`, are quicker to type than to choose.
  if (command !== undefined)
    return command[1]
      .filter((name) => name.length > 1)
      .map((name) => `--${name}`)
      .sort();
  const found = operationOf(words, false);
  const own = found === undefined ? [] : Object.keys(commandFields(found.path)).map(optionName);
  const isOperation = found !== undefined && operationPaths.some((path) => path === found.path);
  return (isOperation ? [...own, ...SHARED] : ["path", "help"]).map((name) => `--${name}`);
}
