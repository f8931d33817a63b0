import { closeSync, fstatSync, fsync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SegmentKey, SegmentOptions, SnapshotRecord } from "../contract.js";
import type { Part } from "../part.js";
import { ChecksumBuffer } from "../snapshot/checksum.js";
import { decodeHeaderBlock, encodeHeaderBlock, HEADER_BYTES } from "../snapshot/header-block.js";
import { companionOf, type SnapshotPlan, type WrittenSnapshot } from "../snapshot/snapshot-store.js";
import type { MakeIndex } from "./addon.js";
import { HnswGraph } from "./hnsw-graph.js";

/**
 * A graph on disk: the addon's own file, and beside it one that says which rows its labels are and what the addon's file
 * must look like. The addon trusts what it reads and ends the process when it is wrong, so it only gets a file whose
 * checksum and shape were looked at first.
 */
const FORMAT = 1;
const MAGIC = "ELANUSHN";
const PIECE_BYTES = 1024 * 1024;
/** The checksum's step. */
const STEP = 512;
/** Of the addon's file. */
const IMAGE_HEADER_BYTES = 96;

interface RowsHeader {
  readonly key: SegmentKey;
  readonly parameters: string;
  /** Labels, deleted rows among them. */
  readonly rows: number;
  readonly imageBytes: number;
  readonly imageChecksum: string;
  readonly rowsChecksum: string;
}

const flush = promisify(fsync);

/** What must be equal for a file to be of use: JSON, compared as text. */
export function hnswParameters(options: SegmentOptions): string {
  const { type, dimension, metric, m, efConstruction } = options;
  return JSON.stringify({ index: "hnswlib", format: FORMAT, type, dimension, metric, m, efConstruction });
}

/** Asked between pieces of work: undefined to go on at once, else a promise to wait for. */
export type Turn = () => Promise<void> | undefined;

/** Writes a graph, which must rest meanwhile. Both files appear whole or not at all, and are on the disk when this resolves. */
export async function writeGraph(plan: SnapshotPlan, graph: HnswGraph, turn: Turn): Promise<WrittenSnapshot> {
  const rows = graph.labels;
  const ids = graph.rowIds();
  const { m } = graph.parameters;
  const { dimension } = graph.part.geometry;
  mkdirSync(plan.folder, { recursive: true });
  const path = join(plan.folder, plan.file);
  const temporary = `${path}.tmp`;
  const rowsPath = companionOf(path);
  try {
    await graph.index.writeIndex(temporary);
    const image = openSync(temporary, "r+");
    let imageBytes: number;
    let imageChecksum: string;
    try {
      // The addon does not notice a disk that is full.
      if (!isImage(image, rows, m, dimension)) throw new Error("hnswlib wrote a short file");
      imageBytes = fstatSync(image).size;
      imageChecksum = await inTurns(checksumOf(image, 0, imageBytes), turn);
      await flush(image);
    } finally {
      closeSync(image);
    }
    const bytes = new Uint8Array(ids.buffer);
    const rowsChecksum = checksumOfBytes(bytes);
    const header: RowsHeader = {
      key: plan.key,
      parameters: plan.parameters,
      rows,
      imageBytes,
      imageChecksum,
      rowsChecksum,
    };
    const file = openSync(`${rowsPath}.tmp`, "w");
    try {
      writeAll(file, encodeHeaderBlock(MAGIC, FORMAT, header), 0);
      writeAll(file, bytes, HEADER_BYTES);
      await flush(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${rowsPath}.tmp`, rowsPath);
    renameSync(temporary, path);
    return { file: plan.file, checksum: imageChecksum, rows, sizeBytes: imageBytes, parameters: plan.parameters };
  } catch (error) {
    for (const left of [temporary, `${rowsPath}.tmp`, rowsPath, path]) rmSync(left, { force: true });
    throw error;
  }
}

/**
 * Reads the graph of a part whose rows are there already.
 *
 * @returns undefined when stopped
 * @throws an Error that says what does not fit: the caller removes the files and builds the graph instead
 */
export async function readGraph(
  folder: string,
  record: SnapshotRecord,
  options: SegmentOptions,
  make: MakeIndex,
  part: Part,
  turn: Turn,
  stopped: () => boolean,
): Promise<HnswGraph | undefined> {
  if (record.parameters !== hnswParameters(options)) throw new Error("made with other parameters");
  const path = join(folder, record.file);
  const ids = readRowIds(companionOf(path), record);
  const image = openSync(path, "r");
  try {
    const problem = await inTurns(lookAtImage(image, record, options.m, options.dimension), turn);
    if (problem !== undefined) throw new Error(problem);
  } finally {
    closeSync(image);
  }
  if (stopped()) return undefined;
  const index = make(options.metric, options.dimension);
  await index.readIndex(path);
  if (stopped()) return undefined;
  if (index.getCurrentCount() !== ids.length) throw new Error("hnswlib read another graph");
  const graph = HnswGraph.restored(index, options, part, ids);
  if (graph === undefined) throw new Error("of another source");
  return graph;
}

/** What is wrong with the files of a record; undefined when they are good. Reads everything. */
export function checkGraphFile(path: string, record: SnapshotRecord): string | undefined {
  readRowIds(companionOf(path), record);
  const { m, dimension } = JSON.parse(record.parameters) as { m: number; dimension: number };
  const image = openSync(path, "r");
  try {
    const look = lookAtImage(image, record, m, dimension);
    for (;;) {
      const step = look.next();
      if (step.done === true) return step.value;
    }
  } finally {
    closeSync(image);
  }
}

/** Row ids by label. @throws an Error that says what does not fit */
function readRowIds(path: string, record: SnapshotRecord): Float64Array {
  const file = openSync(path, "r");
  try {
    const header = decodeHeaderBlock(MAGIC, FORMAT, readAt(file, 0, HEADER_BYTES)) as RowsHeader | undefined;
    if (header === undefined) throw new Error("no header of this format");
    const agrees =
      header.parameters === record.parameters &&
      header.imageChecksum === record.checksum &&
      header.imageBytes === record.sizeBytes &&
      header.rows === record.rows &&
      header.rows > 0 &&
      header.key.collectionId === record.key.collectionId &&
      header.key.partitionId === record.key.partitionId &&
      header.key.fieldId === record.key.fieldId &&
      fstatSync(file).size === HEADER_BYTES + header.rows * 8;
    if (!agrees) throw new Error("header and record differ");
    const ids = new Float64Array(header.rows);
    const bytes = new Uint8Array(ids.buffer);
    bytes.set(readAt(file, HEADER_BYTES, bytes.length));
    if (checksumOfBytes(bytes) !== header.rowsChecksum) throw new Error("checksum of the row ids differs");
    return ids;
  } finally {
    closeSync(file);
  }
}

/** Returns what is wrong with the addon's file. */
function* lookAtImage(
  image: number,
  record: SnapshotRecord,
  m: number,
  dimension: number,
): Generator<undefined, string | undefined> {
  const { size } = fstatSync(image);
  if (size !== record.sizeBytes) return `is ${size} bytes long, not ${record.sizeBytes}`;
  if ((yield* checksumOf(image, 0, size)) !== record.checksum) return "checksum differs";
  return isImage(image, record.rows, m, dimension) ? undefined : "is no graph of hnswlib";
}

/** Whether a file is what the addon writes for such a graph, to its last byte. */
function isImage(file: number, rows: number, m: number, dimension: number): boolean {
  const { size } = fstatSync(file);
  if (size < IMAGE_HEADER_BYTES) return false;
  const header = readAt(file, 0, IMAGE_HEADER_BYTES);
  const number = (at: number) => Number(header.readBigUInt64LE(at));
  // A list of 2 m links and their count, the vector, the label.
  const elementBytes = 4 + 8 * m + 4 * dimension + 8;
  const shape =
    number(8) >= rows &&
    number(16) === rows &&
    number(24) === elementBytes &&
    number(32) === elementBytes - 8 &&
    number(40) === 4 + 8 * m &&
    header.readUInt32LE(52) < rows &&
    number(56) === m &&
    number(64) === 2 * m;
  if (!shape) return false;
  // Then, per row, the bytes of its upper lists and the lists.
  const listBytes = 4 + 4 * m;
  let at = IMAGE_HEADER_BYTES + rows * elementBytes;
  let piece: Buffer = Buffer.alloc(0);
  let pieceAt = at;
  for (let row = 0; row < rows; row++) {
    if (at + 4 > pieceAt + piece.length) {
      if (at + 4 > size) return false;
      piece = readAt(file, at, Math.min(PIECE_BYTES, size - at));
      pieceAt = at;
    }
    const bytes = piece.readUInt32LE(at - pieceAt);
    if (bytes % listBytes !== 0) return false;
    at += 4 + bytes;
  }
  return at === size;
}

/** The checksum of a section of a file, in pieces. */
function* checksumOf(file: number, from: number, to: number): Generator<undefined, string> {
  const buffer = new ChecksumBuffer(PIECE_BYTES);
  for (let at = from; at < to; at += PIECE_BYTES) {
    const bytes = Math.min(PIECE_BYTES, to - at);
    buffer.bytes.set(readAt(file, at, bytes));
    addPadded(buffer, bytes);
    yield;
  }
  return buffer.end();
}

function checksumOfBytes(bytes: Uint8Array): string {
  const buffer = new ChecksumBuffer(PIECE_BYTES);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    buffer.bytes.set(piece);
    addPadded(buffer, piece.length);
  }
  return buffer.end();
}

function addPadded(buffer: ChecksumBuffer, bytes: number): void {
  const padded = Math.ceil(bytes / STEP) * STEP;
  buffer.bytes.fill(0, bytes, padded);
  buffer.add(padded);
}

async function inTurns<T>(work: Generator<undefined, T>, turn: Turn): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    const pause = turn();
    if (pause !== undefined) await pause;
  }
}

/** @throws when the file ends early */
function readAt(file: number, position: number, bytes: number): Buffer {
  const block = Buffer.alloc(bytes);
  for (let done = 0; done < bytes; ) {
    const n = readSync(file, block, done, bytes - done, position + done);
    if (n === 0) throw new Error("file ends early");
    done += n;
  }
  return block;
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
