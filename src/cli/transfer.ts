import { stringifyJson } from "../api/json.js";
import { FILE_FORMATS } from "../engine/contract/transfers.js";
import { Elanus, type ExportOptions, type ImportOptions, type TransferProgress } from "../index.js";
import { type Arguments, type Arity, choice, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { ownLine } from "./progress-bar.js";

const OF_FILES = ["path", "database", "collection", "partition", "format", "sep", "nullkey"] as const;

/** A command about files: which options it takes, and what it does. */
interface TransferCommand {
  readonly usage: string;
  readonly values: readonly string[];
  readonly flags: readonly string[];
  /** The database is only read: somebody else may write to it meanwhile. */
  readonly reads: boolean;
  run(db: Elanus, given: Arguments["options"], watch: Watch): Promise<object>;
  /** The standard output is where the rows go. */
  takesOutput?(given: Arguments["options"]): boolean;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export const TRANSFER_COMMANDS: Readonly<Record<string, TransferCommand>> = {
  import: {
    usage: "Usage: elanus import <file.db> --collection <name> --from <file> [options]",
    values: [...OF_FILES, "from"],
    flags: [],
    reads: false,
    run: (db, given, watch) => db.import({ ...importOf(given), ...watch }),
  },
  export: {
    usage: "Usage: elanus export <file.db> --collection <name> --to <file> [options]",
    values: [...OF_FILES, "to", "filter"],
    flags: ["keep-ids", "force"],
    reads: true,
    run: (db, given, watch) => db.export({ ...exportOf(given), ...watch }),
    takesOutput: (given) => optionValue(given, "to") === "-",
  },
};

/** `elanus import app.db --collection book --from book.csv` */
export async function transfer(name: string, argv: readonly string[], io: Io): Promise<number> {
  const command = TRANSFER_COMMANDS[name] as TransferCommand;
  const arity = (option: string): Arity | undefined => {
    const long = option === "c" ? "collection" : option === "p" ? "partition" : option;
    return command.values.includes(long) ? "value" : command.flags.includes(long) ? "flag" : undefined;
  };
  try {
    const { words, options } = readArguments(argv, arity, [...command.values, ...command.flags]);
    const path = words[1] ?? optionValue(options, "path");
    if (path === undefined || words.length > 2) throw new UsageError(`${name} needs one database file`);
    const stop = new AbortController();
    void io.untilStopped().then(() => stop.abort());
    const db = await Elanus.open(path, { readonly: command.reads });
    const line = ownLine(io.interactive === true ? (text) => io.err(text) : undefined);
    try {
      const onProgress = (progress: TransferProgress): void => line.show(progressText(name, progress));
      const data = await command.run(db, options, { signal: stop.signal, onProgress });
      line.clear();
      const told = `${stringifyJson({ code: 0, data })}\n`;
      if (command.takesOutput?.(options) === true) io.err(told);
      else io.out(told);
      return 0;
    } finally {
      line.clear();
      await db.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.message, command.usage);
    throw error;
  }
}

/** `import 12000 rows, 52 %` */
function progressText(name: string, { rows, bytes, totalBytes }: TransferProgress): string {
  const part = totalBytes > 0 ? `${Math.floor((100 * bytes) / totalBytes)} %` : `${(bytes / 1e6).toFixed(1)} MB`;
  return `${name} ${rows} rows, ${part}`;
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
    keepIds: optionValue(given, "keep-ids") === "true",
    overwrite: optionValue(given, "force") === "true",
  };
}
