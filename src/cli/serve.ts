import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { failure } from "../errors.js";
import { Elanus, type ListenOptions, type OpenOptions } from "../index.js";
import { type Arguments, choice, isSet, optionValue, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { readInteger, readPort } from "./read-number.js";

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
  "search-threads",
  "memory",
  "files-root",
  "import-root",
  "preload-collection",
  "metrics-port",
  "root-password",
  "ready-file",
  KEY_FILE,
]);
export const SERVE_FLAGS: ReadonlySet<string> = new Set([
  "authenticate",
  "insecure",
  "cors",
  "shared",
  "readonly",
  "preload",
  "no-page",
  "write",
  "help",
]);

/**
 * Serves a database until the process is told to stop. Prints one line with the URL when it is ready.
 *
 * @param makesFolder of the database, where it is missing
 * @throws UsageError; ElanusError when the file or the port cannot be had
 */
export async function serve({ words, options }: Arguments, io: Io, makesFolder = false): Promise<number> {
  if (words.length > 1) throw new UsageError(`unexpected argument ${words[1]}`);
  const path = optionValue(options, "path");
  if (path === undefined) throw new UsageError("serve needs --path <file>");
  const place = readPlace(options);
  const metricsPort = optionValue(options, "metrics-port");
  const ready = optionValue(options, "ready-file");
  if (isSet(options, "shared") && isSet(options, "readonly")) {
    throw new UsageError("--readonly only reads beside whoever writes: it needs no --shared");
  }
  if (isSet(options, "shared") && path === ":memory:")
    throw new UsageError("--shared is of files: nobody else sees :memory:");
  const more = {
    insecure: isSet(options, "insecure"),
    allowedHosts: options.get("allowed-host") ?? [],
  };

  if (makesFolder && path !== ":memory:") makeFolder(dirname(path));
  const stop = io.untilStopped();
  if (ready !== undefined) rmSync(ready, { force: true });
  const db = await Elanus.open(path, { ...serveOptions(options, path), ...keyOf(options, io) });
  try {
    const server = await db.listen({ ...place, ...more, ...pageOf(options) });
    if (metricsPort !== undefined) {
      await db.listen({ host: place.host ?? LOOPBACK, port: readPort("metrics-port", metricsPort), ...more });
    }
    if (ready !== undefined) writeWhole(ready, `${server.url}\n`);
    io.out(`elanus is listening on ${server.url} (${path})\n`);
    await stop;
  } finally {
    if (ready !== undefined) rmSync(ready, { force: true });
    await db.close();
  }
  return 0;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw failure("IoFailed", { reason: `${folder} cannot be made: ${(error as Error).message}` }, error);
  }
}

/** Nobody sees half of it. */
function writeWhole(file: string, text: string): void {
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw failure("IoFailed", { reason: `${file} cannot be written: ${(error as Error).message}` }, error);
  }
}

const LOOPBACK = "127.0.0.1";

/** Where to listen: an address and a port, or a socket. */
function readPlace(options: Arguments["options"]): ListenOptions {
  const socket = optionValue(options, "socket");
  const host = optionValue(options, "host");
  const port = optionValue(options, "port");
  if (socket !== undefined) {
    if (host !== undefined || port !== undefined) throw new UsageError("--socket stands instead of --host and --port");
    return { path: socket };
  }
  return { host: host ?? LOOPBACK, port: readPort("port", port ?? "19530") };
}

/** The page at `/`; the ports of metrics have none. */
function pageOf(options: Arguments["options"]): Pick<ListenOptions, "page"> {
  if (isSet(options, "no-page")) return {};
  return { page: { writes: isSet(options, "write") } };
}

function serveOptions(options: Arguments["options"], path: string): OpenOptions {
  const loadRules = choice(options, "load-rules", ["modern", "legacy", "lite"]);
  const vectorIndex = choice(options, "vector-index", ["kernel", "hnswlib"]);
  const searchThreads = optionValue(options, "search-threads");
  const memory = choice(options, "memory", ["vectors", "codes"]);
  const serverVersion = choice(options, "server-version", ["2.6", "3.0"]);
  const errorForm = choice(options, "error-form", ["early", "late"]);
  const v1ErrorDialect = choice(options, "v1-error-dialect", ["cloud", "server"]);
  const filesRoot = optionValue(options, "files-root");
  const importRoot = optionValue(options, "import-root");
  const users: Record<string, string> = {};
  for (const credential of options.get("auth") ?? []) {
    const colon = credential.indexOf(":");
    if (colon < 1 || colon === credential.length - 1) throw new UsageError("--auth must be user:password");
    users[credential.slice(0, colon)] = credential.slice(colon + 1);
  }
  const rootPassword = optionValue(options, "root-password");
  // A file that is there keeps the one that root has by now.
  if (rootPassword !== undefined && !existsSync(path)) users["root"] = rootPassword;
  const collections = options.get("preload-collection");
  const apiKeys = options.get("api-key") ?? [];
  const superUsers = options.get("super-user") ?? [];
  const asked = isSet(options, "authenticate") || rootPassword !== undefined || superUsers.length > 0;
  return {
    ...(loadRules !== undefined && { loadRules }),
    ...(serverVersion !== undefined && { serverVersion }),
    ...(errorForm !== undefined && { errorForm }),
    ...(vectorIndex !== undefined && { vectorIndex }),
    ...(searchThreads !== undefined && { searchThreads: readInteger("search-threads", searchThreads, 1, 64) }),
    ...(memory !== undefined && { memory }),
    ...(filesRoot !== undefined && { filesRoot }),
    ...(importRoot !== undefined && { importRoot }),
    ...(v1ErrorDialect !== undefined && { v1ErrorDialect }),
    ...((asked || Object.keys(users).length > 0 || apiKeys.length > 0) && { auth: { users, apiKeys, superUsers } }),
    preload: collections ?? isSet(options, "preload"),
    cors: isSet(options, "cors"),
    shared: isSet(options, "shared"),
    readonly: isSet(options, "readonly"),
  };
}
