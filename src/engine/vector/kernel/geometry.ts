import { failure } from "../../../errors.js";
import type { DenseVectorType, VectorType } from "../../model/data-type.js";
import { SIGNATURE_BITS } from "../../model/minhash-params.js";
import type { Metric } from "../../model/types/field-type.js";
import type { VectorMemory } from "../contract.js";
import { KERNEL_FORMATS, type KernelFormat } from "./formats.js";
import type { KernelExports } from "./kernel.js";

/** How the rows of one part lie in its memory. Plain data: it goes to workers and into snapshot headers. */
export interface Geometry {
  readonly type: VectorType;
  readonly dimension: number;
  readonly metric: Metric;
  /** The numbers of type and metric in the kernel. */
  readonly formatCode: number;
  readonly metricCode: number;
  /** Links per row and level of the graph; 0: no room for a graph. */
  readonly m: number;
  /** Bytes of one vector as it is stored. */
  readonly vectorBytes: number;
  /** The same with padding and tail. */
  readonly strideBytes: number;
  /** Bytes at the end of the stride that belong to the metric. */
  readonly tailBytes: number;
  /** Bytes of an eight-bit copy; 0: none. */
  readonly codeBytes: number;
  /** False: only the copies lie in memory. */
  readonly holdsVectors: boolean;
  /** A chunk holds 2^rowShift rows. */
  readonly rowShift: number;
  /** Rows one memory (4 GiB) can take, graph and working memory included. */
  readonly maxRows: number;
}

const CACHE_LINE = 64;
const CHUNK_BYTES_AIM = 256 * 1024;
const MEMORY_BYTES = 0xffff0000 - 24 * 1024 * 1024;

/**
 * Lays out rows of vectors, with a graph of `m` links per row and level unless that is 0.
 *
 * @param memory `codes`: only their eight-bit copies, where their type and dimension have them
 */
export function geometryOf(
  vectors: Pick<Geometry, "type" | "dimension" | "metric" | "vectorBytes"> & { readonly elementBits?: number },
  m: number,
  rowsAtMost: number,
  memory: VectorMemory = "vectors",
): Geometry {
  const { type, dimension, metric, vectorBytes, elementBits = SIGNATURE_BITS } = vectors;
  const format: KernelFormat | undefined = KERNEL_FORMATS[type as DenseVectorType];
  const firstCode = format?.metrics[metric];
  if (format === undefined || firstCode === undefined) {
    throw failure("Internal", { reason: `the vector kernel has no ${metric} of ${type}` });
  }
  const metricCode = firstCode + (metric === "MHJACCARD" ? Math.log2(elementBits / 8) : 0);
  const step = vectorBytes >= format.alignFrom ? CACHE_LINE : format.step;
  const paddedBytes = Math.ceil(vectorBytes / step) * step;
  const tailBytes = format.tails[metric] ?? 0;
  const strideBytes = paddedBytes + tailBytes;
  const codeBytes = m > 0 || memory === "codes" ? copyBytes(format, paddedBytes) : 0;
  const holdsVectors = memory === "vectors" || codeBytes === 0;
  const nodeBytes = Math.ceil((codeBytes + 8 * m) / CACHE_LINE) * CACHE_LINE;
  const rowBytes = (holdsVectors ? strideBytes : 4) + nodeBytes + (m > 0 ? 8 : 0) + (codeBytes > 0 ? 4 : 0) + 8;
  const rowShift = Math.max(1, Math.min(12, Math.floor(Math.log2(CHUNK_BYTES_AIM / rowBytes))));
  // Upper links, marks of two threads, tombstones, filter, and results as long as the part.
  const besides = (m > 0 ? (4 * m + 4) / (m - 1) + 12 : 0) + 1 + 24;
  const maxRows = Math.min(rowsAtMost, Math.floor(MEMORY_BYTES / (rowBytes + besides)));
  const { code: formatCode } = format;
  return {
    ...{ type, dimension, metric, formatCode, metricCode, m },
    ...{ vectorBytes, strideBytes, tailBytes, codeBytes, holdsVectors, rowShift, maxRows },
  };
}

/** What an eight-bit copy of a vector takes; 0 where there is none. */
function copyBytes({ code8 }: KernelFormat, paddedBytes: number): number {
  return code8 === undefined || paddedBytes % code8.step !== 0 ? 0 : paddedBytes / code8.ratio;
}

/** True when the kernel has to prepare vectors before it can compare them. */
export function needsPreparing({ metric, tailBytes }: Geometry): boolean {
  return metric === "COSINE" || tailBytes > 0;
}

/** Tells a kernel instance the geometry; once per instance, before anything else. */
export function applyGeometry(kernel: KernelExports, g: Geometry): void {
  kernel.init(
    ...([
      g.dimension,
      g.formatCode,
      g.metricCode,
      g.strideBytes,
      g.tailBytes,
      g.codeBytes,
      g.m,
      g.rowShift,
      g.holdsVectors ? 1 : 0,
    ] as const),
  );
}
