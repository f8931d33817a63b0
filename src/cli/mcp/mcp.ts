import { isSet } from "../arguments.js";
import { type Io, inputOf } from "../io.js";
import { type PlaceCommand, runOnPlace } from "../place-command.js";
import { serveLines } from "./serve-lines.js";
import { Session } from "./session.js";
import { toolsFor } from "./tools.js";

export const MCP: PlaceCommand = {
  usage: "Usage: elanus mcp <file> [--write], or elanus mcp --url <address> [--write]",
  help: `A server of the Model Context Protocol on the standard input and output: tools for programs that think with a model.
list_collections, describe, search and query; with --write also insert and delete. Answers hold at most 100 rows and 100 KB.

  --write            offer to insert and delete; without it the file is only read, also while others write to it
  --url <address>    a server in place of a file; --token <token> for its users
`,
  flags: ["write"],
  run(db, options, io) {
    const tools = toolsFor(isSet(options, "write"));
    const session = new Session({ db, tools, version: io.version });
    return serveLines(inputOf(io), (line) => io.out(line), session, io.untilStopped());
  },
};

/** `elanus mcp --path app.db` */
export function mcp(argv: readonly string[], io: Io): Promise<number> {
  return runOnPlace(MCP, argv, io);
}
