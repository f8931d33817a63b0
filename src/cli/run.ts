import { stringifyJson } from "../api/json.js";
import { isElanusError } from "../errors.js";
import type { CheckResult, OpenOptions } from "../index.js";
import { type Arity, optionValue, readArguments, UsageError } from "./arguments.js";
import { complete, completion } from "./completion.js";
import { failureText } from "./failure-text.js";
import { groupHelp, help, operationList, USAGE } from "./help.js";
import { inspect } from "./inspect.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { mcp } from "./mcp/mcp.js";
import { MOVE_COMMANDS, move } from "./move.js";
import { openFile } from "./open-file.js";
import { operate } from "./operate.js";
import { rekey } from "./rekey.js";
import { SERVE_FLAGS, SERVE_VALUES, serve } from "./serve.js";
import { shell } from "./shell/shell.js";
import { standaloneArguments, standaloneWords } from "./standalone.js";
import { studio } from "./studio.js";
import { TRANSFER_COMMANDS, transfer } from "./transfer.js";

/**
 * Runs one command.
 *
 * @returns the exit code: 0 success, 1 a failure code, 2 wrong usage
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`elanus: ${error.message}\n${error.usage ?? USAGE}\n`);
      return 2;
    }
    if (!isElanusError(error)) throw error;
    io.out(failureText(error));
    return 1;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [command] = argv;
  if (command === undefined) throw new UsageError("what to do?");
  if (command === "help" && argv.length > 1) return dispatch([...argv.slice(1), "--help"], io);
  if (command === "--help" || command === "-h" || command === "help") {
    io.out(`${help()}\n${operationList()}`);
    return 0;
  }
  if (command === "--version" || command === "-v" || command === "version") {
    io.out(`${io.version}\n`);
    return 0;
  }
  const standalone = standaloneWords(argv);
  if (command === "serve" || standalone > 0) {
    const line = standalone > 0 ? ["serve", ...argv.slice(standalone)] : argv;
    const given = readArguments(line, (name) => arityOf(name, SERVE_VALUES, SERVE_FLAGS), [
      ...SERVE_VALUES,
      ...SERVE_FLAGS,
    ]);
    const asked = standalone > 0 ? standaloneArguments(given, io.env ?? {}) : given;
    if (!given.options.has("help")) return serve(asked, io, standalone > 0);
    io.out(help());
    return 0;
  }
  if (command === "studio") return studio(argv, io);
  if (command === "mcp") return mcp(argv, io);
  if (command === "shell") return shell(argv, io);
  if (command === "inspect") return inspect(argv, io);
  if (command === "completion") return completion(argv, io);
  if (command === "complete") return complete(argv, io);
  if (command === "check") return check(argv, io);
  if (command === "rekey") return rekey(argv, io);
  if (Object.hasOwn(TRANSFER_COMMANDS, command)) return transfer(command, argv, io);
  if (Object.hasOwn(MOVE_COMMANDS, command)) return move(command, argv, io);
  const group = ["--help", "-h"].includes(argv[1] ?? "") ? groupHelp(command) : undefined;
  if (group === undefined) return operate(argv, io);
  io.out(group);
  return 0;
}

function arityOf(name: string, values: ReadonlySet<string>, flags: ReadonlySet<string>): Arity | undefined {
  return values.has(name) ? "value" : flags.has(name) ? "flag" : undefined;
}

const CHECK_VALUES: ReadonlySet<string> = new Set(["path", KEY_FILE]);
const CHECK_FLAGS: ReadonlySet<string> = new Set(["help"]);
const CHECK_USAGE = "Usage: elanus check <file>";

/** `elanus check app.db` */
async function check(argv: readonly string[], io: Io): Promise<number> {
  const known = [...CHECK_VALUES, ...CHECK_FLAGS];
  const { words, options } = readArguments(argv, (name) => arityOf(name, CHECK_VALUES, CHECK_FLAGS), known);
  if (options.has("help")) {
    io.out(
      `${CHECK_USAGE}\n\nLooks for damage in a database file; reads everything, changes nothing. 0: none was found.\n`,
    );
    return 0;
  }
  const path = words[1] ?? optionValue(options, "path");
  if (path === undefined || words.length > 2) throw new UsageError("check needs one file");
  const result = await checkFile(path, keyOf(options, io));
  io.out(`${stringifyJson(result)}\n`);
  return result.ok ? 0 : 1;
}

/** A file that cannot even be opened is as damaged as one that is found to be. */
async function checkFile(path: string, options: OpenOptions): Promise<CheckResult> {
  try {
    const db = await openFile(path, { reads: true, asItIs: true, options });
    try {
      return await db.check();
    } finally {
      await db.close();
    }
  } catch (error) {
    if (!isElanusError(error, "FileDamaged") && !isElanusError(error, "IoFailed")) throw error;
    return { ok: false, problems: [String(error.details["reason"])] };
  }
}
