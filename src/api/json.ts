import { JsonDouble } from "../engine/index.js";
import { floatVectorText } from "../values/float-vector-text.js";
import { isFloat32Array } from "../values/js-value.js";

/**
 * Writes a value as JSON text: `bigint` with all its digits, `JsonDouble` with a point, `Float32Array` elements as the
 * shortest decimals that read back as the same float32, other typed arrays as numbers. Keys that are `undefined` are left out.
 */
export function stringifyJson(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "bigint":
      return value.toString();
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return stringifyArray(value);
      if (isFloat32Array(value)) return floatVectorText(value);
      if (ArrayBuffer.isView(value)) return `[${(value as unknown as Uint8Array).join(",")}]`;
      if (value instanceof JsonDouble) return doubleText(Number(value));
      return stringifyObject(value as Record<string, unknown>);
    default:
      return "null";
  }
}

function stringifyArray(array: readonly unknown[]): string {
  if (array.length <= 1) return array.length === 0 ? "[]" : `[${stringifyJson(array[0])}]`;
  // Vectors: natively several times faster.
  if (array.every((item) => typeof item === "number")) return JSON.stringify(array);
  let text = `[${stringifyJson(array[0])}`;
  for (let i = 1; i < array.length; i++) text += `,${stringifyJson(array[i])}`;
  return `${text}]`;
}

function stringifyObject(object: Record<string, unknown>): string {
  let text = "";
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${text === "" ? "" : ","}${quotedKey(key)}:${stringifyJson(value)}`;
  }
  return `{${text}}`;
}

const PLAIN_KEY = /^[\w$]+$/;

export function quotedKey(key: string): string {
  return PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key);
}

/** Always with a point or an exponent. The class may be lost on the way between threads: only the number counts. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return "null";
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
