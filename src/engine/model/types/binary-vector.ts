import { failure } from "../../../errors.js";
import { readBase64, writeBase64 } from "../../../values/base64.js";
import { toInteger } from "../../../values/int64.js";
import { isList, saidValue } from "../../../values/js-value.js";
import { MAX_DIMENSION } from "../limits.js";
import { mismatch } from "./faults.js";
import type { DenseCodec, DenseFieldType } from "./field-type.js";
import { checkDimension, dimensionParam, readInteger } from "./parameters.js";
import { malformedQuery, missingVector, wrongLength } from "./vector-faults.js";

/** The bytes of a base64 text, or the list that was given; undefined for every other value. */
function elementsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (typeof value === "string") return readBase64(value);
  return isList(value) ? value : undefined;
}

/** @returns undefined for what is no byte */
function byteOf(item: unknown): number | undefined {
  const said = saidValue(item);
  const integer = typeof said === "string" ? undefined : toInteger(said, "Int16");
  return integer === undefined || integer < 0 || integer > 255 ? undefined : Number(integer);
}

/** @returns false when an element is no byte */
function putBytes(list: ArrayLike<unknown>, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < list.length; i++) {
    const byte = byteOf(list[i]);
    if (byte === undefined) return false;
    bytes[from + i] = byte;
  }
  return true;
}

function areBytes(list: ArrayLike<unknown>): boolean {
  for (let i = 0; i < list.length; i++) if (byteOf(list[i]) === undefined) return false;
  return true;
}

const NO_LIST = "illegal base64 data";
const NO_BYTE = "json: cannot unmarshal value into Go value of type uint8";

const codec: DenseCodec = {
  writer(bytes, { field }) {
    const size = dimensionParam(field) / 8;
    return (value, row) => {
      if (value === undefined || value === null || value === "") throw missingVector(field);
      const list = elementsOf(value);
      if (list === undefined) throw mismatch(NO_LIST, field.type, value);
      if (list.length !== size) {
        throw areBytes(list) ? wrongLength(field, "[]byte", list.length) : mismatch(NO_BYTE, field.type, value);
      }
      if (!putBytes(list, bytes, row * size)) throw mismatch(NO_BYTE, field.type, value);
    };
  },
  checkBytes() {},
  encodeQuery(value, field) {
    const dimension = dimensionParam(field);
    const size = dimension / 8;
    const list = elementsOf(value);
    if (list === undefined) throw malformedQuery(field, NO_LIST, value);
    if (list.length !== size && areBytes(list)) {
      const text = `dimension: ${dimension}, bytesLen: ${size}, but length of []byte: ${list.length}`;
      throw malformedQuery(field, text, value);
    }
    const bytes = new Uint8Array(size);
    if (list.length !== size || !putBytes(list, bytes, 0)) throw malformedQuery(field, NO_BYTE, value);
    return bytes;
  },
  decode: (bytes) => bytes.slice(),
  json: (bytes) => `"${writeBase64(bytes)}"`,
};

/** Bits, eight to a byte; the dimension counts bits. */
export const binaryVector: DenseFieldType = {
  family: "dense",
  name: "BinaryVector",
  number: 100,
  served: true,
  indexTypes: ["BIN_FLAT", "BIN_IVF_FLAT", "HNSW", "MINHASH_LSH"],
  metrics: ["HAMMING", "JACCARD", "MHJACCARD"],
  foreignMetrics: ["SUBSTRUCTURE", "SUPERSTRUCTURE"],
  kernel: "bits",
  refuseMetric: (metric) => `binary vector index does not support metric type: ${metric}`,
  bytesPerVector: (dimension) => dimension / 8,
  checkParams(field) {
    const given = field.params["dim"] ?? "";
    const dimension = readInteger(given);
    if (dimension !== undefined && dimension >= 2 && dimension % 8 !== 0) {
      throw failure("DimensionNotInBytes", { field: field.name, dimension: given });
    }
    checkDimension(field, "binary vector", MAX_DIMENSION * 8);
  },
  codec,
};
