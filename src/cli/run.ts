import { stringifyJson } from "../api/json.js";
import { contract, isOperation } from "../engine/contract/table.js";
import { isElanusError } from "../errors.js";
import { type CheckResult, Elanus } from "../index.js";
import { methodOf, type SearchHits } from "../namespaces.js";
import { type Arity, choice, optionValue, readArguments, UsageError } from "./arguments.js";
import { nearCommands, operationOf } from "./commands.js";
import { failureText } from "./failure-text.js";
import { help, operationHelp, operationList, operationUsage, USAGE } from "./help.js";
import type { Io } from "./io.js";
import { mcp } from "./mcp/mcp.js";
import { MOVE_COMMANDS, move } from "./move.js";
import { openFile } from "./open-file.js";
import { withProgressBar } from "./progress-bar.js";
import { commandFields, fieldArity, fieldOf, optionName, readRequest } from "./request.js";
import { SERVE_FLAGS, SERVE_VALUES, serve } from "./serve.js";
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
  if (command === "check") return check(argv, io);
  if (Object.hasOwn(TRANSFER_COMMANDS, command)) return transfer(command, argv, io);
  if (Object.hasOwn(MOVE_COMMANDS, command)) return move(command, argv, io);
  return operate(argv, io);
}

const NO_NAMES: ReadonlySet<string> = new Set();
const CHECK_VALUES: ReadonlySet<string> = new Set(["path"]);
const OPERATION_VALUES: ReadonlySet<string> = new Set(["path", "json", "load-rules"]);
const OPERATION_FLAGS: ReadonlySet<string> = new Set(["readonly", "help"]);

function arityOf(name: string, values: ReadonlySet<string>, flags: ReadonlySet<string>): Arity | undefined {
  return values.has(name) ? "value" : flags.has(name) ? "flag" : undefined;
}

/** `elanus check app.db` */
async function check(argv: readonly string[], io: Io): Promise<number> {
  const { words, options } = readArguments(argv, (name) => arityOf(name, CHECK_VALUES, NO_NAMES), [...CHECK_VALUES]);
  const path = words[1] ?? optionValue(options, "path");
  if (path === undefined || words.length > 2) throw new UsageError("check needs one file");
  const result = await checkFile(path);
  io.out(`${stringifyJson(result)}\n`);
  return result.ok ? 0 : 1;
}

/** A file that cannot even be opened is as damaged as one that is found to be. */
async function checkFile(path: string): Promise<CheckResult> {
  try {
    const db = await openFile(path, { reads: true });
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

/** `elanus partitions drop ...` */
async function operate(argv: readonly string[], io: Io): Promise<number> {
  const firstOption = argv.findIndex((argument) => argument.startsWith("-"));
  const words = firstOption < 0 ? argv : argv.slice(0, firstOption);
  const partitions = argv.some((argument) => /^(?:-p|--partition-?names?)(?:=|$)/i.test(argument));
  const found = operationOf(words, partitions);
  if (found === undefined) throw unknownCommand(words);
  try {
    return await runOperation(found.path, found.used, argv, io);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message, operationUsage(found.path));
    throw error;
  }
}

function unknownCommand(words: readonly string[]): UsageError {
  if (words.length === 0) return new UsageError("the command stands before its options");
  return new UsageError(`there is no command "${words.join(" ")}"${nearCommands(words)}`);
}

async function runOperation(path: string, used: number, argv: readonly string[], io: Io): Promise<number> {
  const fields = commandFields(path);
  const known = [...Object.keys(fields).map(optionName), ...OPERATION_VALUES, ...OPERATION_FLAGS];
  const given = readArguments(
    argv,
    (name) => {
      const field = fieldOf(name, fields);
      return field === undefined ? arityOf(name, OPERATION_VALUES, OPERATION_FLAGS) : fieldArity(fields[field]);
    },
    known,
  );
  if (given.words.length > used) throw new UsageError(`unexpected argument ${given.words[used]}`);
  if (given.options.has("help")) {
    io.out(operationHelp(path, fields));
    return 0;
  }
  const file = optionValue(given.options, "path");
  if (file === undefined) throw new UsageError("an operation needs --path <file>");
  const request = readRequest(given.options, fields, optionValue(given.options, "json"));
  const loadRules = choice(given.options, "load-rules", ["modern", "legacy", "lite"]);
  const options = loadRules === undefined ? {} : { loadRules };
  const db =
    optionValue(given.options, "readonly") === "true"
      ? await Elanus.open(file, { ...options, readonly: true })
      : await openFile(file, { reads: isOperation(path) && !contract[path].writes, options });
  try {
    const draw = io.interactive === true ? (text: string) => io.err(text) : undefined;
    const data = await withProgressBar(db, draw, () => methodOf(db, path)(request));
    io.out(`${stringifyJson({ code: 0, ...shown(data) })}\n`);
    return 0;
  } finally {
    await db.close();
  }
}

/** As REST has it: facets stand in the place of hits, and what the hits of each query are stands beside them. */
function shown(result: unknown): object {
  const { topks, aggregations } = result as Partial<SearchHits>;
  if (aggregations === undefined) return { data: result, topks };
  return { data: aggregations, aggTopks: aggregations.map(({ buckets }) => buckets.length) };
}
