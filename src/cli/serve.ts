import { Elanus, type ListenOptions, type OpenOptions } from "../index.js";
import { type Arguments, choice, optionValue, UsageError } from "./arguments.js";
import type { Io } from "./io.js";

export const SERVE_VALUES: ReadonlySet<string> = new Set([
  "path",
  "host",
  "port",
  "socket",
  "auth",
  "api-key",
  "super-user",
  "allowed-host",
  "load-rules",
  "server-version",
  "error-form",
  "v1-error-dialect",
  "vector-index",
  "files-root",
  "preload-collection",
]);
export const SERVE_FLAGS: ReadonlySet<string> = new Set([
  "authenticate",
  "insecure",
  "cors",
  "readonly",
  "preload",
  "help",
]);

/**
 * Serves a database until the process is told to stop. Prints one line with the URL when it is ready.
 *
 * @throws UsageError; ElanusError when the file or the port cannot be had
 */
export async function serve({ words, options }: Arguments, io: Io): Promise<number> {
  if (words.length > 1) throw new UsageError(`unexpected argument ${words[1]}`);
  const path = optionValue(options, "path");
  if (path === undefined) throw new UsageError("serve needs --path <file>");
  const place = readPlace(options);

  const stop = io.untilStopped();
  const db = await Elanus.open(path, serveOptions(options));
  try {
    const server = await db.listen({
      ...place,
      insecure: optionValue(options, "insecure") === "true",
      allowedHosts: options.get("allowed-host") ?? [],
    });
    io.out(`elanus is listening on ${server.url} (${path})\n`);
    await stop;
  } finally {
    await db.close();
  }
  return 0;
}

/** Where to listen: an address and a port, or a socket. */
function readPlace(options: Arguments["options"]): ListenOptions {
  const socket = optionValue(options, "socket");
  const host = optionValue(options, "host");
  const port = optionValue(options, "port");
  if (socket !== undefined) {
    if (host !== undefined || port !== undefined) throw new UsageError("--socket stands instead of --host and --port");
    return { path: socket };
  }
  const number = port ?? "19530";
  if (!/^\d{1,5}$/.test(number) || Number(number) > 65535) {
    throw new UsageError(`--port must be 0 to 65535, not ${number}`);
  }
  return { host: host ?? "127.0.0.1", port: Number(number) };
}

function serveOptions(options: Arguments["options"]): OpenOptions {
  const loadRules = choice(options, "load-rules", ["modern", "legacy", "lite"]);
  const vectorIndex = choice(options, "vector-index", ["kernel", "hnswlib"]);
  const serverVersion = choice(options, "server-version", ["2.6", "3.0"]);
  const errorForm = choice(options, "error-form", ["early", "late"]);
  const v1ErrorDialect = choice(options, "v1-error-dialect", ["cloud", "server"]);
  const filesRoot = optionValue(options, "files-root");
  const users: Record<string, string> = {};
  for (const credential of options.get("auth") ?? []) {
    const colon = credential.indexOf(":");
    if (colon < 1 || colon === credential.length - 1) throw new UsageError("--auth must be user:password");
    users[credential.slice(0, colon)] = credential.slice(colon + 1);
  }
  const collections = options.get("preload-collection");
  const apiKeys = options.get("api-key") ?? [];
  const superUsers = options.get("super-user") ?? [];
  const asked = optionValue(options, "authenticate") === "true" || superUsers.length > 0;
  return {
    ...(loadRules !== undefined && { loadRules }),
    ...(serverVersion !== undefined && { serverVersion }),
    ...(errorForm !== undefined && { errorForm }),
    ...(vectorIndex !== undefined && { vectorIndex }),
    ...(filesRoot !== undefined && { filesRoot }),
    ...(v1ErrorDialect !== undefined && { v1ErrorDialect }),
    ...((asked || Object.keys(users).length > 0 || apiKeys.length > 0) && { auth: { users, apiKeys, superUsers } }),
    preload: collections ?? optionValue(options, "preload") === "true",
    cors: optionValue(options, "cors") === "true",
    readonly: optionValue(options, "readonly") === "true",
  };
}
