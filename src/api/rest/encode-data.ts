import type { Reply } from "../engine-port.js";
import { float32Numbers } from "../json.js";

/**
 * The `data` of a reply in wire form: vectors as arrays of numbers, and Int64 values as decimal strings where the caller
 * asked for that. Values stay plain (`bigint` only where a number would not be exact). Objects are copied before a change.
 *
 * @param int64AsText `Accept-Type-Allow-Int64: false`
 */
export function encodeData(reply: Reply<unknown>, int64AsText: boolean): unknown {
  const int64 = int64AsText ? (reply.int64 ?? []) : [];
  const { data } = reply;
  if (Array.isArray(data)) return encodeRows(data, int64);
  return isPlainObject(data) ? encodeRow(data, int64) : data;
}

function encodeRows(rows: readonly unknown[], int64: readonly string[]): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isPlainObject(row)) continue;
    const encoded = encodeRow(row, int64);
    if (encoded === row) continue;
    changed ??= rows.slice();
    changed[i] = encoded;
  }
  return changed ?? rows;
}

function encodeRow(row: Record<string, unknown>, int64: readonly string[]): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(row)) {
    const value = row[key];
    if (typeof value !== "object" || value === null || !ArrayBuffer.isView(value)) continue;
    copy ??= { ...row };
    copy[key] = value instanceof Float32Array ? float32Numbers(value) : Array.from(value as unknown as Uint8Array);
  }
  for (const key of int64) {
    if (!Object.hasOwn(row, key)) continue;
    const value = row[key];
    const text = int64Text(value);
    if (text === value) continue;
    copy ??= { ...row };
    copy[key] = text;
  }
  return copy ?? row;
}

/** Int64 values, alone or in an array, as decimal strings. */
function int64Text(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  return Array.isArray(value) ? value.map(int64Text) : value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
