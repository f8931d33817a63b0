import type { DataType } from "../engine/model/data-type.js";
import { INTEGER_BOUNDS, type IntegerType } from "../values/int64.js";
import { isJsonNumber, JsonDouble } from "../values/json-number.js";
import { jsonText } from "../values/json-text.js";
import { shownText } from "../values/shown-text.js";
import { FileFault } from "./file-fault.js";
import type { FileField } from "./file-shape.js";

/**
 * What a value of a JSON text becomes in a column (`contract/column.ts`), by the rules of files, which are narrower than those of
 * requests: numbers are not written as texts, nor vectors as base64.
 */
export type CellReader = (value: unknown) => unknown;

/** The reader of a scalar field. Its faults are `FileFault`. */
export function cellReader(field: FileField): CellReader {
  if (field.type !== "Array") return readerOf(field, field.type);
  const element = readerOf(field, field.elementType as DataType);
  return (value) => {
    if (!Array.isArray(value)) throw mismatch(field, "Array", value);
    return value.map((item: unknown) => {
      if (item === null) throw new FileFault(`array element is not allowed to be null value for field '${field.name}'`);
      return element(item);
    });
  };
}

function readerOf(field: FileField, type: DataType): CellReader {
  switch (type) {
    case "Bool":
      return (value) => (typeof value === "boolean" ? value : refuse(field, type, value));
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64":
      return (value) => integerCell(field, type, value);
    case "Float":
    case "Double":
      return (value) => (isJsonNumber(value) ? Number(value) : refuse(field, type, value));
    case "JSON":
      return (value) => jsonCell(field, value);
    default:
      return (value) => (typeof value === "string" ? value : refuse(field, type, value));
  }
}

function integerCell(field: FileField, type: IntegerType, value: unknown): number | bigint {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value))) {
    return refuse(field, type, value);
  }
  const [least, most] = INTEGER_BOUNDS[type];
  if (value < least || value > most) {
    throw new FileFault(`value '${value}' of field '${field.name}' is out of range for type '${type}'`);
  }
  return value;
}

/** An object or a list, or a text that holds JSON. */
function jsonCell(field: FileField, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || value instanceof JsonDouble) {
    return refuse(field, "JSON", value);
  }
  return jsonText(value);
}

function refuse(field: FileField, type: DataType, value: unknown): never {
  throw mismatch(field, type, value);
}

export function mismatch({ name }: FileField, type: string, value: unknown): FileFault {
  return new FileFault(
    `expected type '${type}' for field '${name}', got type '${kindOfJson(value)}' with value '${shownText(value, 60)}'`,
  );
}

/** The kinds of JSON as the server names them. */
export function kindOfJson(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isJsonNumber(value)) return "json.Number";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}
