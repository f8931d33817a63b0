import { type Arity, optionValue, readArguments, UsageError } from "../arguments.js";
import { type Io, inputOf, type Prompter } from "../io.js";
import { keyOf } from "../key.js";
import { openPlace, PLACE_VALUES, placeOf } from "../place.js";
import { completeLine } from "./complete-line.js";
import { SHELL_HELP, ShellSession } from "./session.js";

const USAGE = "Usage: elanus shell <file> [--write]";
const FLAGS: readonly string[] = ["write", "help"];
const HELP = `${USAGE}

Asks a database line by line. Without --write the file is only read, also while others write to it.
--url <address> --token <token> is for a server in place of a file.

${SHELL_HELP}`;

/** `elanus shell app.db` */
export async function shell(argv: readonly string[], io: Io): Promise<number> {
  const arity = (name: string): Arity | undefined =>
    PLACE_VALUES.includes(name) ? "value" : FLAGS.includes(name) ? "flag" : undefined;
  try {
    const { words, options } = readArguments(argv.slice(1), arity, [...PLACE_VALUES, ...FLAGS]);
    if (options.has("help")) {
      io.out(HELP);
      return 0;
    }
    const writes = optionValue(options, "write") === "true";
    const db = await openPlace(placeOf(words, options), { reads: !writes, options: keyOf(options, io) });
    try {
      const session = new ShellSession(db, io, writes);
      await session.refresh();
      if (io.prompter === undefined) await answerInput(session, io);
      else
        await talk(
          session,
          io.prompter((line) => completeLine(line, session)),
          io,
        );
      return 0;
    } finally {
      await db.close();
    }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, USAGE) : error;
  }
}

async function talk(session: ShellSession, prompter: Prompter, io: Io): Promise<void> {
  io.out("A line is a filter; .help tells the rest.\n");
  try {
    while (!session.ended) {
      const line = await prompter.ask(session.prompt);
      if (line === undefined) return io.out("\n");
      await session.run(line);
    }
  } finally {
    prompter.close();
  }
}

/** Lines that a program or a file sends. */
async function answerInput(session: ShellSession, io: Io): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of inputOf(io)) pieces.push(piece);
  const lines = Buffer.concat(pieces).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    if (session.ended) return;
    await session.run(line);
  }
}
