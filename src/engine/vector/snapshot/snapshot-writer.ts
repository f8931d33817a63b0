import { closeSync, fsync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { failpoint } from "../../failpoints.js";
import { CONTROL } from "../kernel/kernel.js";
import type { Part } from "../part.js";
import { ChecksumBuffer } from "./checksum.js";
import { HEADER_BYTES } from "./header-block.js";
import { encodeHeader, fileBytes, SNAPSHOT_FORMAT, type SnapshotHeader, sectionBytes } from "./snapshot-file.js";
import type { SnapshotPlan, WrittenSnapshot } from "./snapshot-store.js";

const flush = promisify(fsync);

/**
 * Writes the rows of a part that are in its graph; the graph must rest meanwhile. The file appears whole or not at all, and
 * is on the disk when this resolves.
 *
 * @param turn asked between pieces: undefined to go on at once, else a promise to wait for
 */
export async function writeSnapshot(
  plan: SnapshotPlan,
  part: Part,
  rows: number,
  turn: () => Promise<void> | undefined,
): Promise<WrittenSnapshot> {
  const { geometry, kernel } = part;
  const chunkRows = 1 << geometry.rowShift;
  const chunkBytes = kernel.getChunkBytes();
  const chunks = Math.ceil(rows / chunkRows);
  const buffer = new ChecksumBuffer(chunkBytes);
  mkdirSync(plan.folder, { recursive: true });
  const path = join(plan.folder, plan.file);
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, "w");
  let closed = false;
  try {
    let at = HEADER_BYTES;
    const put = async (bytes: number) => {
      buffer.add(bytes);
      writeAll(file, buffer.bytes.subarray(0, bytes), at);
      at += bytes;
      const pause = turn();
      if (pause !== undefined) await pause;
    };
    for (let chunk = 0; chunk < chunks; chunk++) {
      const address = kernel.chunkAddress(chunk * chunkRows) >>> 0;
      buffer.bytes.set(part.bytesAt(address, chunkBytes));
      const used = Math.min(chunkRows, rows - chunk * chunkRows);
      // Rows that came since belong to nobody's checksum.
      if (used < chunkRows) clearRows(buffer.bytes, part, used, chunkRows);
      await put(chunkBytes);
      failpoint("mid-snapshot-write");
    }
    const upper = upperLinks(part, rows);
    for (let i = 0; i < upper.length; i += chunkBytes) {
      const piece = upper.subarray(i, i + chunkBytes);
      const padded = sectionBytes(piece.length);
      buffer.bytes.fill(0, piece.length, padded);
      buffer.bytes.set(piece);
      await put(padded);
    }
    const header: SnapshotHeader = {
      format: SNAPSHOT_FORMAT,
      key: plan.key,
      parameters: plan.parameters,
      rows,
      entryRow: part.words[CONTROL.entryRow]!,
      entryLevels: part.words[CONTROL.entryLevels]!,
      codes: part.scale,
      chunkBytes,
      chunks,
      upperBytes: upper.length,
      checksum: buffer.end(),
    };
    writeAll(file, encodeHeader(header), 0);
    await flush(file);
    closed = true;
    closeSync(file);
    failpoint("before-snapshot-rename");
    renameSync(temporary, path);
    const sizeBytes = fileBytes(header);
    return { file: plan.file, checksum: header.checksum, rows, sizeBytes, parameters: plan.parameters };
  } catch (error) {
    // Once only: the number may be that of a file which another thread has opened since.
    if (!closed) closeSync(file);
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function clearRows(chunk: Uint8Array, part: Part, from: number, to: number): void {
  const { strideBytes, holdsVectors } = part.geometry;
  const nodes = part.kernel.getOffNodes();
  const nodeBytes = part.kernel.getNodeBytes();
  const ids = part.kernel.getOffIds();
  if (holdsVectors) chunk.fill(0, from * strideBytes, to * strideBytes);
  chunk.fill(0, nodes + from * nodeBytes, nodes + to * nodeBytes);
  chunk.fill(0, ids + from * 8, ids + to * 8);
}

function upperLinks(part: Part, rows: number): Buffer {
  const { kernel } = part;
  const area = kernel.workAddress() >>> 0;
  const capacity = 512 * 1024;
  const pieces: Buffer[] = [];
  for (let row = 0; row < rows; row = kernel.upperNextRow()) {
    const bytes = kernel.exportUpper(row, rows, area, capacity);
    pieces.push(Buffer.from(part.bytesAt(area, bytes)));
  }
  return Buffer.concat(pieces);
}
