import { failure } from "../errors.js";
import { formatOfName } from "../files/file-format.js";
import { elapsed, soonest } from "../values/clock.js";
import { shownText } from "../values/shown-text.js";
import type { EngineContext } from "./context.js";
import {
  type BackupRequest,
  type BackupResult,
  type ExportRequest,
  type ExportResult,
  FILE_FORMATS,
  type FileFormat,
  type ImportRequest,
  type ImportResult,
  type TransferKind,
  type TransferProgress,
  type TransferRequest,
  type TransferResult,
} from "./contract/transfers.js";
import type { WriteId } from "./contract/write-id.js";
import { requireNotDenied } from "./denied.js";
import type { ApplicationFunctions } from "./functions/application-functions.js";
import { withEmbeddings } from "./operations/entities/embedding.js";
import { requireCollection, requirePartitions } from "./operations/resolve.js";
import { reembed } from "./reembed.js";
import { backupFile } from "./transfer/backup-file.js";
import { readCsvForm } from "./transfer/csv-form.js";
import { exportRows } from "./transfer/export-rows.js";
import { type ImportSteps, importRows, type StagedRows } from "./transfer/import-rows.js";
import { stateOfFile, stateOfMemory } from "./transfer/one-state.js";
import type { TransferSteps } from "./transfer/transfer-scope.js";
import { vacuumInto } from "./transfer/vacuum-into.js";

/** Who watches a transfer, and may end it. */
export interface TransferWatch {
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of an import that another process asks for: done before, it is answered again and not done again. */
  readonly write?: WriteId | undefined;
  /** The models of who asks, in the place of those of who has the database open. */
  readonly functions?: ApplicationFunctions | undefined;
}

/** Milliseconds between two words about progress. */
const TELL_EVERY = 100;

interface WatchedSteps extends TransferSteps {
  readonly write: WriteId | undefined;
}

type Run<Kind extends TransferKind> = (
  ctx: EngineContext,
  request: TransferRequest<Kind>,
  steps: WatchedSteps,
  checkFile: CheckFile,
) => Promise<TransferResult<Kind>>;

const RUNS: { readonly [Kind in TransferKind]: { readonly writes: boolean; readonly run: Run<Kind> } } = {
  import: { writes: true, run: importFiles },
  export: { writes: false, run: exportFile },
  backup: { writes: false, run: backupDatabase },
  reembed: {
    writes: true,
    run(ctx, request, steps) {
      requireNotDenied(ctx, "entities/upsert", { dbName: requireCollection(ctx, request).database });
      return reembed(ctx, request, steps);
    },
  },
};

/** Transfers that are under way. */
export class RunningTransfers {
  readonly #readonly: boolean;
  #closing = false;

  constructor(readonly: boolean) {
    this.#readonly = readonly;
  }

  /** @throws Unsupported on a database that is only read, Aborted */
  async run<Kind extends TransferKind>(
    ctx: EngineContext,
    kind: Kind,
    request: TransferRequest<Kind>,
    { onProgress, signal, write }: TransferWatch = {},
    checkFile: CheckFile = async () => [],
  ): Promise<TransferResult<Kind>> {
    const { writes, run } = RUNS[kind];
    if (writes && this.#readonly) throw failure("Unsupported", { what: "the database is opened read-only" });
    let last: TransferProgress | undefined;
    let told = Number.NEGATIVE_INFINITY;
    const tell = (progress: TransferProgress): void => {
      told = elapsed();
      // A listener that throws is the caller's trouble.
      if (onProgress !== undefined) soonest(() => onProgress(progress));
    };
    const check = (): void => {
      if (this.#closing) throw failure("NotReady", { reason: "the database is closed" });
      if (signal?.aborted === true) throw failure("Aborted", { what: `the ${kind}` });
    };
    check();
    const result = await run(
      ctx,
      request,
      {
        check,
        signal,
        write,
        progressed(progress) {
          last = progress;
          if (elapsed() - told >= TELL_EVERY) tell(progress);
        },
      },
      checkFile,
    );
    if (last !== undefined) tell(last);
    return result;
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing = true;
  }
}

async function importFiles(ctx: EngineContext, request: ImportRequest, steps: WatchedSteps): Promise<ImportResult> {
  const { write } = steps;
  const done = write === undefined ? undefined : ctx.forwarded.find(write);
  if (done !== undefined) return { rowCount: done.kept as number };
  const collection = requireCollection(ctx, request);
  requireNotDenied(ctx, "entities/insert", { dbName: collection.database });
  const names = typeof request.from === "string" ? [request.from] : request.from;
  const files = names.map((name) => ({ path: name, name, format: requireFormat(name, request.format) }));
  const plan = {
    collection,
    partitionName: request.partitionName,
    files,
    form: readCsvForm(request),
    embedding: <T>(work: Parameters<typeof withEmbeddings<T>>[2]) => withEmbeddings(ctx, {}, work),
  };
  const progressed: ImportSteps["progressed"] = ({ rows, bytes, totalBytes }) =>
    steps.progressed({ rows, bytes, totalBytes });
  // What another process has asked for is noted in the transaction, which is then one of this connection.
  const takeOver =
    write === undefined
      ? {}
      : {
          takeOver: ({ rowCount, takeOverHere }: StagedRows) =>
            ctx.forwarded.during(write, () => rowCount, takeOverHere),
        };
  return { rowCount: await importRows(ctx, plan, { ...steps, ...takeOver, progressed }) };
}

async function exportFile(ctx: EngineContext, request: ExportRequest, steps: TransferSteps): Promise<ExportResult> {
  const format = requireFormat(request.to, request.format);
  const form = readCsvForm(request);
  requireCollection(ctx, request);
  const { databasePath } = ctx;
  const state = await (databasePath === undefined
    ? stateOfMemory(ctx.sql, steps.check)
    : stateOfFile(ctx.sql, databasePath));
  try {
    const { sql, catalog } = state;
    const collection = requireCollection({ ...ctx, catalog }, request);
    requireNotDenied(ctx, "entities/query", { dbName: collection.database });
    const { partitionNames = [] } = request;
    const plan = {
      collection,
      partitions:
        partitionNames.length === 0 ? undefined : requirePartitions(collection, partitionNames).map(({ id }) => id),
      filter: request.filter ?? "",
      keepIds: request.keepIds ?? false,
      path: request.to,
      format,
      overwrite: request.overwrite ?? false,
      form,
    };
    return await exportRows({ ...ctx, sql }, plan, steps);
  } finally {
    state.close();
  }
}

/** @throws InvalidParameter */
function requireFormat(name: string, given: FileFormat | undefined): FileFormat {
  const format = given ?? formatOfName(name);
  if (format !== undefined) return format;
  const what = name === "-" ? '"-"' : `the ending of ${shownText(name, 60)}`;
  throw failure("InvalidParameter", {
    text: `${what} tells no format: give "format", one of ${FILE_FORMATS.join(", ")}`,
  });
}

/** What is wrong with a database file. */
export type CheckFile = (path: string) => Promise<readonly string[]>;

async function backupDatabase(
  ctx: EngineContext,
  { to, overwrite = false }: BackupRequest,
  steps: TransferSteps,
  check: CheckFile,
): Promise<BackupResult> {
  const { databasePath } = ctx;
  const state = databasePath === undefined ? undefined : stateOfFile(ctx.sql, databasePath);
  try {
    const copyEncrypted = (path: string) => vacuumInto(ctx, path);
    return await backupFile({ sql: (state ?? ctx).sql, databasePath, to, overwrite, copyEncrypted, check }, steps);
  } finally {
    state?.close();
  }
}
