import type { DenseVectorType } from "../../model/data-type.js";
import type { Metric } from "../../model/types/field-type.js";

/** How the kernel works with the vectors of one type. */
export interface KernelFormat {
  /** Its number in `assembly/numbers.ts`. */
  readonly code: number;
  /** Its metrics, by their numbers in `assembly/layout.ts`; of elements, the number for those of eight bits. */
  readonly metrics: Readonly<Partial<Record<Metric, number>>>;
  /** Vectors take a multiple of this many bytes. */
  readonly step: number;
  /** Bytes of a vector from which on vectors begin at a cache line. */
  readonly alignFrom: number;
  /** Bytes behind a vector, by metric: of the cosine its length (float32 is scaled to length 1 instead), how many bits are set. */
  readonly tails: Readonly<Partial<Record<Metric, number>>>;
  /** Bytes of a vector to one of its eight-bit copy, and those of the pieces in which copies are made; undefined: no copies. */
  readonly code8?: { readonly ratio: number; readonly step: number };
}

const ofNumbers = { L2: 0, IP: 1, COSINE: 2 };
const half = {
  metrics: ofNumbers,
  step: 32,
  alignFrom: Number.POSITIVE_INFINITY,
  tails: { COSINE: 16 },
  code8: { ratio: 2, step: 32 },
};

/** The types that the kernel compares. To add one: a row here, and its distances in `assembly/`. */
export const KERNEL_FORMATS: Readonly<Record<DenseVectorType, KernelFormat>> = {
  FloatVector: {
    code: 0,
    metrics: ofNumbers,
    step: 16,
    alignFrom: 192,
    tails: {},
    code8: { ratio: 4, step: 64 },
  },
  Float16Vector: { code: 1, ...half },
  BFloat16Vector: { code: 2, ...half },
  Int8Vector: { code: 3, metrics: ofNumbers, step: 16, alignFrom: Number.POSITIVE_INFINITY, tails: { COSINE: 16 } },
  BinaryVector: {
    code: 4,
    metrics: { HAMMING: 3, JACCARD: 4, MHJACCARD: 5 },
    step: 8,
    alignFrom: Number.POSITIVE_INFINITY,
    tails: { JACCARD: 8 },
  },
};
