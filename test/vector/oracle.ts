import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type { SegmentKey, SegmentOptions, VectorIndexName, VectorSource } from "../../src/engine/vector/contract.js";
import { findPackage } from "../../src/runtime/packages.js";

/** The implementations of the contract that can be tried here: hnswlib-node is optional. */
export const INDEXES: readonly VectorIndexName[] = isInstalled("hnswlib-node") ? ["kernel", "hnswlib"] : ["kernel"];

function isInstalled(name: string): boolean {
  try {
    findPackage(name);
    return true;
  } catch {
    return false;
  }
}

/** Score in Milvus' orientation, in double precision. */
export function scoreOf(metric: PlainMetric, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let l2 = 0;
  let na = 0;
  let nb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    dot += x * y;
    l2 += (x - y) ** 2;
    na += x * x;
    nb += y * y;
  }
  if (metric === "L2") return l2;
  if (metric === "IP") return dot;
  return na === 0 || nb === 0 ? 0 : Math.max(-1, Math.min(1, dot / Math.sqrt(na) / Math.sqrt(nb)));
}

/** The rows a segment should hold, and what a search of them should find. */
export class Oracle implements VectorSource {
  readonly rows = new Map<number, Float32Array>();
  readonly metric: PlainMetric;

  constructor(metric: PlainMetric) {
    this.metric = metric;
  }

  search(query: Float32Array, k: number, allowed?: ReadonlySet<number>): { rowId: number; score: number }[] {
    const hits: { rowId: number; score: number }[] = [];
    for (const [rowId, vector] of this.rows) {
      if (allowed === undefined || allowed.has(rowId)) {
        hits.push({ rowId, score: scoreOf(this.metric, query, vector) });
      }
    }
    const sign = this.metric === "L2" ? 1 : -1;
    hits.sort((a, b) => sign * (a.score - b.score) || a.rowId - b.rowId);
    return hits.slice(0, k);
  }

  /** Ids of all rows, ascending. */
  ids(): Float64Array {
    return Float64Array.from(this.rows.keys()).sort();
  }

  count(): number {
    return this.rows.size;
  }

  vectorsOf(rowIds: readonly number[]): (Uint8Array | undefined)[] {
    return rowIds.map((rowId) => {
      const vector = this.rows.get(rowId);
      return vector && asBytes(vector);
    });
  }

  rowIds(after: number, limit: number): Float64Array {
    return this.ids()
      .filter((id) => id > after)
      .slice(0, limit);
  }

  read(after: number, limit: number) {
    return this.readRows(this.rowIds(after, limit));
  }

  readRows(rowIds: Float64Array) {
    const found = rowIds.filter((id) => this.rows.has(id));
    const vectors = Array.from(found, (id) => {
      const v = this.rows.get(id)!;
      return new Uint8Array(v.buffer.slice(v.byteOffset, v.byteOffset + v.byteLength));
    });
    return { rowIds: found, vectors };
  }
}

/** Deterministic numbers in [0, 1). */
export function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x9e3779b9) >>> 0;
    let t = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 4294967296;
  };
}

/** `n` vectors around `clusters` centres, row-major. The centres are the same for every seed. */
export function clustered(n: number, dimension: number, seed: number, clusters = 20): Float32Array {
  const next = random(seed);
  const gauss = () => next() + next() + next() - 1.5;
  const place = random(4711);
  const centres = Float32Array.from({ length: clusters * dimension }, () => place() + place() + place() - 1.5);
  const out = new Float32Array(n * dimension);
  for (let i = 0; i < n; i++) {
    const c = Math.floor(next() * clusters) * dimension;
    for (let j = 0; j < dimension; j++) out[i * dimension + j] = centres[c + j]! + 0.4 * gauss();
  }
  return out;
}

/** The stored form of float32 vectors. */
export function asBytes(vectors: Float32Array): Uint8Array {
  return new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
}

export function rowsOf(from: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => from + i);
}

let nextPartition = 1;
export function segmentOptions(
  dimension: number,
  metric: PlainMetric,
  kind: "exact" | "graph",
  more: Partial<SegmentOptions> = {},
): SegmentOptions {
  const key: SegmentKey = { collectionId: 1, partitionId: nextPartition++, fieldId: 100 };
  const type = "FloatVector";
  return { type, dimension, vectorBytes: dimension * 4, metric, kind, m: 8, efConstruction: 100, key, ...more };
}
