import { failure } from "../../../errors.js";
import type { Collection } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { MAX_RESULT_WINDOW } from "../../model/limits.js";
import type { FieldSchema } from "../../model/schema.js";
import { vectorType } from "../../model/types/table.js";

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
 * Query vectors of a field, as the bytes of its type.
 * @throws MalformedRequest (1801) for a wrong shape, InvalidParameter for NaN, QueryVectorCount (65535) for none or too many
 */
export function decodeQueryVectors(field: FieldSchema, data: readonly unknown[]): Uint8Array[] {
  if (data.length === 0 || data.length > MAX_RESULT_WINDOW) {
    throw failure("QueryVectorCount", { count: data.length, limit: MAX_RESULT_WINDOW });
  }
  const { codec } = vectorType(field.type);
  return Array.from(data, (vector) => codec.encodeQuery(vector, field));
}
