import { stringifyJson } from "../api/json.js";
import { contract, isOperation } from "../engine/contract/table.js";
import { Elanus } from "../index.js";
import { methodOf, type SearchHits } from "../namespaces.js";
import { type Arguments, type Arity, choice, isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import { endOfJob } from "./begun-job.js";
import { nearCommands, operationOf } from "./commands.js";
import { readGivenTexts } from "./given-texts.js";
import { operationHelp, operationUsage } from "./help.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { openPlace, PLACE_VALUES, type Place, placeOf } from "./place.js";
import { withProgressBar } from "./progress-bar.js";
import {
  commandFields,
  fieldArity,
  fieldOf,
  optionName,
  type RequestFields,
  readRequest,
  takesJson,
} from "./request.js";
import { tableOf } from "./table.js";

const VALUES: readonly string[] = [...PLACE_VALUES, "json", "load-rules"];
const FLAGS: readonly string[] = ["readonly", "table", "help"];

/** `elanus partitions drop ...` */
export async function operate(argv: readonly string[], io: Io): Promise<number> {
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
  const read = await readOperation(path, used, argv, io);
  if (read === undefined) {
    io.out(operationHelp(path, commandFields(path)));
    return 0;
  }
  const { options, request } = read;
  if (!PLACE_VALUES.some((name) => name !== KEY_FILE && options.has(name)))
    throw new UsageError("an operation needs --path <file>");
  const place = placeOf([], options);
  const db = await openFor(path, place, options, io);
  try {
    // A server tells of its progress when it is asked.
    const data = await withProgressBar(db, "url" in place ? undefined : io.line, () => methodOf(db, path)(request));
    const asTable = isSet(options, "table");
    io.out(asTable ? tableOf(data, io) : `${stringifyJson({ code: 0, ...shown(data) })}\n`);
    const failed = "url" in place ? undefined : await endOfJob(db, path, request, data);
    if (failed === undefined) return 0;
    io.err(`elanus: the job has failed: ${failed}\n`);
    return 1;
  } finally {
    await db.close();
  }
}

/**
 * What the words and options of an operation say.
 *
 * @param used words that name it
 * @returns undefined where help is asked for
 * @throws UsageError
 */
export async function readOperation(
  path: string,
  used: number,
  argv: readonly string[],
  io: Io,
): Promise<{ readonly options: Arguments["options"]; readonly request: Record<string, unknown> } | undefined> {
  const fields = commandFields(path);
  const { words, options } = readArguments(argv, (name) => arityOf(name, fields), [
    ...Object.keys(fields).map(optionName),
    ...VALUES,
    ...FLAGS,
  ]);
  if (words.length > used) throw new UsageError(`unexpected argument ${words[used]}`);
  if (options.has("help")) return undefined;
  const given = await readGivenTexts(options, io, (name) => name === "json" || takesJson(fieldNamed(name, fields)));
  return { options, request: readRequest(given, fields, optionValue(given, "json")) };
}

function fieldNamed(name: string, fields: RequestFields): RequestFields[string] | undefined {
  const field = fieldOf(name, fields);
  return field === undefined ? undefined : fields[field];
}

function arityOf(name: string, fields: RequestFields): Arity | undefined {
  const field = fieldNamed(name, fields);
  if (field !== undefined) return fieldArity(field);
  return VALUES.includes(name) ? "value" : FLAGS.includes(name) ? "flag" : undefined;
}

function openFor(path: string, place: Place, options: Arguments["options"], io: Io): Promise<Elanus> {
  const loadRules = choice(options, "load-rules", ["modern", "legacy", "lite"]);
  const opening = { ...keyOf(options, io), ...(loadRules !== undefined && { loadRules }) };
  if ("path" in place && isSet(options, "readonly")) {
    return Elanus.open(place.path, { ...opening, readonly: true });
  }
  const reads = isOperation(path) && !contract[path].writes;
  return openPlace(place, { reads, makes: path.endsWith("/create"), options: opening });
}

/** As REST has it: facets stand in the place of hits, and what the hits of each query are stands beside them. */
function shown(result: unknown): object {
  const { topks, aggregations } = result as Partial<SearchHits>;
  if (aggregations === undefined) return { data: result, topks };
  return { data: aggregations, aggTopks: aggregations.map(({ buckets }) => buckets.length) };
}
