import { createHash } from "node:crypto";
import type { SegmentKey, SegmentOptions } from "../contract.js";
import type { Geometry } from "../kernel/geometry.js";

/**
 * Snapshot files: one header block, then the chunks of a part as they lie in memory, then the upper links. Every row in a
 * snapshot is in its graph. A file is a cache: it is trusted when its header, its record and its checksum agree.
 */
export const SNAPSHOT_FORMAT = 1;
export const SNAPSHOT_SUFFIX = ".elanus-graph";
export const HEADER_BYTES = 4096;
/** The checksum's step: every section is padded to it. */
export const SECTION_STEP = 512;
const MAGIC = Buffer.from("ELANUSVG", "latin1");
const DIGEST_BYTES = 32;

export interface SnapshotHeader {
  readonly format: number;
  readonly key: SegmentKey;
  /** `snapshotParameters` of the segment it was made from. */
  readonly parameters: string;
  readonly rows: number;
  readonly entryRow: number;
  readonly entryLevels: number;
  /** State, scale and middle of the eight-bit copies, as the control block has them. */
  readonly codes: readonly [number, number, number];
  readonly chunkBytes: number;
  readonly chunks: number;
  readonly upperBytes: number;
  /** Hex, over chunks and upper links. */
  readonly checksum: string;
}

/** What must be equal for a snapshot to be of use: JSON, compared as text. */
export function snapshotParameters(options: SegmentOptions, geometry: Geometry): string {
  const { type, dimension, metric, m, efConstruction } = options;
  const { strideBytes, rowShift } = geometry;
  return JSON.stringify({ format: SNAPSHOT_FORMAT, type, dimension, metric, m, efConstruction, strideBytes, rowShift });
}

export function sectionBytes(bytes: number): number {
  return Math.ceil(bytes / SECTION_STEP) * SECTION_STEP;
}

export function fileBytes(header: SnapshotHeader): number {
  return HEADER_BYTES + header.chunks * header.chunkBytes + sectionBytes(header.upperBytes);
}

/** magic, format, length of the JSON, JSON, zeros, SHA-256 of all before. */
export function encodeHeader(header: SnapshotHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const block = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(block, 0);
  block.writeUInt32LE(SNAPSHOT_FORMAT, 8);
  block.writeUInt32LE(json.length, 12);
  json.copy(block, 16);
  digest(block).copy(block, HEADER_BYTES - DIGEST_BYTES);
  return block;
}

/** The header, or undefined for anything that is not a whole header of this format. */
export function decodeHeader(block: Buffer): SnapshotHeader | undefined {
  if (block.length !== HEADER_BYTES || !block.subarray(0, 8).equals(MAGIC)) return undefined;
  if (block.readUInt32LE(8) !== SNAPSHOT_FORMAT) return undefined;
  if (!digest(block).equals(block.subarray(HEADER_BYTES - DIGEST_BYTES))) return undefined;
  const length = block.readUInt32LE(12);
  if (length > HEADER_BYTES - 16 - DIGEST_BYTES) return undefined;
  return JSON.parse(block.toString("utf8", 16, 16 + length)) as SnapshotHeader;
}

function digest(block: Buffer): Buffer {
  return createHash("sha256")
    .update(block.subarray(0, HEADER_BYTES - DIGEST_BYTES))
    .digest();
}
