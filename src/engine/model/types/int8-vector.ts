import { readBase64, writeBase64 } from "../../../values/base64.js";
import { toInteger } from "../../../values/int64.js";
import { isList, saidValue, typedArrayName } from "../../../values/js-value.js";
import { HNSW_INDEX_TYPES } from "./dense-index-types.js";
import { mismatch } from "./faults.js";
import type { DenseCodec, DenseFieldType } from "./field-type.js";
import { checkDimension, dimensionParam } from "./parameters.js";
import { malformedQuery, missingVector, wrongLength } from "./vector-faults.js";

/** Stored bytes of a base64 text or a Uint8Array, or the list of numbers that was given; undefined for every other value. */
function elementsOf(value: unknown): ArrayLike<unknown> | undefined {
  const bytes = typeof value === "string" ? readBase64(value) : value;
  if (typedArrayName(bytes) === "Uint8Array") {
    const view = bytes as Uint8Array;
    return new Int8Array(view.buffer, view.byteOffset, view.byteLength);
  }
  return isList(bytes) ? bytes : undefined;
}

/** @returns undefined for what is no integer of eight bits */
function integerOf(item: unknown): number | bigint | undefined {
  const said = saidValue(item);
  return typeof said === "string" ? undefined : toInteger(said, "Int8");
}

/** @returns false when an element is no integer of eight bits */
function putIntegers(list: ArrayLike<unknown>, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < list.length; i++) {
    const integer = integerOf(list[i]);
    if (integer === undefined) return false;
    bytes[from + i] = Number(integer);
  }
  return true;
}

function areIntegers(list: ArrayLike<unknown>): boolean {
  for (let i = 0; i < list.length; i++) if (integerOf(list[i]) === undefined) return false;
  return true;
}

const NO_LIST = "json: cannot unmarshal value into Go value of type []int8";
const NO_INTEGER = "json: cannot unmarshal value into Go value of type int8";

const codec: DenseCodec = {
  writer(bytes, { field }) {
    const dimension = dimensionParam(field);
    return (value, row) => {
      if (value === undefined || value === null || value === "") throw missingVector(field);
      const list = elementsOf(value);
      if (list === undefined) throw mismatch(NO_LIST, field.type, value);
      if (list.length !== dimension) {
        throw areIntegers(list) ? wrongLength(field, "[]int8", list.length) : mismatch(NO_INTEGER, field.type, value);
      }
      if (!putIntegers(list, bytes, row * dimension)) throw mismatch(NO_INTEGER, field.type, value);
    };
  },
  checkBytes() {},
  encodeQuery(value, field) {
    const dimension = dimensionParam(field);
    const list = elementsOf(value);
    if (list === undefined) throw malformedQuery(field, NO_LIST, value);
    if (list.length !== dimension && areIntegers(list)) {
      throw malformedQuery(field, `dimension: ${dimension}, but length of []int8: ${list.length}`, value);
    }
    const bytes = new Uint8Array(dimension);
    if (list.length !== dimension || !putIntegers(list, bytes, 0)) throw malformedQuery(field, NO_INTEGER, value);
    return bytes;
  },
  decode: (bytes) => new Int8Array(bytes.slice().buffer),
  json: (bytes) => `"${writeBase64(bytes)}"`,
};

/** Signed bytes. */
export const int8Vector: DenseFieldType = {
  family: "dense",
  name: "Int8Vector",
  number: 105,
  served: true,
  indexTypes: HNSW_INDEX_TYPES,
  metrics: ["COSINE", "L2", "IP"],
  foreignMetrics: [],
  kernel: "int8",
  refuseMetric: (metric) => `int vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension,
  checkParams: (field) => void checkDimension(field),
  codec,
};
