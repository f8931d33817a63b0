import { stringifyJson } from "../api/json.js";
import { FILE_FORMATS } from "../engine/contract/transfers.js";
import { isElanusError } from "../errors.js";
import type { Elanus, ExportOptions, ImportOptions, TransferProgress } from "../index.js";
import { type Arguments, type Arity, choice, isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import { failureText } from "./failure-text.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { openFile } from "./open-file.js";
import { ownLine } from "./progress-bar.js";

const OF_FILES = ["path", KEY_FILE, "database", "collection", "partition", "format", "sep", "nullkey"] as const;
const OF_FILES_HELP = `  --format <format>        json, ndjson, csv or parquet; by the ending of the file where it is absent
  --database <name>        default: default
  --sep <character>        between the cells of CSV, default a comma
  --nullkey <text>         a cell of CSV that means null, default an empty one
`;

/** A command about files: which options it takes, and what it does. */
interface TransferCommand {
  readonly usage: string;
  readonly help: string;
  readonly values: readonly string[];
  readonly flags: readonly string[];
  /** The database is only read: somebody else may write to it meanwhile. */
  readonly reads: boolean;
  run(db: Elanus, given: Arguments["options"], watch: Watch, second: string): Promise<object>;
  /** The standard output is where the rows go. */
  takesOutput?(given: Arguments["options"]): boolean;
  /** A second file comes behind the database. */
  readonly second?: string;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export const TRANSFER_COMMANDS: Readonly<Record<string, TransferCommand>> = {
  import: {
    usage: "Usage: elanus import <file.db> --collection <name> --from <file> [options]",
    help: `Brings the rows of files into a collection, all of them or none.

  -c, --collection <name>  the collection
  --from <file>            may be repeated; - is the standard input
  -p, --partition <name>   where the rows go; default: _default
${OF_FILES_HELP}`,
    values: [...OF_FILES, "from"],
    flags: ["help"],
    reads: false,
    run: (db, given, watch) => db.import({ ...importOf(given), ...watch }),
  },
  export: {
    usage: "Usage: elanus export <file.db> --collection <name> --to <file> [options]",
    help: `Writes the rows of a collection into a file. Others may write to the database meanwhile.

  -c, --collection <name>  the collection
  --to <file>              - is the standard output
  -p, --partition <name>   rows of this one only; may be repeated
  --filter <expression>    rows that it selects
  --keep-ids               write keys that were drawn, too
  --force                  take the place of a file that is there
${OF_FILES_HELP}`,
    values: [...OF_FILES, "to", "filter"],
    flags: ["keep-ids", "force", "help"],
    reads: true,
    run: (db, given, watch) => db.export({ ...exportOf(given), ...watch }),
    takesOutput: (given) => optionValue(given, "to") === "-",
  },
  backup: {
    usage: "Usage: elanus backup <file.db> <copy.db> [--force]",
    help: `Copies a database, which may be in use, and checks the copy.

  --force                  take the place of a file that is there
`,
    values: ["path", KEY_FILE],
    flags: ["force", "help"],
    reads: true,
    second: "the file that the copy is to be",
    run: (db, given, watch, second) => db.backup(second, { overwrite: isSet(given, "force"), ...watch }),
  },
};

/** `elanus import app.db --collection book --from book.csv` */
export async function transfer(name: string, argv: readonly string[], io: Io): Promise<number> {
  const command = TRANSFER_COMMANDS[name] as TransferCommand;
  const arity = (option: string): Arity | undefined => {
    const long = option === "c" ? "collection" : option === "p" ? "partition" : option;
    return command.values.includes(long) ? "value" : command.flags.includes(long) ? "flag" : undefined;
  };
  let takesOutput = false;
  try {
    const { words, options } = readArguments(argv, arity, [...command.values, ...command.flags]);
    if (options.has("help")) {
      io.out(`${command.usage}\n\n${command.help}`);
      return 0;
    }
    takesOutput = command.takesOutput?.(options) === true;
    const named = optionValue(options, "path");
    const [path, second = "", ...more] = named === undefined ? words.slice(1) : [named, ...words.slice(1)];
    if (path === undefined) throw new UsageError(`${name} needs one database file`);
    if (command.second !== undefined && second === "") throw new UsageError(`${name} needs ${command.second}`);
    const surplus = command.second === undefined ? second : (more[0] ?? "");
    if (surplus !== "") throw new UsageError(`unexpected argument ${surplus}`);
    const stop = new AbortController();
    void io.untilStopped().then(() => stop.abort());
    const usesStandardStreams = [...(options.get("from") ?? []), ...(options.get("to") ?? [])].includes("-");
    const db = await openFile(path, { reads: command.reads, alone: usesStandardStreams, options: keyOf(options, io) });
    const line = ownLine(io.line);
    try {
      const onProgress = (progress: TransferProgress): void => line.show(progressText(name, progress));
      const data = await command.run(db, options, { signal: stop.signal, onProgress }, second);
      line.clear();
      const told = `${stringifyJson({ code: 0, data })}\n`;
      if (takesOutput) io.err(told);
      else io.out(told);
      return 0;
    } finally {
      line.clear();
      await db.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message, command.usage);
    // Nothing but rows may be where they are.
    if (!takesOutput || !isElanusError(error)) throw error;
    io.err(failureText(error));
    return 1;
  }
}

/** `import 12000 rows, 52 %` */
function progressText(name: string, { rows, bytes, totalBytes }: TransferProgress): string {
  const part = totalBytes > 0 ? `${Math.floor((100 * bytes) / totalBytes)} %` : `${(bytes / 1e6).toFixed(1)} MB`;
  return rows === 0 ? `${name} ${part}` : `${name} ${rows} rows, ${part}`;
}

function rowFileOf(given: Arguments["options"]) {
  const collectionName = optionValue(given, "collection", "c");
  if (collectionName === undefined) throw new UsageError("the option --collection is missing");
  const dbName = optionValue(given, "database");
  const format = choice(given, "format", FILE_FORMATS);
  const sep = optionValue(given, "sep");
  const nullkey = optionValue(given, "nullkey");
  return {
    collectionName,
    ...(dbName === undefined ? {} : { dbName }),
    ...(format === undefined ? {} : { format }),
    ...(sep === undefined ? {} : { sep }),
    ...(nullkey === undefined ? {} : { nullkey }),
  };
}

function importOf(given: Arguments["options"]): ImportOptions {
  const from = given.get("from");
  if (from === undefined) throw new UsageError("the option --from is missing");
  const partitionName = optionValue(given, "partition", "p");
  return { ...rowFileOf(given), from, ...(partitionName === undefined ? {} : { partitionName }) };
}

function exportOf(given: Arguments["options"]): ExportOptions {
  const to = optionValue(given, "to");
  if (to === undefined) throw new UsageError("the option --to is missing");
  const filter = optionValue(given, "filter");
  return {
    ...rowFileOf(given),
    to,
    partitionNames: [...(given.get("partition") ?? []), ...(given.get("p") ?? [])],
    ...(filter === undefined ? {} : { filter }),
    keepIds: isSet(given, "keep-ids"),
    overwrite: isSet(given, "force"),
  };
}
