import { UsageError } from "./arguments.js";
import { candidates } from "./candidates.js";
import { INSPECT } from "./inspect.js";
import type { Io } from "./io.js";
import { MCP } from "./mcp/mcp.js";
import { MOVE_COMMANDS } from "./move.js";
import { optionsOfPlaceCommand } from "./place-command.js";
import { REKEY_OPTIONS } from "./rekey.js";
import { SERVE_FLAGS, SERVE_VALUES } from "./serve.js";
import { SHELL } from "./shell/shell.js";
import { STUDIO_OPTIONS } from "./studio.js";
import { TRANSFER_COMMANDS } from "./transfer.js";

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

/** Options of the commands that are no operation. */
const OWN_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  serve: [...SERVE_VALUES, ...SERVE_FLAGS],
  "run standalone": [...SERVE_VALUES, ...SERVE_FLAGS],
  studio: STUDIO_OPTIONS,
  rekey: REKEY_OPTIONS,
  inspect: optionsOfPlaceCommand(INSPECT),
  shell: optionsOfPlaceCommand(SHELL),
  mcp: optionsOfPlaceCommand(MCP),
  ...Object.fromEntries(
    Object.entries({ ...TRANSFER_COMMANDS, ...MOVE_COMMANDS }).map(([name, { values, flags }]) => [
      name,
      [...values, ...flags],
    ]),
  ),
};

/** `elanus completion bash` */
export function completion([, shell = ""]: readonly string[], io: Io): number {
  if (["--help", "-h"].includes(shell)) {
    io.out(`${USAGE}\n\nPrints what makes this shell complete commands and options, and where it belongs.\n`);
    return 0;
  }
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) throw new UsageError("completion needs the name of a shell", USAGE);
  io.out(script);
  return 0;
}

/** `elanus complete -- partitions dr`: what the last word may become, one in a line. */
export function complete(argv: readonly string[], io: Io): number {
  const begin = argv.indexOf("--");
  const given = begin < 0 ? argv.slice(1) : argv.slice(begin + 1);
  const words = given[0] === "help" && given.length > 1 ? given.slice(1) : given;
  const found = candidates(words.slice(0, -1), words.at(-1) ?? "", OWN_OPTIONS);
  io.out(found.map((word) => `${word}\n`).join(""));
  return 0;
}
