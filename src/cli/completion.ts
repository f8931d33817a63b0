import { operationPaths } from "../engine/contract/table.js";
import { UsageError } from "./arguments.js";
import { commandWords, operationOf } from "./commands.js";
import type { Io } from "./io.js";
import { REKEY_OPTIONS } from "./rekey.js";
import { commandFields, optionName } from "./request.js";
import { SERVE_FLAGS, SERVE_VALUES } from "./serve.js";
import { STUDIO_OPTIONS } from "./studio.js";

const USAGE = "Usage: elanus completion bash|zsh|fish";

/** Each asks `elanus complete` for what may stand at the cursor; files are completed where it says nothing. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# elanus completion bash >> ~/.bashrc
_elanus() {
  local IFS=$'\\n'
  COMPREPLY=($(elanus complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _elanus elanus
`,
  zsh: `# elanus completion zsh >> ~/.zshrc
_elanus() {
  local -a found
  found=("\${(@f)$(elanus complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
}
compdef _elanus elanus
`,
  fish: `# elanus completion fish > ~/.config/fish/completions/elanus.fish
function __elanus_complete
    set -l words (commandline -opc) (commandline -ct)
    elanus complete -- $words[2..-1] 2>/dev/null
end
complete -c elanus -a '(__elanus_complete)'
`,
};

/** `elanus completion bash` */
export function completion([, shell = ""]: readonly string[], io: Io): number {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) throw new UsageError("completion needs the name of a shell", USAGE);
  io.out(script);
  return 0;
}

/** `elanus complete -- partitions dr`: what the last word may become, one in a line. */
export function complete(argv: readonly string[], io: Io): number {
  const begin = argv.indexOf("--");
  const words = begin < 0 ? argv.slice(1) : argv.slice(begin + 1);
  const found = candidates(words.slice(0, -1), words.at(-1) ?? "");
  io.out(found.map((word) => `${word}\n`).join(""));
  return 0;
}

/** Words and options that go on from those before. */
export function candidates(before: readonly string[], last: string): readonly string[] {
  const begins = (word: string): boolean => word.startsWith(last);
  const firstOption = before.findIndex((word) => word.startsWith("-"));
  const words = firstOption < 0 ? before : before.slice(0, firstOption);
  if (last.startsWith("-")) return optionsOf(words).filter(begins);
  // The value of an option: files are the shell's own business.
  if (firstOption >= 0) return [];
  const following = commandWords()
    .filter((command) => words.every((word, i) => command[i] === word))
    .flatMap((command) => command[words.length] ?? []);
  return [...new Set(following)].filter(begins).sort();
}

/** Options of commands that are no operation; of the others the ones that all have. */
const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  serve: [...SERVE_VALUES, ...SERVE_FLAGS],
  "run standalone": [...SERVE_VALUES, ...SERVE_FLAGS],
  studio: STUDIO_OPTIONS,
  rekey: REKEY_OPTIONS,
};

const SHARED = ["path", "url", "token", "json", "table", "readonly", "load-rules", "help"];

function optionsOf(words: readonly string[]): readonly string[] {
  const command = Object.entries(OWN_OPTIONS).find(([name]) => `${words.join(" ")} `.startsWith(`${name} `));
  if (command !== undefined) return command[1].map((name) => `--${name}`).sort();
  const found = operationOf(words, false);
  const own = found === undefined ? [] : Object.keys(commandFields(found.path)).map(optionName);
  const isOperation = found !== undefined && operationPaths.some((path) => path === found.path);
  return (isOperation ? [...own, ...SHARED] : ["path", "help"]).map((name) => `--${name}`);
}
