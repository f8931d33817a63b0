import { failure } from "../../../errors.js";
import { readBase64, writeBase64 } from "../../../values/base64.js";
import { fromBFloat16, fromFloat16, toBFloat16, toFloat16 } from "../../../values/float16.js";
import { isList, typedArrayName } from "../../../values/js-value.js";
import { FLOAT_INDEX_TYPES } from "./dense-index-types.js";
import { areNumbers, mismatch, numberOf } from "./faults.js";
import type { DenseCodec, DenseFieldType, TypedField } from "./field-type.js";
import { checkDimension, dimensionParam } from "./parameters.js";
import { malformedQuery, missingVector, wrongLength } from "./vector-faults.js";

const BYTES = 2;

/** One of the two ways to say a number in sixteen bits. */
interface HalfForm {
  readonly name: "Float16Vector" | "BFloat16Vector";
  readonly number: number;
  readonly kernel: "float16" | "bfloat16";
  readonly toBits: (value: number) => number;
  readonly fromBits: (bits: number) => number;
  /** All of them are set in NaN and the infinities, and in nothing else. */
  readonly exponentBits: number;
}

const NO_NUMBER = "json: cannot unmarshal value into Go value of type float32";

/** Stored bytes from base64 text or a Uint8Array; undefined for every other value. */
function givenBytes(value: unknown): Uint8Array | undefined {
  if (typeof value === "string") return readBase64(value);
  return typedArrayName(value) === "Uint8Array" ? (value as Uint8Array) : undefined;
}

function codecOf({ kernel, toBits, fromBits, exponentBits }: HalfForm): DenseCodec {
  /** @returns false when an element is no number */
  function putNumbers(list: ArrayLike<unknown>, bytes: Uint8Array, from: number): boolean {
    for (let i = 0; i < list.length; i++) {
      const number = numberOf(list[i]);
      if (number === undefined) return false;
      const bits = toBits(number);
      bytes[from + 2 * i] = bits;
      bytes[from + 2 * i + 1] = bits >>> 8;
    }
    return true;
  }

  function bitsAt(bytes: Uint8Array, at: number): number {
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  }

  function allFinite(bytes: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at += BYTES) if ((bitsAt(bytes, at) & exponentBits) === exponentBits) return false;
    return true;
  }

  function notFinite(): Error {
    return failure("VectorNotFinite", { vectors: kernel });
  }

  /** A row's vector, written at its place; the length is counted in bytes, whatever it was given as. */
  function put(value: unknown, field: TypedField, bytes: Uint8Array, from: number): void {
    const size = dimensionParam(field) * BYTES;
    const given = givenBytes(value);
    if (given !== undefined) {
      if (given.length !== size) throw wrongLength(field, "[]byte", given.length);
      bytes.set(given, from);
    } else if (isList(value)) {
      const length = value.length * BYTES;
      // What is no number is found before the length is looked at.
      if (length !== size && areNumbers(value)) throw wrongLength(field, "[]byte", length);
      if (length !== size || !putNumbers(value, bytes, from)) throw mismatch(NO_NUMBER, field.type, value);
    } else if (typeof value === "string") throw mismatch("illegal base64 data", field.type, value);
    else throw failure("BadRow", { detail: `invalid vector field: ${field.name}` });
  }

  return {
    writer(bytes, { field, late }) {
      const size = dimensionParam(field) * BYTES;
      return (value, row) => {
        if (value === undefined || value === null || value === "") throw missingVector(field);
        const from = row * size;
        put(value, field, bytes, from);
        if (!allFinite(bytes, from, from + size)) late(notFinite());
      };
    },
    checkBytes(bytes, { late }) {
      if (!allFinite(bytes, 0, bytes.length)) late(notFinite());
    },
    encodeQuery(value, field) {
      const dimension = dimensionParam(field);
      const size = dimension * BYTES;
      const given = givenBytes(value);
      if (given !== undefined && given.length !== size) {
        const bytes = `dimension: ${dimension}, bytesLen: ${size}, but length of []byte: ${given.length}`;
        throw malformedQuery(field, bytes, value);
      }
      let query = given;
      if (query === undefined) {
        if (!isList(value)) throw malformedQuery(field, "invalid type", value);
        if (value.length !== dimension && areNumbers(value)) {
          throw malformedQuery(field, `dimension: ${dimension}, but length of []float: ${value.length}`, value);
        }
        query = new Uint8Array(size);
        if (value.length !== dimension || !putNumbers(value, query, 0)) throw malformedQuery(field, NO_NUMBER, value);
      }
      if (!allFinite(query, 0, size)) throw notFinite();
      return query;
    },
    decode(bytes) {
      const numbers = new Float32Array(bytes.length / BYTES);
      for (let i = 0; i < numbers.length; i++) numbers[i] = fromBits(bitsAt(bytes, i * BYTES));
      return numbers;
    },
    json: (bytes) => `"${writeBase64(bytes)}"`,
  };
}

function halfType(form: HalfForm): DenseFieldType {
  return {
    family: "dense",
    name: form.name,
    number: form.number,
    served: true,
    indexTypes: FLOAT_INDEX_TYPES,
    metrics: ["COSINE", "L2", "IP"],
    foreignMetrics: [],
    kernel: form.kernel,
    refuseMetric: (metric) => `float vector index does not support metric type: ${metric}`,
    bytesPerVector: (dimension) => dimension * BYTES,
    checkParams: (field) => void checkDimension(field),
    codec: codecOf(form),
  };
}

/** IEEE binary16. */
export const float16Vector: DenseFieldType = halfType({
  name: "Float16Vector",
  number: 102,
  kernel: "float16",
  toBits: toFloat16,
  fromBits: fromFloat16,
  exponentBits: 0x7c00,
});

/** The upper half of a float32. */
export const bfloat16Vector: DenseFieldType = halfType({
  name: "BFloat16Vector",
  number: 103,
  kernel: "bfloat16",
  toBits: toBFloat16,
  fromBits: fromBFloat16,
  exponentBits: 0x7f80,
});
