import { existsSync } from "node:fs";
import { stringifyJson } from "../api/json.js";
import { isElanusError } from "../errors.js";
import type { Elanus, MoveProgress, MoveReport, PushOptions } from "../index.js";
import { type Arguments, choice, isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { diffText, planText, reportText } from "./move-text.js";
import { type FileUse, openFile } from "./open-file.js";
import { barText, ownLine } from "./progress-bar.js";

/** A command that moves or compares: how it is used, and which options it takes. */
interface MoveCommand {
  readonly usage: string;
  readonly help: string;
  readonly values: readonly string[];
  readonly flags: readonly string[];
  run(given: Arguments, io: Io): Promise<number>;
}

const SERVER_VALUES = ["token", "database", "collection", "over", KEY_FILE];
const MOVE_VALUES = [...SERVER_VALUES, "into", "compare", "journal"];
const MOVE_FLAGS = ["dry-run", "json", "help"];

const SERVER_HELP = `  --token <token>          user:password, or an API key
  -c, --collection <name>  this collection only, or database.collection; may be repeated
  --database <name>        this database only; may be repeated
  --over <protocol>        grpc or rest; default: whichever is answered
  --json                   print the report as JSON
`;
const MOVE_HELP = `  --into <name>            another name for the one collection that is named
  --dry-run                show what would be done, changed and refused, and do nothing
  --compare <what>         rows (default), counts or nothing, when all is there
  --journal <file>         where to keep how far it has come; default: beside the database file
`;
const MOVE_END = `
An address is http://host:19530, https://host or unix:/path. Ended at any moment, the same command goes on where it was.
Exit codes: 0 all rows are there and the same, 1 a failure or a difference, 2 wrong usage.
`;

const PUSH_USAGE = "Usage: elanus push <file> --to <address> [options]";
const PULL_USAGE = "Usage: elanus pull <address> <file> [options]";
const DIFF_USAGE = "Usage: elanus diff <file> <address> [options]";

export const MOVE_COMMANDS: Readonly<Record<string, MoveCommand>> = {
  push: {
    usage: PUSH_USAGE,
    help: `Puts collections of a database file onto a server: Milvus from 2.2 on, Zilliz Cloud, another Elanus.

  --to <address>           the server
${SERVER_HELP}${MOVE_HELP}${MOVE_END}`,
    values: ["to", ...MOVE_VALUES],
    flags: MOVE_FLAGS,
    async run(given, io) {
      const [file] = wordsOf(given, 1);
      const to = optionValue(given.options, "to");
      if (to === undefined) throw new UsageError("push needs --to <address>");
      return moved(file as string, { reads: false }, given.options, io, (db, more) =>
        db.push({ ...moveOptions(given.options), to, ...more }),
      );
    },
  },
  pull: {
    usage: PULL_USAGE,
    help: `Brings collections of a server, or some of their rows, into a database file, which is made when missing.

  --filter <filter>        only rows that it selects
  --sample <n>             at most so many rows of each collection, the same ones each time
  --redact <field>         leave the values of a field or dynamic key behind; may be repeated
${SERVER_HELP}${MOVE_HELP}${MOVE_END}`,
    values: ["filter", "sample", "redact", ...MOVE_VALUES],
    flags: MOVE_FLAGS,
    async run(given, io) {
      const [from, file] = wordsOf(given, 2);
      const filter = optionValue(given.options, "filter");
      const sample = optionValue(given.options, "sample");
      if (sample !== undefined && !/^[1-9]\d{0,7}$/.test(sample))
        throw new UsageError(`--sample must be a number of rows, not ${sample}`);
      const some = {
        redact: given.options.get("redact") ?? [],
        ...(filter !== undefined && { filter }),
        ...(sample !== undefined && { sample: Number(sample) }),
      };
      return moved(file as string, { reads: false, makes: true }, given.options, io, (db, more) =>
        db.pull({ ...moveOptions(given.options), ...some, from: from as string, ...more }),
      );
    },
  },
  diff: {
    usage: DIFF_USAGE,
    help: `Compares collections of a database file with those of a server: schemas, and all rows by their keys. Changes neither.

  --keys <n>               keys to be named of each kind of difference; default 10
${SERVER_HELP}
Exit codes: 0 nothing differs, 1 a failure or a difference, 2 wrong usage.
`,
    values: ["keys", ...SERVER_VALUES],
    flags: ["json", "help"],
    async run(given, io) {
      const [file, address] = wordsOf(given, 2);
      const keys = optionValue(given.options, "keys");
      if (keys !== undefined && !/^\d{1,6}$/.test(keys)) throw new UsageError(`--keys must be a number, not ${keys}`);
      const options = {
        ...serverOptions(given.options),
        with: address as string,
        ...(keys !== undefined && { keys: Number(keys) }),
      };
      const use = { reads: true, options: keyOf(given.options, io) };
      const report = await watched(file as string, use, io, (db, more) => db.diff({ ...options, ...more }));
      if (report === undefined) return 1;
      tell(report, diffText(report), given.options, io);
      return report.same ? 0 : 1;
    },
  },
};

/** `elanus push app.db --to http://host:19530` and so on. */
export async function move(name: string, argv: readonly string[], io: Io): Promise<number> {
  const command = MOVE_COMMANDS[name] as MoveCommand;
  const { usage, help, values, flags } = command;
  try {
    const given = readArguments(
      argv.slice(1),
      (option) => (option === "c" || values.includes(option) ? "value" : flags.includes(option) ? "flag" : undefined),
      [...values, ...flags],
    );
    if (!given.options.has("help")) return await command.run(given, io);
    io.out(`${usage}\n\n${help}`);
    return 0;
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, usage) : error;
  }
}

function wordsOf({ words }: Arguments, count: number): readonly string[] {
  if (words.length < count)
    throw new UsageError(count === 1 ? "which database file?" : "which server, and which database file?");
  if (words.length > count) throw new UsageError(`unexpected argument ${words[count]}`);
  return words;
}

function serverOptions(options: Arguments["options"]) {
  const over = choice(options, "over", ["grpc", "rest"]);
  const token = optionValue(options, "token");
  const collections = [...(options.get("collection") ?? []), ...(options.get("c") ?? [])];
  const databases = options.get("database");
  return {
    ...(token !== undefined && { token }),
    ...(collections.length > 0 && { collections }),
    ...(databases !== undefined && { databases }),
    ...(over !== undefined && { over }),
  };
}

function moveOptions(options: Arguments["options"]) {
  const compare = choice(options, "compare", ["rows", "counts", "nothing"]);
  const into = optionValue(options, "into");
  const journal = optionValue(options, "journal");
  return {
    ...serverOptions(options),
    ...(into !== undefined && { into }),
    ...(compare !== undefined && { compare }),
    ...(journal !== undefined && { journal }),
  };
}

type While = Pick<PushOptions, "onProgress" | "signal">;

/** Moves, and says what came of it. */
async function moved(
  file: string,
  use: FileUse,
  options: Arguments["options"],
  io: Io,
  work: (db: Elanus, more: While & { readonly dryRun: boolean }) => Promise<MoveReport>,
): Promise<number> {
  const dryRun = isSet(options, "dry-run");
  const runIn = (place: string, dry: boolean) => {
    const opening = place === file ? { ...use, options: keyOf(options, io) } : { reads: false };
    return watched(place, opening, io, (db, more) => work(db, { ...more, dryRun: dry }));
  };
  let place = file;
  if (use.makes === true && !existsSync(file)) {
    // A slip in the address makes no file, nor does a try, or what is refused.
    const planned = await runIn(IN_MEMORY, true);
    if (planned === undefined) return 1;
    if (dryRun || isRefused(planned)) place = IN_MEMORY;
  }
  const report = await runIn(place, dryRun);
  if (report === undefined) return 1;
  tell(report, planText(report.plan) + (dryRun ? "" : reportText(report)), options, io);
  return !isRefused(report) && report.comparisons.every(({ same }) => same) ? 0 : 1;
}

const IN_MEMORY = ":memory:";

function isRefused({ plan }: MoveReport): boolean {
  return plan.collections.some(({ refusals }) => refusals.length > 0);
}

function tell(report: object, text: string, options: Arguments["options"], io: Io): void {
  io.out(isSet(options, "json") ? `${stringifyJson({ code: 0, data: report })}\n` : text);
}

/** Shows how far it has come; ended by a signal it says how to go on, and has no report. */
async function watched<T>(
  file: string,
  use: FileUse,
  io: Io,
  work: (db: Elanus, more: While) => Promise<T>,
): Promise<T | undefined> {
  const stopped = new AbortController();
  void io.untilStopped().then(() => stopped.abort());
  const db = await openFile(file, use);
  const line = ownLine(io.line);
  try {
    return await work(db, {
      signal: stopped.signal,
      onProgress: (event) => line.show(moveLine(event, line.columns)),
    });
  } catch (error) {
    if (!isElanusError(error, "Aborted")) throw error;
    line.clear();
    io.err("elanus: stopped; the same command goes on where it was\n");
    return undefined;
  } finally {
    line.clear();
    await db.close();
  }
}

function moveLine({ kind, database, collection, rows, totalRows }: MoveProgress, columns: number): string {
  const done = totalRows === 0 ? 1 : Math.min(1, rows / totalRows);
  return barText(`${kind} ${database}.${collection}`, done, `, ${rows} of ${totalRows} rows`, columns);
}
