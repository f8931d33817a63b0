import type { ListenOptions, PageOptions, RequestOptions, V1ErrorDialect } from "./api/index.js";
import type { CallOptions } from "./call-options.js";
import {
  type ApplicationFunctions,
  type AuthOptions,
  areEmbedders,
  type EngineOptions,
  type Rekeying,
} from "./engine/index.js";
import {
  code,
  flag,
  flagOr,
  flagOrTexts,
  integer,
  isOptions,
  object,
  oneOf,
  place,
  type Rule,
  type Rules,
  readOptions,
  refusal,
  secret,
  text,
  texts,
  textsByName,
} from "./option-rules.js";

export interface OpenOptions extends EngineOptions {
  /**
   * Run the whole engine in a worker thread: the same interface, and nothing it does holds this thread's event loop.
   * A search takes some ten microseconds more. Default false.
   */
  readonly worker?: boolean;
  /**
   * Let other processes open the same file: the first one owns it, the others reach it through that one, and one of them takes its place
   * when it ends. All of them give this option. `"join"`: only reach it, never own it. Default false.
   */
  readonly shared?: boolean | "join";
  /**
   * Read into memory what is loaded, before `open` resolves: `true` for all of it, or the names of collections, in other
   * databases than `default` as `database.collection`. Default false: each is read at its first search.
   */
  readonly preload?: boolean | readonly string[];
  /** Error codes of REST v1: the hosted service's documented list (default), or the open-source server's. */
  readonly v1ErrorDialect?: V1ErrorDialect;
  /** Largest request body in bytes. Default 64 MB. */
  readonly maxBodyBytes?: number;
  /** Send CORS headers. Default off. */
  readonly cors?: boolean;
}

/** Options of `Elanus.open` for a server: `Elanus.open("http://host:19530", options)`. */
export interface RemoteOpenOptions {
  /** `user:password`, or an API key. */
  readonly token?: string;
  /** Database of requests that name none. Default: that of the server, `default`. */
  readonly database?: string;
  /** Milliseconds that a call may take, all its tries together; Infinity: as long as it takes. Default 60000. */
  readonly timeoutMs?: number;
  /**
   * How often a call is repeated that cannot do harm twice: one that reads, when the connection fails; any, when there was no
   * connection. Default 3.
   */
  readonly retries?: number;
}

/** Milliseconds of a timer: longer ones end at once. */
const milliseconds = integer(1, 2 ** 31 - 1);
const count = integer(1, 1_000_000);

/** A password, or what else is to be said of a user. */
const user: Rule = {
  expected: "",
  accepts: (value) =>
    text.accepts(value) ||
    (isOptions(value) &&
      text.accepts(value["password"]) &&
      (value["roles"] === undefined || texts.accepts(value["roles"])) &&
      Object.keys(value).every((key) => key === "password" || key === "roles")),
};

const authOptions: Rules<AuthOptions> = {
  users: {
    expected: "an object of passwords, or of { password, roles }",
    accepts: (value) => isOptions(value) && Object.values(value).every(user.accepts),
  },
  apiKeys: texts,
  superUsers: texts,
};

const applicationFunctions: Rules<ApplicationFunctions> = {
  embed: { expected: "a function, a model { model, embed } or an object of those by name", accepts: areEmbedders },
  rerank: code,
};

export const openOptions: Rules<OpenOptions> = {
  loadRules: oneOf("modern", "legacy", "lite"),
  serverVersion: oneOf("2.6", "3.0"),
  errorForm: oneOf("early", "late"),
  readonly: flag,
  durability: oneOf("full", "normal", "off"),
  exactBelow: integer(0, Number.MAX_SAFE_INTEGER, true),
  vectorIndex: oneOf("kernel", "hnswlib"),
  memory: oneOf("vectors", "codes"),
  buildWorkers: integer(0, 64),
  searchThreads: integer(1, 64),
  filesRoot: place,
  importRoot: place,
  functions: object(applicationFunctions),
  key: secret,
  worker: flag,
  shared: flagOr("join"),
  preload: flagOrTexts,
  v1ErrorDialect: oneOf("cloud", "server"),
  auth: object(authOptions),
  maxBodyBytes: integer(1, Number.MAX_SAFE_INTEGER),
  cors: flag,
};

const pageOptions: Rules<PageOptions> = { writes: flag, exchange: code };

const listenOptions: Rules<ListenOptions> = {
  host: place,
  port: integer(0, 65535),
  path: place,
  insecure: flag,
  allowedHosts: texts,
  maxConcurrentRequests: count,
  bodyTimeoutMs: milliseconds,
  writeTimeoutMs: milliseconds,
  headersTimeoutMs: milliseconds,
  closeTimeoutMs: milliseconds,
  page: object(pageOptions),
};

const callOptions: Rules<CallOptions> = {
  timeoutMs: milliseconds,
  signal: { expected: "an AbortSignal", accepts: isSignal },
};

const requestOptions: Rules<RequestOptions> = { method: text, headers: textsByName, ...callOptions };

/** What goes into a header. */
const line: Rule = {
  expected: "a text of one line that is not empty",
  accepts: (value) => typeof value === "string" && /^[^\p{Cc}]+$/u.test(value),
};

const remoteOptions: Rules<RemoteOpenOptions> = {
  token: line,
  database: line,
  timeoutMs: { ...integer(1, 2 ** 31 - 1, true) },
  retries: integer(0, 100),
};

/** The options of `Elanus.open`. @throws InvalidParameter that names what is wrong */
export function readOpenOptions(given: unknown): OpenOptions {
  const options = readOptions<OpenOptions>("Elanus.open", openOptions, given);
  if ((options.shared ?? false) !== false && options.readonly === true) {
    throw refusal('"shared" and "readonly" of Elanus.open exclude each other: who only reads needs nobody');
  }
  return options;
}

/** The argument of `rekey`. @throws InvalidParameter that names what is wrong */
export function readRekeying(given: unknown): Rekeying {
  const read = readOptions<Rekeying>("rekey", { key: secret, newKey: secret }, given);
  if (read.key === undefined && read.newKey === undefined) throw refusal("rekey takes { key, newKey }, or one of them");
  return read;
}

/** The options of `listen`. @throws InvalidParameter that names what is wrong */
export function readListenOptions(given: unknown): ListenOptions {
  const options = readOptions<ListenOptions>("listen", listenOptions, given);
  if (options.path !== undefined && (options.host !== undefined || options.port !== undefined)) {
    throw refusal('"path" of listen stands instead of "host" and "port"');
  }
  return options;
}

/** The options of `Elanus.open` for a server. @throws InvalidParameter that names what is wrong */
export function readRemoteOptions(given: unknown): RemoteOpenOptions {
  const own = Object.keys(isOptions(given) ? given : {});
  const local = own.find((name) => Object.hasOwn(openOptions, name));
  if (local !== undefined) {
    throw refusal(`"${local}" of Elanus.open is of a database in this process: a server has options of its own`);
  }
  return readOptions("Elanus.open", remoteOptions, given);
}

/** The second argument of typed calls. @throws InvalidParameter that names what is wrong */
export function readCallOptions(given: unknown): CallOptions {
  return given === undefined ? NO_OPTIONS : readOptions("a call", callOptions, given);
}

const NO_OPTIONS: CallOptions = {};

/** The argument of `as`. @throws InvalidParameter that names what is wrong */
export function readCredential(given: unknown): { readonly user: string; readonly password: string } {
  const { user, password } = readOptions<{ user?: string; password?: string }>(
    "as",
    { user: text, password: text },
    given,
  );
  if (user === undefined || password === undefined) throw refusal("as takes { user, password }");
  return { user, password };
}

/** The options of `collection`. @throws InvalidParameter that names what is wrong */
export function readCollectionOptions(given: unknown): { readonly dbName?: string } {
  return readOptions<{ dbName?: string }>("collection", { dbName: text }, given);
}

/** The options of `request`. @throws InvalidParameter that names what is wrong */
export function readRequestOptions(given: unknown): RequestOptions {
  return readOptions("request", requestOptions, given);
}

/** A signal of any realm. */
function isSignal(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object AbortSignal]";
}
