import { statSync } from "node:fs";
import { failure, isElanusError } from "../../errors.js";
import { openBytes } from "../../files/byte-source.js";
import { FileFault } from "../../files/file-fault.js";
import type { CsvForm, FileRows } from "../../files/file-format.js";
import type { FileShape } from "../../files/file-shape.js";
import { rowReader } from "../../files/read-rows.js";
import { compactInteger } from "../../values/int64.js";
import { Slices } from "../../values/slices.js";
import { atOnce } from "../../values/steps.js";
import type { FileFormat } from "../contract/transfers.js";
import type { SqlValue } from "../entities/batch.js";
import { failpoint } from "../failpoints.js";
import type { Collection, Partition } from "../model/collection.js";
import { primaryField } from "../model/schema.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import { encodeColumns } from "../write/encode-columns.js";
import type { PreparedBatch } from "../write/prepared-batch.js";
import { routeRows } from "../write/route.js";
import { type ReadyFile, takeOver, takeOverElsewhere } from "../write/take-over.js";
import { AutoIds } from "./auto-ids.js";
import { firstBadRow } from "./first-bad-row.js";
import { shapeOf } from "./shape-of.js";
import { Staging } from "./staging.js";
import type { Embedding, TransferScope } from "./transfer-scope.js";

/** A file whose rows go into a collection. */
export interface ImportedFile {
  /** `-` for the standard input. */
  readonly path: string;
  /** As it was asked for, for messages. */
  readonly name: string;
  readonly format: FileFormat;
}

export interface ImportPlan {
  readonly collection: Collection;
  /** Undefined or empty: the default partition, or that of each row's partition key. */
  readonly partitionName: string | undefined;
  readonly files: readonly ImportedFile[];
  readonly form: CsvForm;
  readonly embedding: Embedding;
}

/** How far the reading of the files has come. */
export interface ImportProgress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** Of the file that is read: its place in the list, its rows and bytes so far. */
  readonly file: { readonly position: number; readonly rows: number; readonly bytes: number };
}

export interface ImportSteps {
  /** Called again and again. @throws to end it */
  readonly check: () => void;
  readonly progressed: (progress: ImportProgress) => void;
  /** Absent: what lies ready is taken over as it is. */
  readonly takeOver?: (staged: StagedRows) => void;
}

/** Rows that lie ready, and that nobody sees. */
export interface StagedRows {
  readonly rowCount: number;
  /** Makes them rows of the collection, if that is as it was. @throws SchemaMismatch, ImportFailed, DiskFull */
  takeOver(): Promise<void>;
  /** The same in a transaction of the engine's own, at once. */
  takeOverHere(): void;
  /** Takes away what lies ready. */
  discard(): void;
}

/**
 * Brings the rows of files into a collection, all or none.
 *
 * @returns how many rows the files have
 * @throws what `stageRows` and `takeOver` throw
 */
export async function importRows(scope: TransferScope, plan: ImportPlan, steps: ImportSteps): Promise<number> {
  const staged = await stageRows(scope, plan, steps);
  try {
    if (steps.takeOver === undefined) await staged.takeOver();
    else steps.takeOver(staged);
    return staged.rowCount;
  } finally {
    staged.discard();
  }
}

/**
 * Reads the rows of files and lays them ready beside the collection. The event loop runs meanwhile.
 *
 * @throws ImportFailed with the file and the row; PartitionNotFound, PartitionKeyNames, DiskFull
 */
export async function stageRows(scope: TransferScope, plan: ImportPlan, steps: ImportSteps): Promise<StagedRows> {
  const { collection } = plan;
  const route = routeRows(collection, plan.partitionName);
  const shape = shapeOf(collection);
  const ids = new AutoIds(scope);
  const slices = new Slices();
  const sizes = plan.files.map(sizeOf);
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  let rowCount = 0;
  let staging: Staging | undefined;
  try {
    staging = new Staging(scope.sql, scope.databasePath, collection, scope.now);
    for (const [position, file] of plan.files.entries()) {
      let fileRows = 0;
      for await (const { rows, taken } of rowsOf(file, shape, plan.form)) {
        const { batch, keyless } = await prepared(plan, file, rows);
        drawKeys(collection, batch.keys as SqlValue[], keyless, ids);
        staging.write(batch, route(batch));
        rowCount += batch.count;
        fileRows += batch.count;
        failpoint("mid-import");
        const progress = { rows: rowCount, bytes: before + taken, totalBytes };
        steps.progressed({ ...progress, file: { position, rows: fileRows, bytes: taken } });
        if (slices.over) await slices.next();
        steps.check();
      }
      before += sizes[position] ?? 0;
    }
    return stagedRows(scope, collection, staging, rowCount);
  } catch (error) {
    staging?.remove();
    throw storageFailure(wrapSqliteError(error));
  }
}

function stagedRows(scope: TransferScope, collection: Collection, staging: Staging, rowCount: number): StagedRows {
  const { writeElsewhere } = scope;
  const ready = (): ReadyFile => {
    requireSame(scope, collection);
    failpoint("before-import-commit");
    return staging.finish();
  };
  const takeHere = (file: ReadyFile): void =>
    staging.handOver(scope.sql, file, (rows) => takeOver(scope, collection, rows));
  return {
    rowCount,
    async takeOver() {
      try {
        const file = ready();
        if (rowCount === 0) return;
        if (writeElsewhere !== undefined && (await takeOverElsewhere(scope, writeElsewhere, collection, file))) return;
        requireSame(scope, collection);
        takeHere(file);
      } catch (error) {
        throw storageFailure(wrapSqliteError(error));
      }
    },
    takeOverHere() {
      try {
        const file = ready();
        if (rowCount > 0) takeHere(file);
      } catch (error) {
        throw storageFailure(wrapSqliteError(error));
      }
    },
    discard: () => staging.remove(),
  };
}

/** 0 for a file that is not there, which is told when it is its turn. */
function sizeOf({ path }: ImportedFile): number {
  return path === "-" ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

/** @throws ImportFailed */
async function* rowsOf(
  file: ImportedFile,
  shape: FileShape,
  form: CsvForm,
): AsyncGenerator<{ readonly rows: FileRows; readonly taken: number }> {
  const read = await rowReader(file.format);
  let close = (): void => {};
  try {
    const source = openBytes(file.path);
    close = source.close;
    for await (const rows of read(source, shape, form)) yield { rows, taken: source.taken };
  } catch (error) {
    throw fileFailure(file, error);
  } finally {
    close();
  }
}

/** What has gone wrong with a file, in words. */
function fileFailure({ name }: ImportedFile, error: unknown): unknown {
  if (error instanceof FileFault) {
    const { place, message } = error;
    return failure("ImportFailed", { file: name, text: place === undefined ? message : `${place}: ${message}` }, error);
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || isElanusError(error)) return error;
  const text =
    code === "ENOENT"
      ? "there is no such file"
      : code === "EISDIR"
        ? "is a folder, no file"
        : `cannot be read (${code})`;
  return failure("ImportFailed", { file: name, text }, error);
}

/** The rows in stored form. @throws ImportFailed that names the row */
async function prepared(
  { collection, embedding }: ImportPlan,
  file: ImportedFile,
  rows: FileRows,
): Promise<PreparedBatch> {
  const encode = (columns = rows.columns) =>
    embedding((embedded) => atOnce(encodeColumns(collection, columns, { operation: "insert", embedded })));
  try {
    return await encode();
  } catch (error) {
    if (!isElanusError(error, "BadRow") && !isElanusError(error, "InvalidParameter")) throw error;
    const row = await firstBadRow(rows.columns, async (first) => {
      try {
        await encode(first);
        return false;
      } catch {
        return true;
      }
    });
    // Where it is in the batch means nothing to anybody.
    const what = error.message.replace(/, row number: \d+/, "");
    throw failure("ImportFailed", { file: file.name, text: `${rows.place(row)}: ${what}` }, error);
  }
}

function drawKeys(collection: Collection, keys: SqlValue[], keyless: readonly number[], ids: AutoIds): void {
  if (keyless.length === 0) return;
  const first = ids.draw(keyless.length);
  const isText = primaryField(collection.schema).type === "VarChar";
  for (const [i, position] of keyless.entries()) {
    const key = first + BigInt(i);
    keys[position] = isText ? String(key) : compactInteger(key);
  }
}

/** Rows were made ready for a collection as it was. @throws SchemaMismatch, ImportFailed */
function requireSame(scope: TransferScope, collection: Collection): void {
  const now = scope.catalog.byId(collection.id);
  if (now === undefined) throw failure("ImportFailed", { text: `collection ${collection.id} dropped` });
  const isThere = ({ id }: Partition): boolean => now.partitions.some((partition) => partition.id === id);
  if (now.schemaVersion !== collection.schemaVersion || !collection.partitions.every(isThere)) {
    throw failure("SchemaMismatch", { collection: collection.name });
  }
}
