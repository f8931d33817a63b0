import { entry } from "./entry.js";

/** The store, its file, the models of the application and the time a request has. */
export const serviceErrors = {
  /** The store is opening, closing or closed. */
  NotReady: entry<{ reason: string }>(1, (d) => `service not ready: ${d.reason}`, { legacy: 56 }),
  /**
   * The database file cannot be used: in use, damaged, newer, of another application, read-only, or gone; or the port of a server is taken.
   */
  Unavailable: entry<{ reason: string; readonly inUse?: boolean; readonly older?: boolean }>(
    2,
    (d) => `service unavailable: ${d.reason}`,
  ),
  /** What the file holds cannot be read, or is no database. */
  FileDamaged: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
  /** The SQLite addon cannot be loaded, whatever file it is for. */
  DriverUnusable: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
  /** The package of the vector index that was asked for is missing or does not load. */
  IndexPackageUnusable: entry<{ index: string; package: string; reason: string }>(
    2,
    (d) =>
      `service unavailable: vectorIndex "${d.index}" needs the package ${d.package} (npm i ${d.package}): ${d.reason}`,
  ),
  /** Before anything native is loaded: an addon built for a newer runtime would end the process. */
  RuntimeTooOld: entry<{ needed: string; found: string }>(
    2,
    (d) => `service unavailable: Elanus needs Node ${d.needed} or newer, this is Node ${d.found}`,
  ),
  /** `worker: true` where no thread can be started. */
  NoWorker: entry<{ reason: string }>(2, (d) => `service unavailable: no worker thread can be started: ${d.reason}`),
  /** `shared: "join"` where no process has the file open to share it. */
  NotShared: entry<{ path: string }>(
    2,
    (d) => `service unavailable: ${d.path}: no process has this file open with { shared: true }`,
  ),
  /** Who shares the file is of another version, has another secret, or is no Elanus; or the place where they would meet is not safe. */
  ShareRefused: entry<{ reason: string }>(2, (d) => `service unavailable: the file cannot be shared: ${d.reason}`),
  /** The process that owns a shared file lives and answers nothing. Whether the call was done is not known. */
  OwnerSilent: entry<{ owner: string; seconds: number }>(
    2,
    (d) => `service unavailable: ${d.owner} owns the shared file and has answered nothing for ${d.seconds} s`,
  ),
  /** The process that owned a shared file has ended in the middle of an export or a backup, which is not begun again by itself. */
  OwnerLost: entry<{ what: string }>(
    2,
    (d) => `service unavailable: the process that owned the shared file ended during the ${d.what}; begin it again`,
  ),
  /** A fault of Elanus itself; `cause` holds what happened. Please report it. */
  Internal: entry<{ reason: string }>(5, (d) => `service internal error: ${d.reason}`),
  /** The disk is full; nothing of the call was written. */
  DiskFull: entry<{ reason: string }>(7, (d) => `disk limit exceeded: ${d.reason}`, { legacy: 54 }),
  /** A property of the database forbids what was asked (`database.force.deny.*`). */
  QuotaExceeded: entry<{ reason: string }>(9, (d) => `quota exceeded[reason=${d.reason}]`, { legacy: 48 }),
  /** Reading or writing the file failed, or what is in it is damaged. */
  IoFailed: entry<{ reason: string }>(1001, (d) => `IO failed: ${d.reason}`),
  /** The call did not end within its deadline (`timeoutMs`, the header `Request-Timeout`). */
  Timeout: entry<void>(10001, () => "request timeout"),
  /** The caller has given up: its `AbortSignal` says why, which is the `cause`. */
  Canceled: entry<void>(10000, () => "context canceled"),
  /** An operation or a feature of Milvus that is not there, or a write to a store that is open read-only. */
  Unsupported: entry<{ what: string }>(3000, (d) => `unsupported operation: ${d.what}`),
} as const;
