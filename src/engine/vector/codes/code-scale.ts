import { Slices } from "../../../values/slices.js";
import type { SegmentOptions, VectorRows, VectorSource } from "../contract.js";
import { geometryOf } from "../kernel/geometry.js";
import { type CodeScale, Part } from "../part.js";
import type { ReadVectors } from "./coded-search.js";

/** Rows by which it is settled how vectors are copied. */
const SAMPLE_ROWS = 2048;
const IDS_PER_SLICE = 20_000;
const READ_AT_ONCE = 64;

/** Whether there are eight-bit copies of vectors of this type and dimension. */
export function hasCodes(options: SegmentOptions): boolean {
  return !geometryOf(options, 0, Number.POSITIVE_INFINITY, "codes").holdsVectors;
}

/** The scale of the eight-bit copies, from a sample of the vectors; undefined where copies are too coarse for them. */
export function scaleOf(options: SegmentOptions, vectors: VectorRows, rows: number): CodeScale | undefined {
  const part = new Part(geometryOf(options, 2, Number.POSITIVE_INFINITY));
  if (rows === 0 || !part.reserve(rows)) return undefined;
  if (
    part.stage(
      0,
      Float64Array.from({ length: rows }, (_, i) => i),
      vectors,
      0,
    ) >= 0
  )
    return undefined;
  part.publish(rows);
  part.kernel.encodeRows(0, 0);
  return part.coded ? part.scale.map((word, i) => (i < 3 ? word : 0)) : undefined;
}

/** The same of stored rows; undefined when stopped, too. */
export async function scaleOfSource(
  options: SegmentOptions,
  source: VectorSource,
  read: ReadVectors,
  rows: number,
  stopped: () => boolean,
): Promise<CodeScale | undefined> {
  const step = Math.max(1, Math.floor(rows / SAMPLE_ROWS));
  const slices = new Slices();
  const vectors: Uint8Array[] = [];
  for (let after = -1, seen = 0; ; ) {
    const ids = source.rowIds(after, IDS_PER_SLICE);
    const drawn = Array.from(ids).filter((_, i) => (seen + i) % step === 0);
    seen += ids.length;
    for (let i = 0; i < drawn.length; i += READ_AT_ONCE) {
      for (const vector of read(drawn.slice(i, i + READ_AT_ONCE))) if (vector !== undefined) vectors.push(vector);
      if (!slices.over) continue;
      await slices.next();
      if (stopped()) return undefined;
    }
    if (ids.length < IDS_PER_SLICE) break;
    after = ids[ids.length - 1]!;
  }
  return scaleOf(options, vectors, vectors.length);
}

/** Vectors of a sample of the rows of some parts. */
export function sampleOf(parts: readonly Part[]): Uint8Array[] {
  const rows = parts.reduce((sum, part) => sum + part.live, 0);
  const step = Math.max(1, Math.floor(rows / SAMPLE_ROWS));
  return parts.flatMap((part) =>
    Array.from(
      part.liveOrdinals(0, part.rows).filter((_, i) => i % step === 0),
      (ordinal) => part.vectorOf(ordinal).slice(),
    ),
  );
}
