import { toInteger } from "../../../values/int64.js";
import { isObject } from "../../fields.js";
import type { DescribedField } from "./call.js";
import { cloudFailure } from "./cloud-errors.js";

/**
 * Checks ids against the primary key. Decimal strings stand for Int64 values.
 *
 * @throws 90123
 */
export function checkIds(id: unknown, primary: DescribedField): void {
  for (const value of Array.isArray(id) ? id : [id]) {
    if (primary.type === "VarChar" ? typeof value === "string" : toInteger(value, "Int64") !== undefined) continue;
    throw cloudFailure(90123, primary.name, primary.type, typeNameOf(value));
  }
}

/** The field type that a JSON value would fit. */
export function typeNameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "Array";
  switch (typeof value) {
    case "string":
      return "VarChar";
    case "boolean":
      return "Bool";
    case "bigint":
      return "Int64";
    case "number":
      return Number.isInteger(value) ? "Int64" : "Double";
    default:
      return isObject(value) ? "JSON" : "Double";
  }
}
