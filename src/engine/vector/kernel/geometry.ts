import type { MetricType } from "../../model/collection.js";
import type { KernelExports } from "./kernel.js";

/** How the rows of one part lie in its memory. Plain data: it goes to workers and into snapshot headers. */
export interface Geometry {
  readonly dimension: number;
  readonly metric: MetricType;
  /** Links per row and level of the graph; 0: no room for a graph. */
  readonly m: number;
  /** Bytes of one vector with its padding. */
  readonly strideBytes: number;
  /** A chunk holds 2^rowShift rows. */
  readonly rowShift: number;
  /** Rows one memory (4 GiB) can take, graph and working memory included. */
  readonly maxRows: number;
}

const METRIC_CODE: Readonly<Record<MetricType, number>> = { L2: 0, IP: 1, COSINE: 2 };
const CHUNK_BYTES_AIM = 256 * 1024;
const MEMORY_BYTES = 0xffff0000 - 24 * 1024 * 1024;

/** Lays out rows of `dimension` floats. Vectors from 48 dimensions on start at a cache line. */
export function geometryOf(dimension: number, metric: MetricType, m: number, rowsAtMost: number): Geometry {
  const floats = dimension >= 48 ? 16 : 4;
  const strideBytes = Math.ceil(dimension / floats) * floats * 4;
  const rowBytes = strideBytes * (m > 0 ? 1.25 : 1) + 8 * m + (m > 0 ? 4 : 0) + 8;
  const rowShift = Math.max(1, Math.min(12, Math.floor(Math.log2(CHUNK_BYTES_AIM / rowBytes))));
  // Upper links, marks of two threads, tombstones, filter, and results as long as the part.
  const besides = (m > 0 ? (4 * m + 4) / (m - 1) + 12 : 0) + 1 + 24;
  const maxRows = Math.min(rowsAtMost, Math.floor(MEMORY_BYTES / (rowBytes + besides)));
  return { dimension, metric, m, strideBytes, rowShift, maxRows };
}

/** Tells a kernel instance the geometry; once per instance, before anything else. */
export function applyGeometry(kernel: KernelExports, g: Geometry): void {
  kernel.init(g.dimension, g.strideBytes, METRIC_CODE[g.metric], g.m, g.rowShift);
}
