import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { SnapshotRecord } from "./contract.js";
import { checkGraphFile } from "./hnswlib/hnsw-file.js";
import { ChecksumBuffer } from "./snapshot/checksum.js";
import { HEADER_BYTES } from "./snapshot/header-block.js";
import { decodeHeader, fileBytes } from "./snapshot/snapshot-file.js";
import { indexOfFile } from "./snapshot/snapshot-store.js";

const PIECE_BYTES = 1024 * 1024;

/**
 * What is wrong with a snapshot file; undefined when it is good, and when it is not there: that is no damage, the next
 * load reads the rows, and a later build writes it anew. Reads everything.
 */
export function checkSnapshotFile(folder: string, record: SnapshotRecord): string | undefined {
  const path = join(folder, record.file);
  try {
    return indexOfFile(record.file) === "hnswlib" ? checkGraphFile(path, record) : checkKernelFile(path, record);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function checkKernelFile(path: string, record: SnapshotRecord): string | undefined {
  const file = openSync(path, "r");
  try {
    return compare(file, record);
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
