import { JsonDouble } from "./json-number.js";
import { parseJson } from "./json-reader.js";

/** SQLite reads JSON nested up to 1000 deep. */
const MAX_DEPTH = 990;

/**
 * JSON text of a value, for JSON columns and the dynamic field: integers of any size digit by digit, `1.0` stays `1.0`.
 * Keys whose value is undefined are skipped.
 * @throws TypeError for what JSON cannot say (functions, NaN, infinities), and for nesting that SQLite could not read
 */
export function jsonText(value: unknown, depth = 0): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.isWellFormed() ? value : value.toWellFormed());
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no JSON value`);
      return Object.is(value, -0) ? "-0.0" : String(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object": {
      if (value === null) return "null";
      if (depth > MAX_DEPTH) throw new TypeError(`nested more than ${MAX_DEPTH} deep`);
      if (value instanceof JsonDouble) return doubleText(Number(value));
      if (Array.isArray(value))
        return `[${value.map((v) => (v === undefined ? "null" : jsonText(v, depth + 1))).join(",")}]`;
      if (ArrayBuffer.isView(value)) return `[${Array.from(value as Float32Array, (v) => jsonText(v)).join(",")}]`;
      if (value instanceof Date) return JSON.stringify(value);
      const parts: string[] = [];
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) parts.push(`${jsonText(key)}:${jsonText(item, depth + 1)}`);
      }
      return `{${parts.join(",")}}`;
    }
    default:
      throw new TypeError(`a ${typeof value} is no JSON value`);
  }
}

function doubleText(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The value of stored JSON text: integers beyond the safe range become bigint, every other number a number. */
export function parseJsonText(text: string): unknown {
  return parseJson(text, "number");
}

/** A stored JSON object to be changed and written back: `1.0` stays a double. */
export function parseStoredObject(text: string): Record<string, unknown> {
  return parseJson(text, "JsonDouble") as Record<string, unknown>;
}
