import { isOperation, operationPaths } from "../engine/contract/table.js";
import { commandOf, shortForms } from "./commands.js";
import { commandFields, optionName, type RequestFields } from "./request.js";

/** How a command is used, in one line. */
export const USAGE =
  "Usage: elanus <group> <action> --path <file> [options]; elanus serve --path <file>; elanus --help";

export function help(): string {
  const forms = shortForms().map(([verb, subjects]) => `  elanus ${verb} ${subjects.join("|")} ...`);
  return `Usage:
  elanus serve --path <file> [options]             serve gRPC, REST v2, REST v1 and the 9091 API
  elanus studio <file>|<address> [--write]         show a page with what is in a file, or on a server; studio --help
  elanus inspect <file> [-c <collection>]          tell what is in a file; inspect --help
  elanus shell <file> [--write]                    ask a file, line by line; shell --help
  elanus completion bash|zsh|fish                  print what makes a shell complete these commands
  elanus mcp <file> [--write]                      tools for programs that think with a model; mcp --help
  elanus run standalone [options]                  the same as the image of a Milvus does: its ports, folder and environment
  elanus <group> <action> --path <file> [options]  run one operation, print its envelope
  elanus check <file>                              look for damage in a database file
  elanus rekey <file> [options]                    encrypt a closed file with another key (--new-key-file), or no more (--decrypt)
  elanus export <file> -c <collection> --to <f>    write the rows of a collection into a file; export --help
  elanus backup <file> <copy> [--force]            copy a database, which may be in use, and check the copy
  elanus import <file> -c <collection> --from <f>  bring the rows of files into a collection; import --help
  elanus push <file> --to <address> [options]      put collections onto a Milvus server; push --help
  elanus pull <address> <file> [options]           bring collections of a server into a file; pull --help
  elanus diff <file> <address> [options]           compare a file with a server; diff --help
  elanus <group> <action> --help                   options of an operation
  elanus --help | --version

Short forms:
  elanus load|release -c <collection> [-p <partition>]... --path <file>
${forms.join("\n")}
  elanus insert|upsert|get|query|search|delete [entities] ...

Options of every operation:
  --path <file>            the database file; made by create when it is missing. Those that read only open it for reading
  --url <address>          a running server in place of a file; --token <token> for its users
  --json <object>          the request as JSON; the other options add to it
                           JSON may also be - (the standard input) or @file
  --table                  print rows as a table
  --load-rules <rules>     modern (default), legacy or lite
  --files-root <folder>    where requests may read and write files (snapshots); none by default
  --readonly               refuse writes

Of every command that opens a file:
  --key-file <file>        has the key of an encrypted file; or ELANUS_KEY in the environment (of rekey also --new-key-file, ELANUS_NEW_KEY)

Options of serve:
  --path <file>            the database file, or :memory:
  --host <address>         default 127.0.0.1
  --port <port>            default 19530; 0 takes any free one
  --socket <path>          a Unix socket (on Windows a named pipe) instead of host and port
  --authenticate           demand credentials of the users in the file
  --auth <user:password>   the same, with this user, who may do everything; may be repeated
  --api-key <key>          accept this key as well; may be repeated
  --super-user <user>      may set passwords without the old ones; may be repeated
  --insecure               allow other than loopback addresses without credentials
  --allowed-host <name>    accept this name in the Host header; may be repeated
  --cors                   let web pages of any origin call
  --load-rules <rules>     modern (default), legacy or lite
  --server-version <v>     the Milvus that clients are told of: 3.0 (default) or 2.6
  --error-form <form>      failures without a number of their own: late (1100) or early (65535, default with 2.6)
  --v1-error-dialect <d>   cloud (default) or server
  --vector-index <index>   kernel (default), or hnswlib (needs the package hnswlib-node)
  --search-threads <n>     that search beside the engine's own, 1 to 64; as many as there are other cores by default
  --memory <what>          vectors (default), or codes: eight-bit copies of vectors, a quarter of the memory
  --metrics-port <port>    listen there too, as servers do on 9091
  --root-password <p>      demand credentials; of root in a new file
  --ready-file <file>      gets the URL when clients may come, and goes at the end
  --readonly               refuse writes
  --shared                 let other processes have the file open as well; where one shares it, serve it through that one
  --import-root <folder>   whose files requests may have imported; none by default
  --write                  let the page at / load, release, flush, delete and drop
  --no-page                nothing at /
  --preload                read what is loaded before listening, not at the first search
  --preload-collection <c> the same for this collection only; may be repeated

Exit codes: 0 success, 1 a failure code in the envelope, 2 wrong usage.
`;
}

/** Groups and their actions, one line per group. */
export function operationList(): string {
  return `Groups and actions:
${byGroup(operationPaths)}
`;
}

/** What a group can do, an action with its required options in a line; undefined where there is none of this name. */
export function groupHelp(name: string): string | undefined {
  const group = name.replace(/-/g, "_");
  const paths = operationPaths.filter((path) => path.startsWith(`${group}/`));
  if (paths.length === 0) return undefined;
  const lines = paths.map((path) => `  ${operationUsage(path).replace("Usage: ", "").replace(" --path <file>", "")}`);
  return `Usage: elanus ${name} <action> --path <file> [options]\n\n${lines.sort().join("\n")}\n\nelanus ${name} <action> --help tells all options of one.\n`;
}

function byGroup(paths: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const [group = "", ...action] = path.replace(/_/g, "-").split("/");
    groups.set(group, [...(groups.get(group) ?? []), action.join(" ")]);
  }
  return [...groups].map(([group, actions]) => `  ${group}: ${actions.sort().join(", ")}`).join("\n");
}

/** How one operation is used, in one line: its required options by name. */
export function operationUsage(path: string): string {
  const required = Object.entries(commandFields(path)).filter(([, field]) => field.required === true);
  const options = required.map(([name, field]) => ` --${optionName(name)} ${KINDS[field.kind].replace(/,.*/, "")}`);
  return `Usage: elanus ${commandOf(path)} --path <file>${options.join("")} [options]`;
}

/** The options of one operation. */
export function operationHelp(path: string, fields: RequestFields): string {
  if (!isOperation(path)) return `elanus ${commandOf(path)} is not supported by the embedded engine: it answers 3000\n`;
  const lines = Object.entries(fields).map(([name, field]) => {
    const short = name === "collectionName" ? "-c, " : name.startsWith("partitionName") ? "-p, " : "";
    return `  ${short}--${optionName(name)} ${KINDS[field.kind]}${requirement(field)}`;
  });
  return `Usage: elanus ${commandOf(path)} --path <file> [options]\n\n${lines.join("\n")}
  --json <object>, or - for the standard input, or @file
  --table, --url <address>, --token <token>, --readonly, --load-rules <rules>: elanus --help tells of them
`;
}

/** A field without which a command is refused, unless the command line cannot spell what would do instead. */
function requirement({ required, unless }: RequestFields[string]): string {
  if (required !== true) return "";
  return unless === undefined || unless === "columns" ? " (required)" : ` (required without --${optionName(unless)})`;
}

const KINDS: Readonly<Record<RequestFields[string]["kind"], string>> = {
  string: "<text>",
  strings: "<text>, may be repeated",
  bool: "[true|false]",
  int: "<integer>",
  object: "<JSON object>",
  array: "<JSON array>",
  rows: "<JSON object or array>, may be repeated",
  any: "<JSON value or text>",
};
