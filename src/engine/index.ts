import { failure, isElanusError } from "../errors.js";
import { openCatalog } from "./catalog/sqlite-catalog.js";
import type { LoadRules } from "./context.js";
import type { DataContext } from "./data-context.js";
import { FilterCache } from "./entities/filter-cache.js";
import { SqliteEntityStore } from "./entities/sqlite-entity-store.js";
import { failpoint } from "./failpoints.js";
import { SegmentLoader } from "./load/segment-loader.js";
import { type CheckResult, checkDatabase } from "./maintenance/check.js";
import { type EngineStats, engineStats } from "./maintenance/stats.js";
import { findOperation, operations } from "./operations/index.js";
import type { Operation, Reply } from "./operations/operation.js";
import { DEFAULT_DATABASE } from "./operations/operation.js";
import { decodeRequest } from "./operations/request.js";
import { Pacer } from "./pacer.js";
import { type ProgressEvent, ProgressFeed, type ProgressListener } from "./progress.js";
import { FilteredSearch } from "./query/filtered-search.js";
import { watchWriters } from "./storage/data-version.js";
import { type Durability, nameFile, type OpenDatabase, openDatabase } from "./storage/open-database.js";
import { snapshotRecords } from "./storage/snapshot-records.js";
import { wrapSqliteError } from "./storage/sqlite.js";
import { openTransactions } from "./storage/transactions.js";
import { createVectorStore } from "./vector/vector-store.js";

export interface EngineOptions {
  /** Which load/release constraints hold: those of Milvus 2.3 and later (default), or of 2.0-2.2. */
  readonly loadRules?: LoadRules;
  /** Refuse every write (3000); other processes may have the file open. */
  readonly readonly?: boolean;
  /** Default `full`: an acknowledged write survives a power cut. */
  readonly durability?: Durability;
  /** Partitions with fewer rows never get a graph: exact search is as fast there. Default 5000. */
  readonly exactBelow?: number;
  /**
   * What builds the graphs: the kernel of this package (default), or the addon hnswlib-node where it is installed (the
   * kernel where it is not).
   */
  readonly graphBuilder?: "kernel" | "hnswlib";
  /** Threads that build graphs. Default 2, or 1 on a single core. */
  readonly buildWorkers?: number;
}

export interface ExecuteOptions {
  /** Database of requests that name none (the `DB-Name` header). */
  readonly database?: string;
  /** Milliseconds since the epoch after which the call answers 10001. */
  readonly deadline?: number;
}

/** The engine as surfaces see it: a table of operations and one way to run them. */
export interface Engine {
  readonly operations: readonly Pick<Operation<Record<string, unknown>, unknown>, "path" | "writes" | "request">[];
  has(path: string): boolean;
  /**
   * Decodes a request, runs one operation, answers its reply.
   * @param path as in REST v2, without the prefix: `partitions/release`
   * @throws ElanusError, nothing else
   */
  execute(path: string, request: unknown, options?: ExecuteOptions): Promise<Reply<unknown>>;
  /** Looks for damage; reads everything. */
  check(): Promise<CheckResult>;
  stats(): Promise<EngineStats>;
  /** Tells of loads and graph builds as they go on. @returns stops telling */
  onProgress(listener: ProgressListener): () => void;
  /** Waits for running calls, frees everything; later calls answer 1. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a database file (made when missing) or `:memory:`.
 * @throws Unavailable, IoFailed, DiskFull
 */
export function openEngine(path: string, options: EngineOptions = {}): Engine {
  const { readonly = false, durability = "full" } = options;
  const database = openDatabase(path, { readonly, durability });
  try {
    return createEngine(database, options);
  } catch (error) {
    database.close();
    const wrapped = wrapSqliteError(error);
    if (isElanusError(wrapped) && wrapped.kind !== "Internal") throw nameFile(path, wrapped);
    // The file says that it is ours, and its tables are not what we made.
    throw failure("IoFailed", { reason: `${path}: the catalogue is damaged: ${(error as Error).message}` }, error);
  }
}

function createEngine(database: OpenDatabase, options: EngineOptions): Engine {
  const readonly = options.readonly ?? false;
  const { sql } = database;
  const now = Date.now;
  const catalog = openCatalog(sql);
  const entities = new SqliteEntityStore(sql, now);
  const snapshots = database.path !== undefined && !readonly;
  const records = snapshotRecords(sql);
  const feed = new ProgressFeed();
  const vectors = createVectorStore({
    onChange({ collectionId, fieldId }) {
      const collection = feed.silent ? undefined : catalog.byId(collectionId);
      const field = collection?.schema.fields.find((f) => f.id === fieldId);
      if (collection === undefined || field === undefined) return;
      const { total, indexed, pending, failReason } = loader.indexProgress(collectionId, fieldId);
      feed.emit({
        kind: "build",
        database: collection.database,
        collection: collection.name,
        field: field.name,
        totalRows: total,
        indexedRows: indexed,
        pendingRows: pending,
        failReason,
      });
    },
    ...(snapshots ? { snapshotFolder: `${database.path}-segments`, records } : {}),
    ...(options.exactBelow === undefined ? {} : { exactBelow: options.exactBelow }),
    ...(options.graphBuilder === undefined ? {} : { builder: options.graphBuilder }),
    ...(options.buildWorkers === undefined ? {} : { buildWorkers: options.buildWorkers }),
  });
  // A process that died between a drop and the removal of its files has left records behind.
  for (const { key } of snapshots ? records.all() : []) {
    const partitions = catalog.byId(key.collectionId)?.partitions;
    if (partitions?.some((p) => p.id === key.partitionId) !== true) vectors.forget(key);
  }
  const transactions = openTransactions(sql, database.requireFile, () => catalog.reload());
  const transaction = transactions.run;
  const loader: SegmentLoader = new SegmentLoader({
    rules: options.loadRules ?? "modern",
    catalog,
    entities,
    vectors,
    transaction,
    progressed(collectionId, progress) {
      const collection = catalog.byId(collectionId);
      if (feed.silent || collection === undefined) return;
      feed.emit({ kind: "load", database: collection.database, collection: collection.name, progress });
    },
  });
  const ctx: DataContext = {
    options: { loadRules: options.loadRules ?? "modern" },
    sql,
    catalog,
    entities,
    loader,
    filters: new FilterCache(),
    search: new FilteredSearch(),
    now,
    transaction,
  };

  const pacer = new Pacer();
  const running = new Set<Promise<unknown>>();
  const changed = readonly && database.path !== undefined ? watchWriters(sql) : () => false;

  /** Read-only beside a writer: what was read before a commit of the writer is not shown after it. */
  function followWriter(): void {
    if (!changed()) return;
    catalog.reload();
    for (const { id } of catalog.allCollections()) entities.touched(id);
    const free = loader.retire();
    // Calls under way go on with what they have.
    Promise.allSettled([...running]).then(free);
  }
  let closing: Promise<void> | undefined;

  async function run(path: string, request: unknown, execution: ExecuteOptions): Promise<Reply<unknown>> {
    const operation = findOperation(path);
    if (operation === undefined) throw failure("Unsupported", { what: `there is no operation ${path}` });
    if (readonly && operation.writes) throw failure("Unsupported", { what: "the database is opened read-only" });
    checkDeadline(execution.deadline);
    pacer.begin();
    try {
      transactions.recover();
      followWriter();
      const decoded = decodeRequest(operation, request) as { dbName?: string };
      if (decoded.dbName === undefined || decoded.dbName === "") {
        if ("dbName" in operation.request) decoded.dbName = execution.database ?? DEFAULT_DATABASE;
      }
      const reply = operation.run(ctx, decoded);
      const settled = reply instanceof Promise ? await reply : reply;
      checkDeadline(execution.deadline);
      return settled;
    } catch (error) {
      throw toElanusError(error);
    } finally {
      const pause = pacer.pause();
      if (pause !== undefined) await pause;
    }
  }

  /** Runs `work` unless the engine is closed. */
  async function whileOpen<T>(work: () => T): Promise<T> {
    if (closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
    try {
      followWriter();
      return work();
    } catch (error) {
      throw toElanusError(error);
    }
  }

  return {
    check: () => whileOpen(() => checkDatabase(ctx)),
    stats: () => whileOpen(() => engineStats(ctx, vectors)),
    onProgress: (listener) => feed.subscribe(listener),
    operations: [...operations.values()],
    has: (path) => findOperation(path) !== undefined,
    execute(path, request, execution = {}) {
      if (closing !== undefined) return Promise.reject(failure("NotReady", { reason: "the database is closed" }));
      const call = run(path, request, execution);
      running.add(call);
      const done = () => running.delete(call);
      call.then(done, done);
      return call;
    },
    close() {
      closing ??= (async () => {
        // A running load would go on for long: it is told to stop, and answers 101.
        try {
          await loader.close();
          await Promise.allSettled(running);
          await loader.close();
          await vectors.close();
          failpoint("mid-close");
          transactions.settle();
        } finally {
          database.close();
        }
      })();
      return closing;
    },
  };
}

function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined && Date.now() > deadline) throw failure("Timeout");
}

/** Whatever was thrown, as one of ours: nothing raw ever reaches a caller. */
function toElanusError(error: unknown): unknown {
  if (isElanusError(error)) return error;
  const wrapped = wrapSqliteError(error);
  if (isElanusError(wrapped)) return wrapped;
  return failure("Internal", { reason: error instanceof Error ? error.message : String(error) }, error);
}

export { JsonDouble } from "../values/json-number.js";
export { parseJson } from "../values/json-reader.js";
export { findOperation, operations } from "./operations/index.js";
export type { IndexState } from "./operations/indexes/describe.js";
export type { RequestField, RequestShape } from "./operations/operation.js";
export { ProgressFeed } from "./progress.js";
export type { CheckResult, Durability, EngineStats, LoadRules, ProgressEvent, ProgressListener, Reply };
