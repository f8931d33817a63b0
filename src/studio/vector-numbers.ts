import { fromBFloat16, fromFloat16 } from "../values/float16.js";

/**
 * The numbers of a vector as REST v2 tells it: a list, or what is stored as base64; of bits each by itself.
 *
 * @param type of its field
 */
export function vectorNumbers(value: unknown, type: string): ArrayLike<number> | undefined {
  if (Array.isArray(value) && type !== "BinaryVector") return value as readonly number[];
  const bytes = bytesOf(value);
  if (bytes === undefined) return undefined;
  switch (type) {
    case "BinaryVector":
      return Uint8Array.from({ length: 8 * bytes.length }, (_, i) => ((bytes[i >> 3] as number) >> (i & 7)) & 1);
    case "Int8Vector":
      return new Int8Array(bytes.buffer);
    case "Float16Vector":
      return pairsOf(bytes, fromFloat16);
    case "BFloat16Vector":
      return pairsOf(bytes, fromBFloat16);
    default:
      return undefined;
  }
}

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof value !== "string") return Array.isArray(value) ? Uint8Array.from(value as readonly number[]) : undefined;
  try {
    return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Numbers of two bytes each, the lower one first. */
function pairsOf(bytes: Uint8Array, read: (bits: number) => number): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    read((bytes[2 * i] as number) | ((bytes[2 * i + 1] as number) << 8)),
  );
}
