import { failure } from "../../../errors.js";
import type { SparseFieldType } from "./field-type.js";

/** Pairs of index and value; it has no dimension. */
export const sparseFloatVector: SparseFieldType = {
  family: "sparse",
  name: "SparseFloatVector",
  number: 104,
  metrics: ["IP", "BM25"],
  foreignMetrics: [],
  kernel: "sparse",
  refuseMetric: () => "only IP&BM25 is the supported metric type for sparse index",
  checkParams(field, _collection, fieldId) {
    if (field.params["dim"] !== undefined) throw failure("DimensionOnSparse", { field: field.name, fieldId });
  },
};
