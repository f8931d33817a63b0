import { failure } from "../../../errors.js";
import { isList } from "../../../values/js-value.js";
import { shownText } from "../../../values/shown-text.js";
import type { Collection } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { MAX_RESULT_WINDOW } from "../../model/limits.js";
import { dimensionOf, type FieldSchema } from "../../model/schema.js";
import { numberOf } from "../../model/types/faults.js";

/**
 * The vector field of a search: the named one, or the only one.
 * @throws MalformedRequest (1801)
 */
export function searchedField(collection: Collection, name: string | undefined): FieldSchema {
  const fields = collection.schema.fields.filter((f) => isVectorType(f.type));
  if (name === undefined || name === "") {
    if (fields.length === 1) return fields[0] as FieldSchema;
    throw failure("MalformedRequest", {
      detail: `search without annsField, but already found multiple vector fields: [${fields.map((f) => f.name).join(", ")},,,]`,
    });
  }
  const field = fields.find((f) => f.name === name);
  if (field === undefined) throw failure("MalformedRequest", { detail: `cannot find a vector field named: ${name}` });
  return field;
}

/**
 * Query vectors of a FloatVector field, as the bytes of its type.
 * @param data array of number[] or Float32Array, each of the field's dimension
 * @throws MalformedRequest (1801) for a wrong shape, InvalidParameter for NaN, QueryVectorCount (65535) for none or too many
 */
export function decodeQueryVectors(field: FieldSchema, data: readonly unknown[]): Uint8Array[] {
  if (data.length === 0 || data.length > MAX_RESULT_WINDOW) {
    throw failure("QueryVectorCount", { count: data.length, limit: MAX_RESULT_WINDOW });
  }
  const dimension = dimensionOf(field);
  return data.map((vector) => decodeQueryVector(field, dimension, vector));
}

function decodeQueryVector(field: FieldSchema, dimension: number, given: unknown): Uint8Array {
  if (!isList(given)) {
    throw malformed(field, "json: cannot unmarshal value into Go value of type []float32", given);
  }
  if (given.length !== dimension) {
    throw malformed(field, `dimension: ${dimension}, but length of []float: ${given.length}`, given);
  }
  const vector = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) {
    const item: unknown = given[i];
    const number = numberOf(item);
    if (number === undefined) {
      throw malformed(field, "json: cannot unmarshal value into Go value of type float32", given);
    }
    vector[i] = number;
    if (!Number.isFinite(vector[i])) {
      throw failure("InvalidParameter", { text: `value '${shownText(item)}' is not a number or infinity` });
    }
  }
  return new Uint8Array(vector.buffer);
}

function malformed(field: FieldSchema, detail: string, given: unknown): Error {
  return failure("MalformedRequest", {
    detail: `${detail}: invalid parameter[expected=${field.type}][actual=${shownText(given)}]`,
  });
}
