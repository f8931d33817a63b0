import type { SegmentKey, SegmentOptions } from "../contract.js";
import type { Geometry } from "../kernel/geometry.js";
import type { CodeScale } from "../part.js";
import { decodeHeaderBlock, encodeHeaderBlock, HEADER_BYTES } from "./header-block.js";

/**
 * Snapshot files of the kernel: one header block, then the chunks of a part as they lie in memory, then the upper links.
 * Every row in a snapshot is in its graph. A file is a cache: it is trusted when its header, its record and its checksum
 * agree.
 */
export const SNAPSHOT_FORMAT = 2;
const MAGIC = "ELANUSVG";
/** The checksum's step: every section is padded to it. */
const SECTION_STEP = 512;

export interface SnapshotHeader {
  readonly format: number;
  readonly key: SegmentKey;
  /** `snapshotParameters` of the segment it was made from. */
  readonly parameters: string;
  readonly rows: number;
  readonly entryRow: number;
  readonly entryLevels: number;
  /** Of the eight-bit copies. */
  readonly codes: CodeScale;
  readonly chunkBytes: number;
  readonly chunks: number;
  readonly upperBytes: number;
  /** Hex, over chunks and upper links. */
  readonly checksum: string;
}

/** What must be equal for a snapshot to be of use: JSON, compared as text. */
export function snapshotParameters(options: SegmentOptions, geometry: Geometry): string {
  const { type, dimension, metric, m, efConstruction } = options;
  const { strideBytes, rowShift, holdsVectors } = geometry;
  const layout = { strideBytes, rowShift, ...(holdsVectors ? {} : { memory: "codes" }) };
  return JSON.stringify({ format: SNAPSHOT_FORMAT, type, dimension, metric, m, efConstruction, ...layout });
}

export function sectionBytes(bytes: number): number {
  return Math.ceil(bytes / SECTION_STEP) * SECTION_STEP;
}

export function fileBytes(header: SnapshotHeader): number {
  return HEADER_BYTES + header.chunks * header.chunkBytes + sectionBytes(header.upperBytes);
}

export function encodeHeader(header: SnapshotHeader): Buffer {
  return encodeHeaderBlock(MAGIC, SNAPSHOT_FORMAT, header);
}

/** The header, or undefined for anything that is not a whole header of this format. */
export function decodeHeader(block: Buffer): SnapshotHeader | undefined {
  return decodeHeaderBlock(MAGIC, SNAPSHOT_FORMAT, block) as SnapshotHeader | undefined;
}
