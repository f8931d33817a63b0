import { failure, isElanusError } from "../errors.js";
import type { AuthOptions, UserOptions } from "./access/auth-options.js";
import type { Credential, Verdict } from "./access/authenticator.js";
import type { ExecuteOptions, PermitOptions } from "./call.js";
import type { NamedObjects } from "./contract/caller.js";
import type { Reply } from "./contract/reply.js";
import type { OperationPath } from "./contract/table.js";
import type { TransferKind, TransferRequest, TransferResult } from "./contract/transfers.js";
import { createEngine, type EngineParts, type Surroundings } from "./create-engine.js";
import { type CheckResult, checkDatabase } from "./maintenance/check.js";
import { type EngineStats, engineStats } from "./maintenance/stats.js";
import type { EngineOptions } from "./options.js";
import { type Preload, preload } from "./preload.js";
import type { ProgressListener } from "./progress.js";
import type { OpenDatabase } from "./storage/database.js";
import { keyBytes } from "./storage/database-key.js";
import { MEMORY } from "./storage/database-path.js";
import { nameFile, openCopy, openDatabase } from "./storage/open-database.js";
import { wrapSqliteError } from "./storage/sqlite-errors.js";
import { bytesOfImage, type StoreImage, takeImage } from "./store-image.js";
import type { TransferWatch } from "./transfers.js";

/** The engine as surfaces see it: one way to run the operations of the contract. */
export interface Engine {
  /**
   * Runs one operation, answers its reply.
   * @param path as in REST v2, without the prefix: `partitions/release`
   * @param request in the types of the contract: whoever calls has checked them, each surface in words of its own
   * @throws ElanusError, nothing else
   */
  execute(path: string, request: object, options?: ExecuteOptions): Promise<Reply<unknown>>;
  /** Whether a caller may run an operation on what is named; nothing is run. @throws PermissionDenied, NotAuthenticated, NotReady */
  permit(path: OperationPath, names: NamedObjects, options: PermitOptions): Promise<void>;
  /** Who presents this credential. @throws NotReady, and what reading the file throws */
  authenticate(credential: Credential): Verdict | Promise<Verdict>;
  /** Asked by surfaces before they look at a request. @throws NotReady when the database is closed */
  requireOpen(): void;
  /** Reads what is loaded into memory, which the first search would do otherwise. @throws InvalidParameter for unknown names */
  preload(wanted: Preload): Promise<void>;
  /** Reads rows from files, or writes them. @throws ElanusError, nothing else */
  transfer<Kind extends TransferKind>(
    kind: Kind,
    request: TransferRequest<Kind>,
    watch?: TransferWatch,
  ): Promise<TransferResult<Kind>>;
  /** Looks for damage; reads everything. */
  check(): Promise<CheckResult>;
  stats(): Promise<EngineStats>;
  /** Tells of loads and graph builds as they go on. @returns stops telling */
  onProgress(listener: ProgressListener): () => void;
  /** Waits for running calls, frees everything; later calls answer 1. Idempotent. */
  close(): Promise<void>;
}

/** An engine of this thread. */
export interface LocalEngine extends Engine {
  /** A copy of the whole store at one moment, of which other engines can be opened. */
  image(): Promise<StoreImage>;
}

/**
 * Opens a database file (made when missing) or `:memory:`.
 * @throws Unavailable, IoFailed, DiskFull
 */
export function openEngine(path: string, options: EngineOptions = {}, surroundings: Surroundings = {}): LocalEngine {
  const { readonly = false, durability = "full" } = options;
  return startEngine(
    path,
    openDatabase(path, { readonly, durability, key: keyBytes(options.key) }),
    options,
    surroundings,
  );
}

/** Opens a store in memory that holds what an image does, and shares nothing with it. */
export function openImage(
  image: StoreImage,
  options: EngineOptions = {},
  surroundings: Surroundings = {},
): LocalEngine {
  return startEngine(MEMORY, openCopy(image.database), options, { ...surroundings, image });
}

/** What is wrong with a database file that nobody has open. */
async function problemsOf(path: string, key: EngineOptions["key"]): Promise<readonly string[]> {
  const engine = openEngine(path, { readonly: true, ...(key !== undefined && { key }) });
  try {
    return (await engine.check()).problems;
  } finally {
    await engine.close();
  }
}

function startEngine(
  path: string,
  database: OpenDatabase,
  options: EngineOptions,
  surroundings: Surroundings,
): LocalEngine {
  let parts: EngineParts;
  try {
    parts = createEngine(database, options, surroundings);
  } catch (error) {
    database.close();
    const wrapped = wrapSqliteError(error);
    if (isElanusError(wrapped) && wrapped.kind !== "Internal") throw nameFile(path, wrapped);
    // The file says that it is ours, and its tables are not what we made.
    throw failure("IoFailed", { reason: `${path}: the catalogue is damaged: ${(error as Error).message}` }, error);
  }
  const { calls, authenticator, feed, transfers, shutDown } = parts;
  let closing: Promise<void> | undefined;
  return {
    execute: (name, request, execution) => calls.execute(name, request, execution),
    permit: (path, names, asker) => calls.permit(path, names, asker),
    authenticate(credential) {
      calls.requireOpen();
      return authenticator.authenticate(credential);
    },
    requireOpen: () => calls.requireOpen(),
    preload: (wanted) => calls.look((ctx) => preload(ctx, wanted)),
    transfer: (kind, request, watch) =>
      calls.beside(
        (ctx) => transfers.run(ctx, kind, request, watch, (copy) => problemsOf(copy, options.key)),
        watch?.functions,
      ),
    check: () => calls.look(checkDatabase),
    stats: () => calls.look(engineStats),
    image: () => calls.look(takeImage),
    onProgress: (listener) => feed.subscribe(listener),
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

export { JsonDouble } from "../values/json-number.js";
export { parseJson } from "../values/json-reader.js";
export type { Caller, NamedObjects } from "./contract/caller.js";
export type { WriteId } from "./contract/write-id.js";
export type {
  ApplicationFunctions,
  Embed,
  EmbedContext,
  Embedder,
  Embedders,
  RerankContext,
} from "./functions/application-functions.js";
export { areEmbedders, embedFor } from "./functions/embedders.js";
export type { LoadRules } from "./load/load-state.js";
export { type ServerTraits, serverTraits } from "./model/server-version.js";
export { type ProgressEvent, ProgressFeed } from "./progress.js";
export { type Rekeying, rekeyFile } from "./rekey.js";
export { wrongKey } from "./storage/better-sqlite3.js";
export type { Durability } from "./storage/database.js";
export { type DatabaseKey, keyBytes } from "./storage/database-key.js";
export type {
  AuthOptions,
  CheckResult,
  Credential,
  EngineOptions,
  EngineStats,
  ExecuteOptions,
  PermitOptions,
  Preload,
  ProgressListener,
  Reply,
  StoreImage,
  Surroundings,
  TransferWatch,
  UserOptions,
  Verdict,
};
/** Whether an error says that somebody else has the file open for writing, or had in this moment. */
export function saysInUse(error: unknown): boolean {
  return isElanusError(error, "Unavailable") && error.details["inUse"] === true;
}

export { databasePath, requireFolder } from "./storage/database-path.js";
export { fileIdentity } from "./storage/writer-record.js";
export { bytesOfImage };
