import { failure } from "../../../errors.js";
import type { VectorType } from "../../model/data-type.js";
import type { Metric } from "../../model/types/field-type.js";
import { KERNEL_FORMATS } from "./formats.js";
import type { KernelExports } from "./kernel.js";

/** How the rows of one part lie in its memory. Plain data: it goes to workers and into snapshot headers. */
export interface Geometry {
  readonly type: VectorType;
  readonly dimension: number;
  readonly metric: Metric;
  /** The metric's number in the kernel. */
  readonly metricCode: number;
  /** Links per row and level of the graph; 0: no room for a graph. */
  readonly m: number;
  /** Bytes of one vector as it is stored. */
  readonly vectorBytes: number;
  /** The same with padding. */
  readonly strideBytes: number;
  /** A chunk holds 2^rowShift rows. */
  readonly rowShift: number;
  /** Rows one memory (4 GiB) can take, graph and working memory included. */
  readonly maxRows: number;
}

const CACHE_LINE = 64;
const SIMD_BYTES = 16;
const CHUNK_BYTES_AIM = 256 * 1024;
const MEMORY_BYTES = 0xffff0000 - 24 * 1024 * 1024;

/** Lays out rows of vectors, with a graph of `m` links per row and level unless that is 0. */
export function geometryOf(
  vectors: Pick<Geometry, "type" | "dimension" | "metric" | "vectorBytes">,
  m: number,
  rowsAtMost: number,
): Geometry {
  const { type, dimension, metric, vectorBytes } = vectors;
  const format = KERNEL_FORMATS[type];
  const metricCode = format?.metrics[metric];
  if (format === undefined || metricCode === undefined) {
    throw failure("Internal", { reason: `the vector kernel has no ${metric} of ${type}` });
  }
  const step = vectorBytes >= format.alignFrom ? CACHE_LINE : SIMD_BYTES;
  const strideBytes = Math.ceil(vectorBytes / step) * step;
  const rowBytes = strideBytes * (m > 0 ? 1.25 : 1) + 8 * m + (m > 0 ? 4 : 0) + 8;
  const rowShift = Math.max(1, Math.min(12, Math.floor(Math.log2(CHUNK_BYTES_AIM / rowBytes))));
  // Upper links, marks of two threads, tombstones, filter, and results as long as the part.
  const besides = (m > 0 ? (4 * m + 4) / (m - 1) + 12 : 0) + 1 + 24;
  const maxRows = Math.min(rowsAtMost, Math.floor(MEMORY_BYTES / (rowBytes + besides)));
  return { type, dimension, metric, metricCode, m, vectorBytes, strideBytes, rowShift, maxRows };
}

/** Tells a kernel instance the geometry; once per instance, before anything else. */
export function applyGeometry(kernel: KernelExports, g: Geometry): void {
  kernel.init(g.dimension, g.strideBytes, g.metricCode, g.m, g.rowShift);
}
