import { stringifyJson } from "../api/json.js";
import { isElanusError } from "../errors.js";
import { Elanus, type MoveProgress, type MoveReport, type PushOptions } from "../index.js";
import { type Arguments, choice, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { planText, reportText } from "./move-text.js";
import { barText, ownLine } from "./progress-bar.js";

const VALUES = ["to", "token", "database", "collection", "into", "over", "compare", "journal"] as const;
const FLAGS = ["dry-run", "json", "help"] as const;

const PUSH_USAGE = "Usage: elanus push <file> --to <address> [options]";

const PUSH_HELP = `${PUSH_USAGE}

Puts collections of a database file onto a server: Milvus from 2.2 on, Zilliz Cloud, another Elanus.

  --to <address>           http://host:19530, https://host or unix:/path
  --token <token>          user:password, or an API key
  -c, --collection <name>  this collection only, or database.collection; may be repeated
  --database <name>        this database only; may be repeated
  --into <name>            another name for the one collection that is named
  --dry-run                show what would be done, changed and refused, and do nothing
  --compare <what>         rows (default), counts or nothing, when all is there
  --journal <file>         where to keep how far it has come; default: beside the database file
  --over <protocol>        grpc or rest; default: whichever is answered
  --json                   print the report as JSON

Ended at any moment, the same command goes on where it was.
Exit codes: 0 all rows are there and the same, 1 a failure or a difference, 2 wrong usage.
`;

/** `elanus push app.db --to http://host:19530` */
export async function push(argv: readonly string[], io: Io): Promise<number> {
  const given = readMove(argv, VALUES, PUSH_USAGE);
  if (given.options.has("help")) {
    io.out(PUSH_HELP);
    return 0;
  }
  const file = fileOf(given, PUSH_USAGE);
  const to = optionValue(given.options, "to");
  if (to === undefined) throw new UsageError("push needs --to <address>", PUSH_USAGE);
  const options = { ...moveOptions(given.options), to };
  return moved(file, given.options, io, (db, more) => db.push({ ...options, ...more }));
}

/** Short and long names of the options of a move. */
function readMove(argv: readonly string[], values: readonly string[], usage: string): Arguments {
  const known = ["c", ...values];
  try {
    return readArguments(
      argv.slice(1),
      (name) => (known.includes(name) ? "value" : (FLAGS as readonly string[]).includes(name) ? "flag" : undefined),
      [...values, ...FLAGS],
    );
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, usage) : error;
  }
}

function fileOf({ words, options }: Arguments, usage: string): string {
  const file = words[0] ?? optionValue(options, "path");
  if (file === undefined || words.length > 1)
    throw new UsageError("the database file is missing, or too much is there", usage);
  return file;
}

type Common = Omit<PushOptions, "to" | "onProgress" | "signal">;

function moveOptions(options: Arguments["options"]): Common {
  const over = choice(options, "over", ["grpc", "rest"]);
  const compare = choice(options, "compare", ["rows", "counts", "nothing"]);
  const token = optionValue(options, "token");
  const into = optionValue(options, "into");
  const journal = optionValue(options, "journal");
  const collections = [...(options.get("collection") ?? []), ...(options.get("c") ?? [])];
  const databases = options.get("database");
  return {
    dryRun: optionValue(options, "dry-run") === "true",
    ...(token !== undefined && { token }),
    ...(collections.length > 0 && { collections }),
    ...(databases !== undefined && { databases }),
    ...(into !== undefined && { into }),
    ...(over !== undefined && { over }),
    ...(compare !== undefined && { compare }),
    ...(journal !== undefined && { journal }),
  };
}

type While = Pick<PushOptions, "onProgress" | "signal">;

/** Moves, shows how far it has come and what came of it; ended by a signal it says how to go on. */
async function moved(
  file: string,
  options: Arguments["options"],
  io: Io,
  move: (db: Elanus, more: While) => Promise<MoveReport>,
): Promise<number> {
  const stopped = new AbortController();
  void io.untilStopped().then(() => stopped.abort());
  const db = await Elanus.open(file);
  const line = ownLine(io.interactive === true ? (text) => io.err(text) : undefined);
  try {
    const report = await move(db, {
      signal: stopped.signal,
      onProgress: (event) => line.show(moveLine(event)),
    });
    line.clear();
    const { plan, comparisons } = report;
    const dry = optionValue(options, "dry-run") === "true";
    if (optionValue(options, "json") === "true") io.out(`${stringifyJson({ code: 0, data: report })}\n`);
    else io.out(planText(plan) + (dry ? "" : reportText(report)));
    const refused = plan.collections.some(({ refusals }) => refusals.length > 0);
    return refused || comparisons.some(({ same }) => !same) ? 1 : 0;
  } catch (error) {
    line.clear();
    if (!isElanusError(error, "Aborted")) throw error;
    io.err("elanus: stopped; the same command goes on where it was\n");
    return 1;
  } finally {
    await db.close();
  }
}

function moveLine({ kind, database, collection, rows, totalRows }: MoveProgress): string {
  const done = totalRows === 0 ? 1 : Math.min(1, rows / totalRows);
  return `${barText(`${kind} ${database}.${collection}`, done)}, ${rows} of ${totalRows} rows`;
}
