import { isObject } from "../../fields.js";
import type { DescribedField } from "./call.js";
import { cloudFailure } from "./cloud-errors.js";

const INTEGER_TEXT = /^[+-]?\d+$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Checks ids against the primary key. Decimal strings stand for Int64 values.
 *
 * @throws 90123
 */
export function checkIds(id: unknown, primary: DescribedField): void {
  for (const value of Array.isArray(id) ? id : [id]) {
    if (primary.type === "VarChar" ? typeof value === "string" : isInt64(value)) continue;
    throw cloudFailure(90123, primary.name, primary.type, typeNameOf(value));
  }
}

function isInt64(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "string" && !INTEGER_TEXT.test(value)) return false;
  if (typeof value !== "string" && typeof value !== "bigint") return false;
  const integer = BigInt(typeof value === "string" ? value.replace(/^\+/, "") : value);
  return integer >= INT64_MIN && integer <= INT64_MAX;
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
