import {
  type Api,
  type AuthOptions,
  createApi,
  type ElanusServer,
  type Envelope,
  type ListenOptions,
  type RequestOptions,
  type V1ErrorDialect,
} from "./api/index.js";
import {
  type CheckResult,
  type Engine,
  type EngineOptions,
  type EngineStats,
  openEngine,
  type ProgressEvent,
  type ProgressListener,
} from "./engine/index.js";
import { createNamespaces, type Namespaces } from "./namespaces.js";
import { openRemoteEngine } from "./remote/remote-engine.js";
import { requireRuntime } from "./runtime/requirements.js";

export interface OpenOptions extends EngineOptions {
  /**
   * Run the whole engine in a worker thread: the same interface, and nothing it does holds this thread's event loop.
   * A search takes some ten microseconds more. Default false.
   */
  readonly worker?: boolean;
  /** Error codes of REST v1: the hosted service's documented list (default), or the open-source server's. */
  readonly v1ErrorDialect?: V1ErrorDialect;
  /** Demand these credentials on `fetch` and `listen`. In-process calls need none. */
  readonly auth?: AuthOptions;
  /** Largest request body in bytes. Default 64 MB. */
  readonly maxBodyBytes?: number;
  /** Send CORS headers. Default off. */
  readonly cors?: boolean;
}

/** An open database: the typed interface (one namespace per REST group), `request`, `fetch` and `listen`. */
export interface Elanus extends Namespaces {
  /**
   * A REST request in process: the documented envelope, never throws. An unknown path answers
   * `{ code: 404, message: "404 page not found" }`.
   */
  request(path: string, body?: unknown, options?: RequestOptions): Promise<Envelope>;
  /** All REST surfaces without a socket: WHATWG Request in, Response out. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Serves REST and gRPC on one port or socket; `close` closes the server too. */
  listen(options?: ListenOptions): Promise<ElanusServer>;
  /** Looks for damage in the file and in memory; reads everything, changes nothing. */
  check(): Promise<CheckResult>;
  /** What is in memory: rows, graphs, tombstones, bytes, the code that computes distances. */
  stats(): Promise<EngineStats>;
  /** Tells of loads and graph builds as they go on. @returns stops telling */
  onProgress(listener: ProgressListener): () => void;
  /** Waits for running calls, stops servers and builds, frees everything. Idempotent; later calls answer code 1. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a database file, made when missing, or `":memory:"`, which forgets everything on close.
 *
 * @throws ElanusError Unavailable (2) when the file is in use, newer than this version or no database; DriverUnusable (2)
 * when better-sqlite3 is missing or made for another runtime, with the cause
 */
async function open(path: string, options: OpenOptions = {}): Promise<Elanus> {
  requireRuntime();
  const engine =
    options.worker === true ? await openRemoteEngine(path, engineOptions(options)) : openEngine(path, options);
  const api = createApi(engine, options);
  return assemble(engine, api);
}

/** The part of the options that the engine takes: plain data, without credentials. */
function engineOptions(options: OpenOptions): EngineOptions {
  const { worker: _, v1ErrorDialect: _dialect, auth: _auth, maxBodyBytes: _size, cors: _cors, ...rest } = options;
  return rest;
}

function assemble(engine: Engine, api: Api): Elanus {
  const servers = new Set<ElanusServer>();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    // Without servers the engine is closed at once: a call made after this one answers code 1.
    closing ??=
      servers.size === 0
        ? engine.close()
        : Promise.allSettled([...servers].map((server) => server.close())).then(() => engine.close());
    return closing;
  };
  return Object.assign(createNamespaces(engine), {
    request: api.request,
    fetch: api.fetch,
    async listen(options?: ListenOptions) {
      const server = await api.listen(options);
      servers.add(server);
      return server;
    },
    check: () => engine.check(),
    stats: () => engine.stats(),
    onProgress: engine.onProgress,
    close,
    [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: close,
  }) as Elanus;
}

/** The way in: `const db = await Elanus.open("app.db")`. */
export const Elanus: { readonly open: typeof open } = { open };

export type { IndexState } from "./engine/contract/indexes.js";
export { ElanusError, type ErrorKind, isElanusError } from "./errors.js";
export type { Namespaces, Row, SearchHits } from "./namespaces.js";
export type {
  AuthOptions,
  CheckResult,
  ElanusServer,
  EngineStats,
  Envelope,
  ListenOptions,
  ProgressEvent,
  ProgressListener,
  RequestOptions,
  V1ErrorDialect,
};
