import type { VectorType } from "../../model/data-type.js";
import type { Metric } from "../../model/types/field-type.js";

/** How the kernel works with the vectors of one type. */
export interface KernelFormat {
  /** Its metrics, by their numbers in `assembly/distance.ts`. */
  readonly metrics: Readonly<Partial<Record<Metric, number>>>;
  /** Bytes of a vector from which on vectors begin at a cache line. */
  readonly alignFrom: number;
}

/** The types that the kernel compares. To add one: a row here, and its distances in `assembly/`. */
export const KERNEL_FORMATS: Readonly<Partial<Record<VectorType, KernelFormat>>> = {
  FloatVector: { metrics: { L2: 0, IP: 1, COSINE: 2 }, alignFrom: 192 },
};
