import type { DenseFieldType } from "./field-type.js";
import { checkDimension } from "./parameters.js";

/** Dense types of less than four bytes per component. */

/** IEEE binary16. */
export const float16Vector: DenseFieldType = {
  family: "dense",
  name: "Float16Vector",
  number: 102,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "float16",
  refuseMetric: (metric) => `float vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension * 2,
  checkParams: (field) => void checkDimension(field),
};

/** The upper half of a float32. */
export const bfloat16Vector: DenseFieldType = {
  family: "dense",
  name: "BFloat16Vector",
  number: 103,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "bfloat16",
  refuseMetric: (metric) => `float vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension * 2,
  checkParams: (field) => void checkDimension(field),
};

/** Signed bytes. */
export const int8Vector: DenseFieldType = {
  family: "dense",
  name: "Int8Vector",
  number: 105,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "int8",
  refuseMetric: (metric) => `int vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension,
  checkParams: (field) => void checkDimension(field),
};
