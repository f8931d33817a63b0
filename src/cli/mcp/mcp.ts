import type { Arity } from "../arguments.js";
import { optionValue, readArguments, UsageError } from "../arguments.js";
import { type Io, inputOf } from "../io.js";
import { keyOf } from "../key.js";
import { openPlace, PLACE_VALUES, placeOf } from "../place.js";
import { serveLines } from "./serve-lines.js";
import { Session } from "./session.js";
import { toolsFor } from "./tools.js";

export const MCP_USAGE = "Usage: elanus mcp <file> [--write], or elanus mcp --url <address> [--write]";
const HELP = `${MCP_USAGE}

A server of the Model Context Protocol on the standard input and output: tools for programs that think with a model.
list_collections, describe, search and query; with --write also insert and delete. Answers hold at most 100 rows and 100 KB.

  --write            offer to insert and delete; without it the file is only read, also while others write to it
  --url <address>    a server in place of a file; --token <token> for its users
`;
const FLAGS: readonly string[] = ["write", "help"];

/** `elanus mcp --path app.db` */
export async function mcp(argv: readonly string[], io: Io): Promise<number> {
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
      const session = new Session({ db, tools: toolsFor(writes), version: io.version });
      await serveLines(inputOf(io), (line) => io.out(line), session, io.untilStopped());
      return 0;
    } finally {
      await db.close();
    }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, MCP_USAGE) : error;
  }
}
