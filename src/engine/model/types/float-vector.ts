import { failure } from "../../../errors.js";
import { floatVectorText } from "../../../values/float-vector-text.js";
import { shortestFloat } from "../../../values/float32.js";
import { isFloat32Array, isList } from "../../../values/js-value.js";
import { shownText } from "../../../values/shown-text.js";
import { FLOAT_INDEX_TYPES } from "./dense-index-types.js";
import { areNumbers, mismatch, numberOf } from "./faults.js";
import type { DenseCodec, DenseFieldType } from "./field-type.js";
import { checkDimension, dimensionParam } from "./parameters.js";
import { malformedQuery, missingVector, wrongLength } from "./vector-faults.js";

const BYTES = 4;

/** The float32 numbers of stored bytes; a view where the bytes lie at a multiple of four, else a copy. */
function float32View(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % BYTES === 0 ? bytes : bytes.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / BYTES);
}

/**
 * Puts the elements of a list at their places.
 * @returns false when one is no number; then some of them are written
 */
function putNumbers(list: ArrayLike<unknown>, numbers: Float32Array, from: number): boolean {
  if (isFloat32Array(list)) {
    numbers.set(list, from);
    return true;
  }
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const number = typeof item === "number" ? item : numberOf(item);
    if (number === undefined) return false;
    numbers[from + i] = number;
  }
  return true;
}

const NO_NUMBER = "json: cannot unmarshal value into Go value of type float32";

/** Where a number that is not finite stands, or -1. */
function notFinite(numbers: Float32Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    // x - x is 0 for finite numbers and NaN for the others.
    const number = numbers[i] as number;
    if (number - number !== 0) return i;
  }
  return -1;
}

function notANumber(value: unknown): Error {
  return failure("InvalidParameter", { text: `value '${shownText(value)}' is not a number or infinity` });
}

const codec: DenseCodec = {
  writer(bytes, { field, late }) {
    const numbers = float32View(bytes);
    const dimension = dimensionParam(field);
    return (value, row) => {
      if (value === undefined || value === null || value === "") throw missingVector(field);
      if (!isList(value)) {
        throw mismatch("json: cannot unmarshal value into Go value of type []float32", field.type, value);
      }
      const from = row * dimension;
      // What is no number is found before the length is looked at.
      if (value.length !== dimension && areNumbers(value)) throw wrongLength(field, "[]float32", value.length);
      if (value.length !== dimension || !putNumbers(value, numbers, from)) throw mismatch(NO_NUMBER, field.type, value);
      const bad = notFinite(numbers, from, from + dimension);
      if (bad >= 0) late(notANumber(value[bad - from]));
    };
  },
  checkBytes(bytes, { late }) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // All bits of the exponent are set in NaN and the infinities, and in nothing else.
    for (let at = 3; at < bytes.length; at += BYTES) {
      if (((bytes[at] as number) & 0x7f) === 0x7f && (bytes[at - 1] as number) >= 0x80) {
        late(notANumber(view.getFloat32(at - 3, true)));
        return;
      }
    }
  },
  encodeQuery(value, field) {
    const dimension = dimensionParam(field);
    if (!isList(value)) {
      throw malformedQuery(field, "json: cannot unmarshal value into Go value of type []float32", value);
    }
    if (value.length !== dimension && areNumbers(value)) {
      throw malformedQuery(field, `dimension: ${dimension}, but length of []float: ${value.length}`, value);
    }
    // Of the pool: a buffer of its own for each query would be the garbage collector's main work.
    const bytes = Buffer.allocUnsafe(dimension * BYTES);
    const numbers = float32View(bytes);
    if (value.length !== dimension || !putNumbers(value, numbers, 0)) throw malformedQuery(field, NO_NUMBER, value);
    const bad = notFinite(numbers, 0, dimension);
    if (bad >= 0) throw notANumber(value[bad]);
    return bytes;
  },
  decode: (bytes) => Array.from(float32View(bytes), shortestFloat),
  json: (bytes) => floatVectorText(float32View(bytes)),
};

export const floatVector: DenseFieldType = {
  family: "dense",
  name: "FloatVector",
  number: 101,
  served: true,
  indexTypes: FLOAT_INDEX_TYPES,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "float32",
  refuseMetric: (metric) => `float vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension * BYTES,
  checkParams: (field) => void checkDimension(field),
  codec,
};
