import { failure } from "../../../errors.js";
import { MAX_DIMENSION } from "../limits.js";
import type { DenseFieldType } from "./field-type.js";
import { checkDimension } from "./parameters.js";

/** Bits, eight to a byte; the dimension counts bits. */
export const binaryVector: DenseFieldType = {
  family: "dense",
  name: "BinaryVector",
  number: 100,
  metrics: ["HAMMING", "JACCARD"],
  foreignMetrics: ["MHJACCARD", "SUBSTRUCTURE", "SUPERSTRUCTURE"],
  kernel: "bits",
  refuseMetric: (metric) => `binary vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension / 8,
  checkParams(field) {
    const given = field.params["dim"] ?? "";
    if (Number(given) >= 2 && Number(given) % 8 !== 0 && Number.isSafeInteger(Number(given))) {
      throw failure("DimensionNotInBytes", { field: field.name, dimension: given });
    }
    checkDimension(field, "binary vector", MAX_DIMENSION * 8);
  },
};
