import { statSync } from "node:fs";
import { failure, isElanusError } from "../../errors.js";
import { openBytes } from "../../files/byte-source.js";
import { FileFault } from "../../files/file-fault.js";
import type { CsvForm, FileRows } from "../../files/file-format.js";
import type { FileShape } from "../../files/file-shape.js";
import { rowReader } from "../../files/read-rows.js";
import { compactInteger } from "../../values/int64.js";
import { Slices } from "../../values/slices.js";
import type { FileFormat } from "../contract/transfers.js";
import type { SqlValue } from "../entities/batch.js";
import { failpoint } from "../failpoints.js";
import type { Collection, Partition } from "../model/collection.js";
import { primaryField } from "../model/schema.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import { encodeColumns } from "../write/encode-columns.js";
import { encodedAtOnce } from "../write/encoding.js";
import type { PreparedBatch } from "../write/prepared-batch.js";
import { routeRows } from "../write/route.js";
import { takeOver } from "../write/write-path.js";
import { AutoIds } from "./auto-ids.js";
import { firstBadRow } from "./first-bad-row.js";
import { shapeOf } from "./shape-of.js";
import { Staging } from "./staging.js";
import type { Embedding, TransferScope, TransferSteps } from "./transfer-scope.js";

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

/**
 * Brings the rows of files into a collection, all or none: they come to lie beside it, and are taken over when the last one has
 * been looked at. The event loop runs meanwhile.
 *
 * @returns how many rows the files have
 * @throws ImportFailed with the file and the row; PartitionNotFound, PartitionKeyNames, DiskFull
 */
export async function importRows(scope: TransferScope, plan: ImportPlan, steps: TransferSteps): Promise<number> {
  const { collection } = plan;
  const route = routeRows(collection, plan.partitionName);
  const shape = shapeOf(collection);
  const ids = new AutoIds(scope);
  const slices = new Slices();
  const sizes = plan.files.map(sizeOf);
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  let bytes = 0;
  let imported = 0;
  let staging: Staging | undefined;
  try {
    staging = new Staging(scope.databasePath, collection, scope.now);
    for (const [i, file] of plan.files.entries()) {
      for await (const { rows, taken } of rowsOf(file, shape, plan.form)) {
        const { batch, keyless } = await prepared(plan, file, rows);
        drawKeys(collection, batch.keys as SqlValue[], keyless, ids);
        staging.write(batch, route(batch));
        imported += batch.count;
        failpoint("mid-import");
        steps.progressed({ rows: imported, bytes: bytes + taken, totalBytes });
        if (slices.over) await slices.next();
        steps.check();
      }
      bytes += sizes[i] ?? 0;
    }
    requireSame(scope, collection);
    failpoint("before-import-commit");
    if (imported > 0) staging.handOver(scope.sql, (ready) => takeOver(scope, collection, ready));
    return imported;
  } catch (error) {
    throw storageFailure(wrapSqliteError(error));
  } finally {
    staging?.remove();
  }
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
    embedding((embedded) => encodedAtOnce(encodeColumns(collection, columns, { operation: "insert", embedded })));
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
    throw failure("ImportFailed", { file: file.name, text: `${rows.place(row)}: ${error.message}` }, error);
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
