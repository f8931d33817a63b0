import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotRecord } from "../contract.js";
import type { Geometry } from "../kernel/geometry.js";
import { CONTROL } from "../kernel/kernel.js";
import { Part } from "../part.js";
import { Checksum } from "./checksum.js";
import { HEADER_BYTES } from "./header-block.js";
import { decodeHeader, fileBytes, type SnapshotHeader, sectionBytes } from "./snapshot-file.js";

const SLICE_BYTES = 2 * 1024 * 1024;

/**
 * Reads a snapshot straight into the memory of a new part; the event loop is held for well under a millisecond at a time.
 *
 * @returns the part; `undefined` when stopped
 * @throws an Error that says what does not fit: the caller removes the file and reads the source instead
 */
export async function readSnapshotFile(
  folder: string,
  record: SnapshotRecord,
  parameters: string,
  geometry: Geometry,
  stopped: () => boolean,
): Promise<Part | undefined> {
  if (record.parameters !== parameters) throw new Error("made with other parameters");
  const file = await open(join(folder, record.file), "r");
  try {
    const header = await readHeader(file, record, parameters);
    const part = new Part(geometry);
    if (!part.reserve(header.rows) || header.chunkBytes !== part.kernel.getChunkBytes()) throw new Error("no room");
    const checksum = new Checksum(part.kernel);
    const chunksAt = part.kernel.chunkAddress(0) >>> 0;
    const chunkBytes = header.chunks * header.chunkBytes;
    if (!(await readInto(file, part, checksum, HEADER_BYTES, chunksAt, chunkBytes, stopped))) return undefined;
    const upperBytes = sectionBytes(header.upperBytes);
    const upperAt = part.kernel.filterAddress(upperBytes) >>> 0;
    if (upperAt === 0) throw new Error("no room");
    const upperFrom = HEADER_BYTES + chunkBytes;
    if (!(await readInto(file, part, checksum, upperFrom, upperAt, upperBytes, stopped))) return undefined;
    if (checksum.end() !== header.checksum) throw new Error("checksum differs");
    part.kernel.clearUpper(0, header.rows);
    if (part.kernel.importUpper(upperAt, header.upperBytes, header.rows) === 0) throw new Error("bad links");
    part.adopt(header.rows);
    const words = part.words;
    words[CONTROL.entryRow] = header.entryRow;
    words[CONTROL.entryLevels] = header.entryLevels;
    part.scale = header.codes;
    Atomics.store(words, CONTROL.graphRows, header.rows);
    return part;
  } finally {
    await file.close();
  }
}

async function readHeader(file: FileHandle, record: SnapshotRecord, parameters: string): Promise<SnapshotHeader> {
  const block = Buffer.alloc(HEADER_BYTES);
  await file.read(block, 0, HEADER_BYTES, 0);
  const header = decodeHeader(block);
  if (header === undefined) throw new Error("no header of this format");
  const { size } = await file.stat();
  const agrees =
    header.parameters === parameters &&
    header.checksum === record.checksum &&
    header.rows === record.rows &&
    header.key.collectionId === record.key.collectionId &&
    header.key.partitionId === record.key.partitionId &&
    header.key.fieldId === record.key.fieldId &&
    header.rows > 0 &&
    header.entryRow < header.rows &&
    size === record.sizeBytes &&
    size === fileBytes(header);
  if (!agrees) throw new Error("header and record differ");
  return header;
}

/** Reads one slice ahead of the checksum. False when stopped. */
async function readInto(
  file: FileHandle,
  part: Part,
  checksum: Checksum,
  position: number,
  address: number,
  bytes: number,
  stopped: () => boolean,
): Promise<boolean> {
  const read = async (at: number) => {
    const length = Math.min(SLICE_BYTES, bytes - at);
    const target = part.bytesAt(address + at, length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(target, done, length - done, position + at + done);
      if (bytesRead === 0) throw new Error("file ends early");
      done += bytesRead;
    }
    return length;
  };
  let next = bytes > 0 ? read(0) : undefined;
  for (let at = 0; next !== undefined; ) {
    const length = await next;
    const here = at;
    at += length;
    next = at < bytes ? read(at) : undefined;
    if (stopped()) {
      await next;
      return false;
    }
    checksum.add(address + here, length);
  }
  return true;
}
