import type { Caller } from "../engine/contract/caller.js";
import type { CollectionDescription, LoadStateResult } from "../engine/contract/collections.js";
import type { Reply } from "../engine/contract/reply.js";
import { contract, isOperation } from "../engine/contract/table.js";
import type { TransferKind } from "../engine/contract/transfers.js";
import type { Engine, ExecuteOptions } from "../engine/index.js";
import { failure, isElanusError } from "../errors.js";
import { now } from "../values/clock.js";
import { isList } from "../values/js-value.js";
import { jsonText } from "../values/json-text.js";
import { plainData } from "./plain-data.js";
import { ReadEntities } from "./read-entities.js";
import { requestText } from "./request-text.js";
import { type CollectionName, Schemas } from "./schemas.js";
import type { CallContext, Server } from "./server.js";
import { deleteByFilter, serverRequest } from "./server-request.js";
import { loads, untilLoaded } from "./until-loaded.js";

export interface RemoteOptions {
  /** Database of requests that name none. */
  readonly database: string | undefined;
  /** Of a call with all that it takes; Infinity: as long as it takes. */
  readonly timeoutMs: number;
}

type Given = Readonly<Record<string, unknown>>;

/** A server behind the interface of the engine: each operation is one request of REST v2, or as few as it takes. */
export class RemoteEngine implements Engine {
  readonly #server: Server;
  readonly #options: RemoteOptions;
  readonly #schemas: Schemas;
  readonly #read: ReadEntities;
  /** How callers prove who they are. */
  readonly #tokens = new WeakMap<Caller, string>();
  readonly #running = new Set<Promise<unknown>>();
  /** Whether the server deletes by keys; its first refusal tells. */
  #deletesByKey = true;
  #closing: Promise<void> | undefined;

  constructor(server: Server, options: RemoteOptions) {
    this.#server = server;
    this.#options = options;
    this.#schemas = new Schemas(async (asked, context) => {
      return (await this.#plain("collections/describe", jsonText(asked), context)) as CollectionDescription;
    });
    this.#read = new ReadEntities(server, this.#schemas);
  }

  execute = (path: string, request: object, options: ExecuteOptions = {}): Promise<Reply<unknown>> => {
    const caller: { readonly stack?: string } = {};
    // What comes back comes with the stack of a socket.
    Error.captureStackTrace(caller, this.execute);
    const call = this.#execute(path, request as Given, options).catch((error: unknown) => {
      throw withCaller(error, caller);
    });
    const kept = call.catch(() => {}).finally(() => this.#running.delete(kept));
    this.#running.add(kept);
    return call;
  };

  async #execute(path: string, given: Given, options: ExecuteOptions): Promise<Reply<unknown>> {
    this.requireOpen();
    if (options.explain === true) {
      throw failure("Unsupported", {
        what: "explain is of a database in this process: a server does not tell how it has searched",
      });
    }
    const context = this.#context(options);
    if (!isOperation(path)) return { data: await this.#plain(path, jsonText(given), context) };
    const request = serverRequest(path, given, options.database ?? this.#options.database);
    const { result, writes } = contract[path];
    if (result === "rows" || result === "hits") return { data: await this.#read.run(path, request, context) };
    if (path === "entities/delete") return { data: await this.#delete(request, context) };
    const schema = path.startsWith("entities/")
      ? await this.#schemas.of(request as Given & CollectionName, context)
      : undefined;
    try {
      const data = await this.#plain(path, requestText(path, request, schema), context);
      if (loads(path)) await this.#untilLoaded(request, context);
      return { data };
    } finally {
      // What has failed may have been done all the same.
      if (writes && schema === undefined) this.#schemas.forget();
    }
  }

  async #plain(path: string, body: string, context: CallContext): Promise<unknown> {
    const { data } = await this.#server.ask({ path, body, repeatable: changesNothing(path) }, context);
    return plainData(path, data);
  }

  async #delete(request: Given, context: CallContext): Promise<unknown> {
    const path = "entities/delete";
    const byKey = request["id"] !== undefined && request["filter"] === undefined;
    let refused: unknown;
    if (!byKey || this.#deletesByKey) {
      try {
        return await this.#plain(path, requestText(path, request, undefined), context);
      } catch (error) {
        if (!byKey || !isElanusError(error, "MissingParameters")) throw error;
        // Servers of Milvus read the filter only.
        refused = error;
      }
    }
    if (isList(request["id"]) && request["id"].length === 0) return { deleteCount: 0 };
    const schema = await this.#schemas.of(request as Given & CollectionName, context);
    if (schema?.primary === undefined)
      throw refused ?? failure("MissingParameters", { detail: `${path} needs filter` });
    const byFilter = deleteByFilter(request, schema.primary);
    this.#deletesByKey = false;
    return this.#plain(path, requestText(path, byFilter, schema), context);
  }

  #untilLoaded(request: Given, context: CallContext): Promise<void> {
    const loadState = (asked: object) =>
      this.#plain("collections/get_load_state", jsonText(asked), context) as Promise<LoadStateResult>;
    const { timeoutMs = this.#options.timeoutMs, signal } = context;
    return untilLoaded(request as Given & CollectionName, loadState, { timeoutMs, signal });
  }

  #context({ deadline, caller, signal }: ExecuteOptions): CallContext {
    const token = caller === undefined ? undefined : this.#tokens.get(caller);
    return {
      ...(token !== undefined && { token }),
      ...(signal !== undefined && { signal }),
      ...(deadline !== undefined && { timeoutMs: Math.max(1, deadline - now()) }),
    };
  }

  /** The token of a caller that this engine has let in. */
  tokenOf(caller: Caller | undefined): string | undefined {
    return caller === undefined ? undefined : this.#tokens.get(caller);
  }

  authenticate: Engine["authenticate"] = async (credential) => {
    // The server would take what stands behind the first colon for the password.
    if (credential.kind === "password" && credential.user.includes(":")) return "wrong";
    const token = credential.kind === "key" ? credential.key : `${credential.user}:${credential.password}`;
    try {
      // Whoever the server knows may ask this.
      await this.#server.ask({ path: "collections/list", body: "{}", repeatable: true }, { token });
    } catch (error) {
      if (isElanusError(error, "NotAuthenticated")) return "wrong";
      if (isElanusError(error, "ServerUnreachable") || isElanusError(error, "AnswerUnreadable")) throw error;
    }
    const caller: Caller = { user: credential.kind === "key" ? "" : credential.user };
    this.#tokens.set(caller, token);
    return caller;
  };

  requireOpen = (): void => {
    if (this.#closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
  };

  /** The server asks itself, at each call. */
  permit = async (): Promise<void> => {};

  transfer = (kind: TransferKind): Promise<never> =>
    this.#notHere(
      kind,
      kind === "reembed"
        ? "models run in the process that has the database"
        : "rows come from files, and go there, in the process that has the database",
    );

  preload = (): Promise<never> => this.#notHere("preload", "a server loads what it is told to load");

  check = (): Promise<never> => this.#notHere("check", "the files of a server are its own");

  stats = (): Promise<never> => this.#notHere("stats", "the memory of a server is its own");

  onProgress = (): never => {
    throw refusal(
      "onProgress",
      "a server tells of its progress when it is asked: collections.getLoadState, indexes.describe",
    );
  };

  #notHere(what: string, reason: string): Promise<never> {
    return Promise.reject(refusal(what, reason));
  }

  close = (): Promise<void> => {
    this.#closing ??= Promise.all(this.#running).then(() => this.#server.client.close());
    return this.#closing;
  };
}

function withCaller(error: unknown, { stack = "" }: { readonly stack?: string }): unknown {
  if (isElanusError(error)) error.stack = `${error.name}: ${error.message}${stack.replace(/^[^\n]*/, "")}`;
  return error;
}

function changesNothing(path: string): boolean {
  return isOperation(path) && !contract[path].writes;
}

function refusal(what: string, reason: string): Error {
  return failure("Unsupported", { what: `${what} is not there over a network: ${reason}` });
}
