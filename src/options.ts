import type { ListenOptions, RequestOptions, V1ErrorDialect } from "./api/index.js";
import type { ApplicationFunctions, AuthOptions, EngineOptions } from "./engine/index.js";
import { failure } from "./errors.js";
import { isPlainObject, kindOf } from "./values/js-value.js";
import { didYouMean } from "./values/nearest-name.js";
import { shownText, thrownText } from "./values/shown-text.js";

export interface OpenOptions extends EngineOptions {
  /**
   * Run the whole engine in a worker thread: the same interface, and nothing it does holds this thread's event loop.
   * A search takes some ten microseconds more. Default false.
   */
  readonly worker?: boolean;
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

/** What a value of an option must be. */
interface Rule {
  /** In words: `true or false`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** The texts it may be, where these are few. */
  readonly names?: readonly string[];
  /** The options inside, where it has some. */
  readonly parts?: Readonly<Record<string, Rule>>;
}

/** One rule per option: an option without one does not compile. */
type Rules<T> = { readonly [K in keyof T]-?: Rule };

const flag: Rule = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
const text: Rule = { expected: "a text", accepts: (value) => typeof value === "string" };
const code: Rule = { expected: "a function", accepts: (value) => typeof value === "function" };
const place: Rule = {
  expected: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
};
const texts: Rule = {
  expected: "an array of texts",
  accepts: (value) => Array.isArray(value) && Array.from(value).every((item) => typeof item === "string"),
};
const textsByName: Rule = {
  expected: "an object of texts",
  accepts: (value) => isOptions(value) && Object.values(value).every((item) => typeof item === "string"),
};

const flagOrTexts: Rule = {
  expected: "true, false or an array of texts",
  accepts: (value) => flag.accepts(value) || texts.accepts(value),
};

function oneOf(...names: readonly string[]): Rule {
  const quoted = names.map((name) => JSON.stringify(name));
  const expected = [quoted.slice(0, -1).join(", "), quoted.at(-1)].join(" or ");
  return { expected, names, accepts: (value) => names.includes(value as string) };
}

function integer(least: number, most: number, orInfinity = false): Rule {
  const none = orInfinity ? ", or Infinity" : "";
  return {
    expected: `an integer from ${least} to ${most}${none}`,
    accepts: (value) =>
      (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) ||
      (orInfinity && value === Number.POSITIVE_INFINITY),
  };
}

function object(parts: Readonly<Record<string, Rule>>): Rule {
  return { expected: "an object", accepts: isOptions, parts };
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

const applicationFunctions: Rules<ApplicationFunctions> = { embed: code, rerank: code };

const openOptions: Rules<OpenOptions> = {
  loadRules: oneOf("modern", "legacy", "lite"),
  serverVersion: oneOf("2.6", "3.0"),
  errorForm: oneOf("early", "late"),
  readonly: flag,
  durability: oneOf("full", "normal", "off"),
  exactBelow: integer(0, Number.MAX_SAFE_INTEGER, true),
  vectorIndex: oneOf("kernel", "hnswlib"),
  buildWorkers: integer(0, 64),
  filesRoot: place,
  functions: object(applicationFunctions),
  worker: flag,
  preload: flagOrTexts,
  v1ErrorDialect: oneOf("cloud", "server"),
  auth: object(authOptions),
  maxBodyBytes: integer(1, Number.MAX_SAFE_INTEGER),
  cors: flag,
};

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
};

const requestOptions: Rules<RequestOptions> = { method: text, headers: textsByName };

/** The options of `Elanus.open`. @throws InvalidParameter that names what is wrong */
export function readOpenOptions(given: unknown): OpenOptions {
  return readOptions("Elanus.open", openOptions, given);
}

/** The options of `listen`. @throws InvalidParameter that names what is wrong */
export function readListenOptions(given: unknown): ListenOptions {
  const options = readOptions<ListenOptions>("listen", listenOptions, given);
  if (options.path !== undefined && (options.host !== undefined || options.port !== undefined)) {
    throw refusal('"path" of listen stands instead of "host" and "port"');
  }
  return options;
}

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

/** The options of `request`. @throws InvalidParameter that names what is wrong */
export function readRequestOptions(given: unknown): RequestOptions {
  return readOptions("request", requestOptions, given);
}

/**
 * @param owner whose options they are, for messages
 * @returns those that are given: `undefined` counts as absent
 */
function readOptions<T extends object>(owner: string, rules: Rules<T>, given: unknown): T {
  if (given === undefined) return {} as T;
  if (!isOptions(given)) throw refusal(`the options of ${owner} must be an object, not ${shown(given)}`);
  let own: Record<string, unknown>;
  try {
    own = { ...given };
  } catch (error) {
    throw failure("InvalidParameter", { text: `the options of ${owner} cannot be read: ${thrownText(error)}` }, error);
  }
  return checkParts(owner, rules as Readonly<Record<string, Rule>>, own, "") as T;
}

function checkParts(
  owner: string,
  rules: Readonly<Record<string, Rule>>,
  given: Readonly<Record<string, unknown>>,
  at: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined)
      throw refusal(`${owner} has no option "${at}${name}"${didYouMean(name, Object.keys(rules))}`);
    if (value === undefined) continue;
    if (!rule.accepts(value)) {
      const meant = typeof value === "string" ? didYouMean(value, rule.names ?? []) : "";
      throw refusal(`"${at}${name}" of ${owner} must be ${rule.expected}, not ${shown(value)}${meant}`);
    }
    read[name] =
      rule.parts === undefined
        ? value
        : checkParts(owner, rule.parts, value as Readonly<Record<string, unknown>>, `${at}${name}.`);
  }
  return read;
}

function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlainObject(value);
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return kindOf(value);
  return typeof value === "string" ? JSON.stringify(shownText(value, 60)) : shownText(value, 60);
}

function refusal(message: string): Error {
  return failure("InvalidParameter", { text: message });
}
