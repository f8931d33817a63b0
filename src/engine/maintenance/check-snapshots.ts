import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { EngineContext } from "../context.js";
import { snapshotRecords } from "../storage/snapshot-records.js";
import type { SnapshotRecord } from "../vector/contract.js";
import { ChecksumBuffer } from "../vector/snapshot/checksum.js";
import { decodeHeader, fileBytes, HEADER_BYTES } from "../vector/snapshot/snapshot-file.js";

const PIECE_BYTES = 1024 * 1024;

/**
 * Snapshot files that do not agree with their records or checksums. A file that is not there is no damage: the next load
 * reads the rows, and a later build writes it anew.
 */
export function checkSnapshots(ctx: EngineContext): string[] {
  const folder = ctx.snapshotFolder;
  if (folder === undefined) return [];
  return snapshotRecords(ctx.sql, ctx.transaction)
    .all()
    .flatMap((record) => {
      const problem = checkFile(join(folder, record.file), record);
      return problem === undefined ? [] : [`snapshot ${record.file}: ${problem}; it will not be used`];
    });
}

function checkFile(path: string, record: SnapshotRecord): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : String(error);
  }
  try {
    return compare(file, record);
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    closeSync(file);
  }
}

function compare(file: number, record: SnapshotRecord): string | undefined {
  const block = Buffer.alloc(HEADER_BYTES);
  readSync(file, block, 0, HEADER_BYTES, 0);
  const header = decodeHeader(block);
  if (header === undefined) return "has no header of this format";
  const { collectionId, partitionId, fieldId } = record.key;
  if (header.key.collectionId !== collectionId || header.key.partitionId !== partitionId)
    return "is of another partition";
  if (header.key.fieldId !== fieldId) return "is of another field";
  if (header.rows !== record.rows || header.parameters !== record.parameters || header.checksum !== record.checksum) {
    return "header and record differ";
  }
  const { size } = fstatSync(file);
  if (size !== record.sizeBytes || size !== fileBytes(header)) {
    return `is ${size} bytes long, not ${record.sizeBytes}`;
  }
  return checksumOf(file, size) === record.checksum ? undefined : "checksum differs";
}

function checksumOf(file: number, size: number): string {
  const buffer = new ChecksumBuffer(PIECE_BYTES);
  for (let at = HEADER_BYTES; at < size; ) {
    const bytes = readSync(file, buffer.bytes, 0, Math.min(PIECE_BYTES, size - at), at);
    if (bytes === 0) break;
    buffer.add(bytes);
    at += bytes;
  }
  return buffer.end();
}
