import { shortestFloat } from "../../values/float32.js";
import { compactInteger } from "../../values/int64.js";
import { parseJsonText } from "../../values/json-text.js";
import { formatTimestamptz } from "../../values/timestamptz.js";
import type { FieldSchema } from "../model/schema.js";

/**
 * A stored scalar as callers see it: Int64 as number where that is exact, else bigint; JSON and arrays as values.
 * @param stored as better-sqlite3 returns it, integers as bigint (`safeIntegers`) or number
 */
export function decodeField(field: FieldSchema, stored: unknown, timeZone: string | undefined): unknown {
  if (stored === null || stored === undefined) return null;
  switch (field.type) {
    case "Bool":
      return Number(stored) === 1;
    case "Int8":
    case "Int16":
    case "Int32":
      return Number(stored);
    case "Int64":
      return typeof stored === "bigint" ? compactInteger(stored) : stored;
    case "Float":
      return shortestFloat(stored as number);
    case "JSON":
      return parseJsonText(stored as string);
    case "Array": {
      const items = parseJsonText(stored as string) as unknown[];
      return field.elementType === "Float" ? items.map((v) => shortestFloat(v as number)) : items;
    }
    case "Timestamptz":
      return formatTimestamptz(BigInt(stored as bigint | number), timeZone);
    default:
      return stored;
  }
}

/** A copy of a stored vector. */
export function decodeVector(blob: Uint8Array): Float32Array {
  const copy = new Float32Array(blob.byteLength / 4);
  new Uint8Array(copy.buffer).set(blob);
  return copy;
}
