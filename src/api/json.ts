import { JsonDouble } from "../engine/index.js";

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
      if (value instanceof Float32Array) return `[${float32Numbers(value).join(",")}]`;
      if (ArrayBuffer.isView(value)) return `[${(value as unknown as Uint8Array).join(",")}]`;
      if (value instanceof JsonDouble) return doubleText(Number(value));
      return stringifyObject(value as Record<string, unknown>);
    default:
      return "null";
  }
}

function stringifyArray(array: readonly unknown[]): string {
  if (array.length === 0) return "[]";
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

function quotedKey(key: string): string {
  return PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key);
}

/** Always with a point or an exponent. The class may be lost on the way between threads: only the number counts. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return "null";
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The elements as the doubles with the shortest decimals that round to the same float32 (0.1, not 0.10000000149011612). */
export function float32Numbers(vector: Float32Array): number[] {
  const numbers = new Array<number>(vector.length);
  for (let i = 0; i < vector.length; i++) numbers[i] = shortestFloat32(vector[i]!);
  return numbers;
}

/** Powers of ten that are exact doubles. */
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** Nine significant digits always identify a float32; fewer are tried first. */
function shortestFloat32(value: number): number {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value;
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  for (let digits = 6; digits <= 9; digits++) {
    const power = POWERS[digits - 1 - magnitude];
    if (power === undefined) break;
    const candidate = Math.round(value * power) / power;
    if (Math.fround(candidate) === value) return candidate;
  }
  // Very large and very small ones, where the scaling above is not exact.
  for (let digits = 6; digits <= 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
