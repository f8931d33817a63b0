import {
  type Api,
  type ApiOptions,
  createApi,
  type ElanusServer,
  type Envelope,
  type ListenOptions,
  type PageOptions,
  type RequestOptions,
  type V1ErrorDialect,
} from "./api/index.js";
import { asElanusError, failureEnvelope } from "./api/rest/envelope.js";
import { operationOf } from "./api/rest/v2/routes.js";
import { type CallOptions, limited } from "./call-options.js";
import { readDatabasePath, serverAddress } from "./database-path.js";
import { contract } from "./engine/contract/table.js";
import type {
  BackupResult,
  ExportResult,
  ImportResult,
  ReembedResult,
  TransferProgress,
} from "./engine/contract/transfers.js";
import {
  type ApplicationFunctions,
  type AuthOptions,
  type Caller,
  type CheckResult,
  type EmbedContext,
  type Engine,
  type EngineOptions,
  type EngineStats,
  openEngine,
  type ProgressEvent,
  type ProgressListener,
  type Rekeying,
  type RerankContext,
  rekeyFile,
  serverTraits,
  type UserOptions,
} from "./engine/index.js";
import { failure } from "./errors.js";
import type { DiffOptions, DiffReport, MoveReport, PullOptions, PushOptions } from "./move/options.js";
import { readDiffOptions, readPullOptions, readPushOptions } from "./move-requests.js";
import { createNamespaces, type Namespaces } from "./namespaces.js";
import {
  type OpenOptions,
  type RemoteOpenOptions,
  readCollectionOptions,
  readCredential,
  readListenOptions,
  readOpenOptions,
  readRekeying,
  readRemoteOptions,
  readRequestOptions,
} from "./options.js";
import { requireRuntime } from "./runtime/requirements.js";
import { traced, tracedRequests } from "./tracing.js";
import {
  type BackupOptions,
  type ExportOptions,
  type ImportOptions,
  type ReembedOptions,
  readBackup,
  readExport,
  readImport,
  readReembed,
} from "./transfer-requests.js";
import { TypedCollection } from "./typed/collection.js";
import type { Fields, Schema } from "./typed/schema.js";
import { shownText } from "./values/shown-text.js";
import { openWorkerEngine } from "./worker/worker-engine.js";

/** A user of the database with his password. */
export interface UserCredential {
  readonly user: string;
  readonly password: string;
}

/** Where a typed collection is. */
export interface CollectionOptions {
  /** Default: `default`. */
  readonly dbName?: string;
}

interface TypedCollections {
  /**
   * A collection whose rows, filters and hits follow from its schema. Does nothing yet: `ensure` makes it, and the first call looks
   * whether it is what the schema says.
   */
  collection<F extends Fields, Dynamic extends boolean>(
    name: string,
    schema: Schema<F, Dynamic>,
    options?: CollectionOptions,
  ): TypedCollection<Schema<F, Dynamic>>;
}

/** An open database as one of its users sees it. */
export interface ElanusView extends Namespaces, TypedCollections {
  /** A REST request in process, as this user. */
  request(path: string, body?: unknown, options?: RequestOptions): Promise<Envelope>;
}

/** An open database: the typed interface (one namespace per REST group), `request`, `fetch` and `listen`. */
export interface Elanus extends Namespaces, TypedCollections {
  /**
   * A REST request in process: the documented envelope, never throws. An unknown path answers
   * `{ code: 404, message: "404 page not found" }`.
   */
  request(path: string, body?: unknown, options?: RequestOptions): Promise<Envelope>;
  /**
   * The database as a user of it: what his roles do not permit is refused, from call to call, whether or not `auth` is set.
   *
   * @throws NotAuthenticated (1800) for a wrong password, RejectedByLimiter (1807) when too many are being checked
   */
  as(user: UserCredential): Promise<ElanusView>;
  /** All REST surfaces without a socket: WHATWG Request in, Response out. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Serves REST and gRPC on one port or socket; `close` closes the server too. */
  listen(options?: ListenOptions): Promise<ElanusServer>;
  /**
   * Brings the rows of files into a collection, all or none: they become visible together. In process only.
   *
   * @throws ImportFailed (2100) that names the file and the row, Aborted; what `entities.insert` throws
   */
  import(request: ImportOptions): Promise<ImportResult>;
  /**
   * Writes the rows of a collection into a file, as they are now. In process only.
   *
   * @throws FileExists, Aborted, DiskFull, InvalidExpression
   */
  export(request: ExportOptions): Promise<ExportResult>;
  /**
   * Copies the database into a file, with the snapshots of its collections, while others go on: as it was when the copy began. The copy
   * is checked, and has its name when it is whole. In process only.
   *
   * @param path a path, or a URL as `node:fs` takes it
   * @throws FileExists, Aborted, DiskFull, Unavailable for a target that is open, IoFailed for a copy that is damaged
   */
  backup(path: string | URL, options?: BackupOptions): Promise<BackupResult>;
  /**
   * Makes the vectors of a field anew by another model of `functions.embed`, behind the calls: in a field whose name ends in `_next`,
   * which takes the old one's name in one transaction when all rows have them. Rows that are written meanwhile carry both. Ended or
   * killed, it goes on with the next call. In process only.
   *
   * @throws InvalidParameter for a field that no model makes, EmbedModelDiffers, FunctionFailed, FunctionResult, Aborted
   */
  reembed(request: ReembedOptions): Promise<ReembedResult>;
  /**
   * Puts collections onto a server: Milvus from 2.2 on, Zilliz Cloud, another Elanus. What the server would refuse is found first;
   * a journal beside the file lets the next call go on where this one was ended; at the end both sides are compared.
   *
   * @throws InvalidParameter, ServerUnreachable, ServerAccess, MoveRefused before anything is changed; ServerRefused;
   * MoveIncomplete, which names the rows that were not taken, when all others are there; Aborted
   */
  push(options: PushOptions): Promise<MoveReport>;
  /**
   * Brings collections of a server, or some of their rows, into this database, as a push puts them there: planned first, gone on with
   * where one was ended, compared at the end. Its collections must be loaded there.
   *
   * @throws as a push, and DiskFull
   */
  pull(options: PullOptions): Promise<MoveReport>;
  /**
   * Compares collections with those of a server: schemas, and all rows by their keys. Changes neither side.
   *
   * @throws InvalidParameter, ServerUnreachable, ServerAccess, ServerRefused, Aborted
   */
  diff(options: DiffOptions): Promise<DiffReport>;
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
 * @param path a path, or a URL as `node:fs` takes it
 * @throws ElanusError InvalidParameter (1100) for a path or an option that is none, with the nearest known name; Unavailable
 * (2) when the file is in use, newer than this version or no database; DriverUnusable (2) when better-sqlite3 is missing or
 * made for another runtime, with the cause; what a load throws for what `preload` names
 */
async function open(address: `http://${string}` | `https://${string}`, options?: RemoteOpenOptions): Promise<Elanus>;
async function open(path: string | URL, options?: OpenOptions | RemoteOpenOptions): Promise<Elanus>;
async function open(path: string | URL, options?: OpenOptions | RemoteOpenOptions): Promise<Elanus> {
  const address = serverAddress(path);
  if (address !== undefined) {
    const read = readRemoteOptions(options);
    // Those who need no server do without the code.
    const { openServer } = await import("./remote/open-server.js");
    const { name, host, port, engine, api } = openServer(address, read);
    const place = { "db.system.name": "milvus", "server.address": host, "server.port": port } as const;
    return assemble(name, traced(engine, place), engine, { ...api, request: tracedRequests(api.request, place) });
  }
  requireRuntime();
  const file = readDatabasePath(path);
  const {
    worker = false,
    shared = false,
    preload = false,
    v1ErrorDialect,
    maxBodyBytes,
    cors,
    ...given
  } = readOpenOptions(options);
  if (file === ":memory:" && given.key !== undefined) {
    throw failure("InvalidParameter", { text: '"key" of Elanus.open is of files: ":memory:" is on no disk' });
  }
  const { engine: opened, options: engineOptions } =
    shared === false ? await openAlone(file, given, worker) : await openShared(file, given, worker, shared === "join");
  const apiOptions: Omit<ApiOptions, "authenticate" | "stats"> = {
    ...(v1ErrorDialect !== undefined && { v1ErrorDialect }),
    ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    ...(cors !== undefined && { cors }),
    server: serverTraits(engineOptions.serverVersion, engineOptions.errorForm),
  };
  const engine = traced(opened, { "db.system.name": "elanus" });
  if (preload !== false) await engine.preload(preload).catch((error: unknown) => closeAfter(engine, error));
  const authenticated = engineOptions.auth !== undefined;
  const api = createApi(engine, {
    ...apiOptions,
    stats: engine.stats,
    ...(authenticated && { authenticate: engine.authenticate }),
  });
  return assemble(file, engine, opened, api, engineOptions.key !== undefined);
}

/** Whether a request of REST v2 writes. */
function isWrite(path: unknown): boolean {
  const operation = operationOf(path);
  return operation !== undefined && contract[operation].writes;
}

/**
 * Encrypts a closed database file with another key; for the first time, where `key` is absent; no more, where `newKey` is. Its snapshots
 * go with it, saved graphs are built again.
 *
 * @throws ElanusError InvalidParameter (1100), Unavailable (2) for a file that is open, FileDamaged (2) for a wrong key or a damaged file,
 * DriverUnusable (2) without better-sqlite3-multiple-ciphers, DiskFull (7)
 */
async function rekey(path: string | URL, keys: Rekeying): Promise<void> {
  requireRuntime();
  const read = readRekeying(keys);
  const file = readDatabasePath(path);
  if (file === ":memory:") throw failure("InvalidParameter", { text: 'rekey is of files: ":memory:" is on no disk' });
  await rekeyFile(file, read);
}

interface Opened {
  readonly engine: Engine;
  /** Of a shared file those of its owner. */
  readonly options: EngineOptions;
}

async function openAlone(file: string, options: EngineOptions, worker: boolean): Promise<Opened> {
  return worker ? openWorkerEngine(file, options) : { engine: openEngine(file, options), options };
}

/** @throws InvalidParameter for a database in memory */
async function openShared(file: string, options: EngineOptions, worker: boolean, joins: boolean): Promise<Opened> {
  if (file === ":memory:") {
    throw failure("InvalidParameter", {
      text: '"shared" of Elanus.open is of files: other processes cannot see ":memory:"',
    });
  }
  const [{ openHere }, { openSharedEngine }] = await Promise.all([
    import("./shared/stores-here.js"),
    import("./shared/shared-engine.js"),
  ]);
  return openHere(file, options, (path) =>
    worker ? openWorkerEngine(path, options, { joins }) : openSharedEngine(path, options, { joins }),
  );
}

/** A database that could not be opened whole is not open. */
async function closeAfter(engine: Engine, error: unknown): Promise<never> {
  await engine.close();
  throw error;
}

function isFunction(value: unknown): value is ProgressListener {
  return typeof value === "function";
}

/**
 * @param place the file, or the address of the server
 * @param unseen the engine without its traces: for what hints look up
 */
function assemble(
  place: string,
  engine: Engine,
  unseen: Engine,
  api: Pick<Api, "request" | "fetch" | "listen">,
  isEncrypted = false,
): Elanus {
  const servers = new Set<ElanusServer>();
  let closing: Promise<void> | undefined;
  /** Requests that a server has taken are answered to their end; every other call is refused from `close` on. */
  const requireOpen = (): void => {
    if (closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
    engine.requireOpen();
  };
  const close = (): Promise<void> => {
    closing ??=
      servers.size === 0
        ? engine.close()
        : Promise.allSettled([...servers].map((server) => server.close())).then(() => engine.close());
    return closing;
  };
  /** Keys of rows stand in the journal of a move: beside an encrypted file there is none, unless it is asked for. */
  const withoutJournal = <Options extends { readonly journal?: string | false }>(given: Options): Options =>
    isEncrypted && given.journal === undefined ? { ...given, journal: false } : given;
  /** Rows are moved between a server and what this process holds. */
  const requireHere = (what: string): void => {
    requireOpen();
    if (serverAddress(place) === undefined) return;
    throw failure("Unsupported", {
      what: `${what} is not there over a network: one side is the database of this process`,
    });
  };
  const asked: Api["request"] = async (path, body, options, caller) => {
    try {
      requireOpen();
      const read = readRequestOptions(options);
      return await limited(read, isWrite(path), () => api.request(path, body, read, caller));
    } catch (error) {
      return failureEnvelope(asElanusError(error));
    }
  };
  const methods: Omit<Elanus, keyof Namespaces | "collection" | typeof Symbol.asyncDispose> = {
    request: (path, body, options) => asked(path, body, options),
    async as(credential) {
      requireOpen();
      const caller = await callerOf(engine, credential);
      const view = createNamespaces({
        execute: (path, given, options) => engine.execute(path, given, { ...options, caller }),
        look: (path, given, options) => unseen.execute(path, given, { ...options, caller }),
        requireOpen,
      });
      return Object.assign(view, {
        collection: collectionsOf(view),
        request: (path: string, body?: unknown, options?: RequestOptions) => asked(path, body, options, caller),
      });
    },
    async fetch(input, init) {
      try {
        requireOpen();
      } catch (error) {
        return Response.json(failureEnvelope(asElanusError(error)));
      }
      return api.fetch(input, init);
    },
    async listen(options) {
      requireOpen();
      const server = await api.listen(readListenOptions(options));
      servers.add(server);
      if (closing === undefined) return server;
      await server.close();
      return requireOpen() as never;
    },
    async import(given) {
      requireOpen();
      const { request, watch } = readImport(given);
      return engine.transfer("import", request, watch);
    },
    async export(given) {
      requireOpen();
      const { request, watch } = readExport(given);
      return engine.transfer("export", request, watch);
    },
    async reembed(given) {
      requireOpen();
      const { request, watch } = readReembed(given);
      return engine.transfer("reembed", request, watch);
    },
    async backup(path, given) {
      requireOpen();
      const { request, watch } = readBackup(path, given);
      return engine.transfer("backup", request, watch);
    },
    async push(options) {
      requireHere("push");
      const given = withoutJournal(readPushOptions(options));
      const { push } = await import("./move/push.js");
      return push(engine, place, given);
    },
    async pull(options) {
      requireHere("pull");
      const given = withoutJournal(readPullOptions(options));
      const { pull } = await import("./move/pull.js");
      return pull(engine, place, given);
    },
    async diff(options) {
      requireHere("diff");
      const given = readDiffOptions(options);
      const { diff } = await import("./move/diff.js");
      return diff(engine, place, given);
    },
    async check() {
      requireOpen();
      return engine.check();
    },
    async stats() {
      requireOpen();
      return engine.stats();
    },
    onProgress(listener: unknown) {
      requireOpen();
      if (!isFunction(listener)) {
        throw failure("InvalidParameter", { text: `onProgress takes a function, not ${shownText(listener, 60)}` });
      }
      return engine.onProgress(listener);
    },
    close,
  };
  const name = (): string => `Elanus(${JSON.stringify(place)}${closing === undefined ? "" : ", closed"})`;
  const namespaces = createNamespaces({
    execute: engine.execute,
    look: (path, given, options) => unseen.execute(path, given, options),
    requireOpen,
  });
  const db = Object.assign(namespaces, methods, {
    collection: collectionsOf(namespaces),
    [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]: close,
  });
  return Object.defineProperties(db, {
    toString: { value: name },
    [Symbol.for("nodejs.util.inspect.custom")]: { value: name },
  }) as Elanus;
}

function collectionsOf(namespaces: Namespaces): TypedCollections["collection"] {
  return (name, schema, options) =>
    new TypedCollection(namespaces, name, schema, readCollectionOptions(options).dbName);
}

/** @throws InvalidParameter, NotAuthenticated, RejectedByLimiter */
async function callerOf(engine: Engine, credential: unknown): Promise<Caller> {
  const { user, password } = readCredential(credential);
  const verdict = await engine.authenticate({ kind: "password", user, password });
  if (verdict === "wrong") throw failure("NotAuthenticated");
  if (verdict === "busy") throw failure("RejectedByLimiter", { detail: "too many passwords are being checked" });
  return verdict;
}

/** The way in: `const db = await Elanus.open("app.db")`. */
export const Elanus: { readonly open: typeof open; readonly rekey: typeof rekey } = { open, rekey };

export type { ShownAggregation, ShownBucket } from "./api/rows/bucket-objects.js";
export {
  aiSdkEmbedder,
  type OpenAiOptions,
  openAiEmbedder,
  type TransformersOptions,
  transformersEmbedder,
} from "./embedders.js";
export type {
  Explanation,
  FilterExplanation,
  PartExplanation,
  VectorsExplanation,
} from "./engine/contract/explanation.js";
export type { IndexState } from "./engine/contract/indexes.js";
export type { Embed, Embedder, Embedders } from "./engine/index.js";
export type { QueryIteratorRequest, Row, SearchIteratorRequest } from "./entity-iterators.js";
export { ElanusError, type ErrorKind, isElanusError } from "./errors.js";
export type {
  CollectionComparison,
  CollectionPlan,
  DiffOptions,
  DiffReport,
  MovePlan,
  MoveProgress,
  MoveReport,
  PartitionComparison,
  PullOptions,
  PushOptions,
  RowDifferences,
} from "./move/options.js";
export type { Namespaces, QueryRows, SearchHits } from "./namespaces.js";
export type { OperationAttributes, OperationMessage } from "./tracing.js";
export type { AggregateName, AggregateRow, TypedAggregate } from "./typed/aggregates.js";
export type {
  EnsureOptions,
  EnsureResult,
  TypedCollection,
  TypedHits,
  TypedRows,
  TypedSelection,
} from "./typed/collection.js";
export type { SchemaDifference } from "./typed/compare-fields.js";
export { and, type Condition, filter, not, or } from "./typed/conditions.js";
export {
  array,
  bfloat16Vector,
  binaryVector,
  bool,
  double,
  type EmbeddingParams,
  type Field,
  type FieldIndex,
  float,
  float16Vector,
  floatVector,
  geometry,
  int8,
  int8Vector,
  int16,
  int32,
  int64,
  json,
  sparseVector,
  timestamptz,
  varchar,
} from "./typed/fields.js";
export type { DenseVector, QueryVector, SparseVector } from "./typed/given-values.js";
export type { Filter } from "./typed/names.js";
export type { ConsistencyLevel, DataType, IndexType, MetricName } from "./typed/precise.js";
export type {
  TypedDelete,
  TypedGet,
  TypedHybridSearch,
  TypedQuery,
  TypedScan,
  TypedSearch,
  TypedSearchScan,
  WriteOptions,
} from "./typed/requests.js";
export type { HitWith, PartialRow, RowInput, RowOf, RowWith } from "./typed/rows.js";
export { type Schema, type SchemaOptions, schema } from "./typed/schema.js";
export { type StructArray, structArray } from "./typed/struct-arrays.js";
export type {
  ApplicationFunctions,
  AuthOptions,
  CallOptions,
  CheckResult,
  ElanusServer,
  EmbedContext,
  EngineStats,
  Envelope,
  ExportOptions,
  ExportResult,
  ImportOptions,
  ImportResult,
  ListenOptions,
  OpenOptions,
  PageOptions,
  ProgressEvent,
  ProgressListener,
  ReembedOptions,
  ReembedResult,
  RemoteOpenOptions,
  RequestOptions,
  RerankContext,
  TransferProgress,
  UserOptions,
  V1ErrorDialect,
};
