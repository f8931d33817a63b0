import { failure } from "../../../errors.js";
import { floatVectorText } from "../../../values/float-vector-text.js";
import { shortestFloat } from "../../../values/float32.js";
import { isFloat32Array, isList } from "../../../values/js-value.js";
import { shownText } from "../../../values/shown-text.js";
import { mismatch, numberOf } from "./faults.js";
import type { DenseCodec, DenseFieldType, Target } from "./field-type.js";
import { checkDimension } from "./parameters.js";

const BYTES = 4;

/** The float32 numbers of stored bytes; a view where the bytes lie at a multiple of four, else a copy. */
export function float32View(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % BYTES === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / BYTES);
}

const codec: DenseCodec = {
  writer(bytes, target) {
    const { field } = target;
    const numbers = float32View(bytes);
    const dimension = Number(field.params["dim"]);
    return (value, row) => {
      if (value === undefined || value === null || value === "") throw missingVector(target);
      if (!isList(value)) {
        throw mismatch("json: cannot unmarshal value into Go value of type []float32", field.type, value);
      }
      if (value.length !== dimension) {
        throw failure("BadRow", {
          detail: `[]float32 size ${value.length} doesn't equal to vector dimension ${dimension} of ${field.type}`,
        });
      }
      const from = row * dimension;
      if (isFloat32Array(value)) numbers.set(value, from);
      else {
        for (let i = 0; i < dimension; i++) {
          const item = value[i];
          const number = typeof item === "number" ? item : numberOf(item);
          if (number === undefined) {
            throw mismatch("json: cannot unmarshal value into Go value of type float32", field.type, value);
          }
          numbers[from + i] = number;
        }
      }
      checkFinite(numbers, from, from + dimension, target, (at) => value[at - from]);
    };
  },
  checkBytes(bytes, target) {
    const numbers = float32View(bytes);
    checkFinite(numbers, 0, numbers.length, target, (at) => numbers[at]);
  },
  decode: (bytes) => Array.from(float32View(bytes), shortestFloat),
  json: (bytes) => floatVectorText(float32View(bytes)),
};

/** A required vector that a row does not bring. */
export function missingVector({ field }: Target): Error {
  return failure("BadRow", {
    detail: `missing vector field: ${field.name}: invalid parameter[expected=${field.type}][actual=]`,
  });
}

/** @param given what stood at an index, for the message */
function checkFinite(
  numbers: Float32Array,
  from: number,
  to: number,
  { late }: Target,
  given: (at: number) => unknown,
): void {
  for (let i = from; i < to; i++) {
    // x - x is 0 for finite numbers and NaN for the others.
    const number = numbers[i] as number;
    if (number - number !== 0) {
      late(failure("InvalidParameter", { text: `value '${shownText(given(i))}' is not a number or infinity` }));
      return;
    }
  }
}

export const floatVector: DenseFieldType = {
  family: "dense",
  name: "FloatVector",
  number: 101,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "float32",
  refuseMetric: (metric) => `float vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension * BYTES,
  checkParams: (field) => void checkDimension(field),
  codec,
};
