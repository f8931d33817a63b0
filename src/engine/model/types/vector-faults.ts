import { failure } from "../../../errors.js";
import { shownText } from "../../../values/shown-text.js";
import type { TypedField } from "./field-type.js";

/** A required vector that a row does not bring. */
export function missingVector(field: TypedField): Error {
  return failure("BadRow", {
    detail: `missing vector field: ${field.name}: invalid parameter[expected=${field.type}][actual=]`,
  });
}

/** A vector of a row that is too short or too long. `list` is the server's name of what was counted. */
export function wrongLength(field: TypedField, list: "[]float32" | "[]byte" | "[]int8", length: number): Error {
  const dimension = field.params["dim"];
  return failure("BadRow", {
    detail: `${list} size ${length} doesn't equal to vector dimension ${dimension} of ${field.type}`,
  });
}

/** A query vector that does not fit its field. */
export function malformedQuery(field: TypedField, detail: string, given: unknown): Error {
  return failure("MalformedRequest", {
    detail: `${detail}: invalid parameter[expected=${field.type}][actual=${shownText(given)}]`,
  });
}
