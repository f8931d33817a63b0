import { type Api, createApi, type ElanusServer } from "../api/index.js";
import { serverTraits } from "../engine/index.js";
import { failure, invalidParameter } from "../errors.js";
import { createNamespaces, type Namespaces } from "../namespaces.js";
import { integer } from "../option-rules.js";
import { requireRuntime } from "../runtime/requirements.js";
import { Observed, type RecordedCall } from "./observed.js";
import { type ClientClass, type HttpConfig, OfficialClients } from "./official-client.js";
import { engineOptionsOf, readTestingOptions, type TestingOptions } from "./options.js";
import { type CallName, type CallRule, CallRules, type DelayOptions, type FailOptions } from "./rules.js";
import { Shadow, type ShadowDifference } from "./shadow.js";
import { type Kept, type MilvusSnapshot, makeSnapshot, readSnapshot } from "./snapshots.js";
import { Store, withoutUsers } from "./store.js";

/** A Milvus for tests: a store in memory, served on a port of this machine. */
export interface Milvus {
  /** `127.0.0.1:54321`, as gRPC clients want it. */
  readonly address: string;
  /** `http://127.0.0.1:54321` */
  readonly url: string;
  readonly port: number;
  /** The typed interface of Elanus to the same store. */
  readonly db: Namespaces;
  /** All REST surfaces without a socket. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /**
   * A connected client of `@zilliz/milvus2-sdk-node`, closed with this Milvus.
   *
   * @param Class the class of it that your program uses; absent: that of the package as it is found
   * @throws Unavailable where the package is not installed
   */
  client<Client>(Class?: ClientClass<Client>): Promise<Client>;
  /** The same for its client of REST v2. */
  httpClient<Client>(Class?: new (config: HttpConfig) => Client): Client;
  /** Back to the beginning: to what `from` has put there, or to nothing. Rules of `fail` and `delay` and lists of `record` end. */
  reset(): Promise<void>;
  /** Keeps all that is there now. */
  snapshot(): Promise<MilvusSnapshot>;
  /** Back to a snapshot of this Milvus, as often as you like. @throws InvalidParameter for another one's */
  restore(snapshot: MilvusSnapshot): Promise<void>;
  /** A second Milvus with the same contents on a port of its own; neither sees what the other one does from here on. */
  fork(options?: Pick<TestingOptions, "port">): Promise<Milvus>;
  /** Has the next calls of an operation (on every surface) or of a remote procedure fail, before they have done anything. */
  fail(name: CallName, how: number | FailOptions): CallRule;
  /** Holds calls up. */
  delay(name: CallName, how: number | DelayOptions): CallRule;
  /** A list of the calls from here on, which grows as they are made. */
  record(): readonly RecordedCall[];
  /** Of a Milvus that was started with `shadow`: what was otherwise there, once the real server has answered all calls. */
  differences(): Promise<readonly ShadowDifference[]>;
  /** Turns the clock of a Milvus that was started with `seed`: rows with a time to live expire. */
  advance(milliseconds: number): void;
  /** Closes port, clients and store: nothing keeps the process alive. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The time that requests have which are under way at `close`. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Starts a Milvus for tests: REST and gRPC on one port of the loopback interface, ready when this resolves.
 *
 * @throws InvalidParameter for an option that is none, with the nearest name; Unavailable when the port is taken
 */
export async function startMilvus(options?: TestingOptions): Promise<Milvus> {
  requireRuntime();
  const given = readTestingOptions(options);
  const { from } = given;
  if (from === undefined || typeof from === "function") {
    return serve(Store.empty(engineOptionsOf(given), given.seed), given, async (store, db) => {
      await from?.(db);
      return store.keep();
    });
  }
  const kept: Kept =
    typeof from === "string" || from instanceof URL
      ? { image: await Store.imageOf(from), seeded: undefined }
      : readSnapshot(from);
  return serve(Store.of(engineOptionsOf(given), kept, given.seed), given, () => kept);
}

/** @param begin what `reset` comes back to */
async function serve(
  store: Store,
  options: TestingOptions,
  begin: (store: Store, db: Namespaces) => Kept | Promise<Kept>,
): Promise<Milvus> {
  const shadow = options.shadow === undefined ? undefined : await openShadow(options.shadow);
  try {
    const rules = new CallRules();
    const observed = new Observed(rules, shadow);
    const api = apiOf(store, observed, options);
    const typed = observed.port("typed", store);
    const db = createNamespaces({ execute: typed.execute, requireOpen: store.requireOpen, look: store.execute });
    const base = await begin(store, db);
    const server = await api.listen({ port: options.port ?? 0, closeTimeoutMs: CLOSE_TIMEOUT_MS });
    return new Served(options, { store, api, server, db, rules, observed, shadow }, base);
  } catch (error) {
    await shadow?.close();
    await store.close();
    throw error;
  }
}

/** A server that does not answer costs a test no more than this. */
const SHADOW_TIMEOUT_MS = 10_000;

async function openShadow(url: string): Promise<Shadow> {
  const { openServer } = await import("../remote/open-server.js");
  return new Shadow(openServer(url, { timeoutMs: SHADOW_TIMEOUT_MS, retries: 0 }).engine);
}

function apiOf(store: Store, tap: Observed, options: TestingOptions): Api {
  const { v1ErrorDialect, maxBodyBytes, cors, auth, serverVersion, errorForm } = options;
  return createApi(store, {
    ...(v1ErrorDialect !== undefined && { v1ErrorDialect }),
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    ...(cors !== undefined && { cors }),
    ...(auth !== undefined && { authenticate: store.authenticate }),
    ...(store.now !== undefined && { now: store.now }),
    server: serverTraits(serverVersion, errorForm),
    stats: store.stats,
    tap,
  });
}

interface Parts {
  readonly store: Store;
  readonly api: Api;
  readonly server: ElanusServer;
  readonly db: Namespaces;
  readonly rules: CallRules;
  readonly observed: Observed;
  readonly shadow: Shadow | undefined;
}

const milliseconds = integer(0, Number.MAX_SAFE_INTEGER);

/** Its methods may be taken out of it, as test suites do: `const { client, reset } = await startMilvus()`. */
class Served implements Milvus {
  readonly address: string;
  readonly url: string;
  readonly port: number;
  readonly db: Namespaces;
  readonly #options: TestingOptions;
  readonly #parts: Parts;
  readonly #base: Kept;
  readonly #clients: OfficialClients;
  /** Changes of the whole store come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: TestingOptions, parts: Parts, base: Kept) {
    this.#options = options;
    this.#parts = parts;
    this.#base = base;
    this.#clients = new OfficialClients(options.auth);
    this.db = parts.db;
    this.url = parts.server.url;
    this.port = parts.server.port;
    this.address = `${parts.server.host}:${this.port}`;
  }

  fetch = (input: Request | string | URL, init?: RequestInit): Promise<Response> => {
    return this.#parts.api.fetch(input, init);
  };

  client = async <Client>(Class?: ClientClass<Client>): Promise<Client> => {
    this.#requireOpen();
    return this.#clients.grpc(this.address, Class);
  };

  httpClient = <Client>(Class?: new (config: HttpConfig) => Client): Client => {
    this.#requireOpen();
    return this.#clients.http(this.url, Class);
  };

  reset = (): Promise<void> => {
    return this.#inTurn(() => this.#goTo(this.#base));
  };

  snapshot = (): Promise<MilvusSnapshot> => {
    return this.#inTurn(async () => makeSnapshot(this, await this.#parts.store.keep()));
  };

  restore = (snapshot: MilvusSnapshot): Promise<void> => {
    return this.#inTurn(() => this.#goTo(readSnapshot(snapshot, this)));
  };

  fork = (options: Pick<TestingOptions, "port"> = {}): Promise<Milvus> => {
    return this.#inTurn(async () => {
      const { port = 0 } = readTestingOptions(options);
      const { shadow: _followsThisOne, ...others } = this.#options;
      const own = { ...others, port };
      const kept = await this.#parts.store.keep();
      return serve(Store.of(withoutUsers(engineOptionsOf(own)), kept), own, () => kept);
    });
  };

  fail = (name: CallName, how: number | FailOptions): CallRule => {
    this.#requireOpen();
    return this.#parts.rules.fail(name, how);
  };

  delay = (name: CallName, how: number | DelayOptions): CallRule => {
    this.#requireOpen();
    return this.#parts.rules.delay(name, how);
  };

  differences = async (): Promise<readonly ShadowDifference[]> => {
    this.#requireOpen();
    const { shadow } = this.#parts;
    if (shadow === undefined) throw invalidParameter("differences needs a server beside: startMilvus({ shadow })");
    return shadow.differences();
  };

  record = (): readonly RecordedCall[] => {
    this.#requireOpen();
    return this.#parts.observed.record();
  };

  advance = (ms: number): void => {
    this.#requireOpen();
    if (!milliseconds.accepts(ms)) throw invalidParameter("advance takes milliseconds, an integer from 0 on");
    if (!this.#parts.store.advance(ms)) {
      throw invalidParameter("advance needs a clock of its own: startMilvus({ seed })");
    }
  };

  close = (): Promise<void> => {
    this.#closed ??= this.#close();
    return this.#closed;
  };

  [Symbol.asyncDispose] = (): Promise<void> => this.close();

  async #close(): Promise<void> {
    const { store, server, rules, observed } = this.#parts;
    rules.clear("this Milvus is closed");
    observed.endRecords();
    await this.#clients.close();
    await server.close();
    await this.#turn;
    await this.#parts.shadow?.close();
    await store.close();
  }

  async #goTo(kept: Kept): Promise<void> {
    const { store, rules, observed, shadow } = this.#parts;
    rules.clear("this Milvus has other contents now");
    observed.endRecords();
    await store.replace(kept);
    shadow?.contentsReplaced(kept === this.#base && this.#options.from === undefined);
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw failure("NotReady", { reason: "this Milvus is closed" });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(() => {
      this.#requireOpen();
      return work();
    });
    this.#turn = result.catch(() => {});
    return result;
  }
}
