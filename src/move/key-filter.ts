import type { Key } from "./side.js";

/** Filters that choose rows by their keys, as every version of the filter language reads them. */

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** A key as a filter writes it: texts with the escapes that JSON and Go have in common. */
export function keyLiteral(key: Key): string {
  return typeof key === "string" ? JSON.stringify(key) : String(key);
}

/**
 * Keys behind `after` up to and with `upTo`; an end that is undefined is open. Integers are never compared with the ends of their range, the
 * smaller of which no version can read.
 */
export function rangeFilter(field: string, after: Key | undefined, upTo: Key | undefined): string {
  const parts: string[] = [];
  if (typeof after === "string") parts.push(`${field} > ${keyLiteral(after)}`);
  else if (after !== undefined) {
    if (BigInt(after) === MAX_INT64) return `${field} in []`;
    parts.push(`${field} >= ${BigInt(after) + 1n}`);
  }
  if (upTo !== undefined && !isLargest(upTo)) parts.push(upperBound(field, upTo));
  return parts.join(" && ");
}

function isLargest(key: Key): boolean {
  return typeof key !== "string" && BigInt(key) === MAX_INT64;
}

function upperBound(field: string, key: Key): string {
  if (typeof key !== "string" && BigInt(key) === MIN_INT64) return `${field} < ${MIN_INT64 + 1n}`;
  return `${field} <= ${keyLiteral(key)}`;
}

export function keysFilter(field: string, keys: readonly Key[]): string {
  return `${field} in [${keys.map(keyLiteral).join(", ")}]`;
}

/** Characters that a filter may have: a server reads each of them. */
const MOST_CHARACTERS = 32_768;

/** Keys from a position on, as many as one filter may name; at least one where there is one. */
export function keysFrom(keys: readonly Key[], from: number, most: number): readonly Key[] {
  let characters = 0;
  let end = from;
  while (end < keys.length && end - from < most && characters < MOST_CHARACTERS) {
    characters += keyLiteral(keys[end++] as Key).length;
  }
  return keys.slice(from, end);
}

/** Both must hold; an empty one holds always. */
export function both(one: string, other: string): string {
  if (one === "") return other;
  return other === "" ? one : `(${one}) && (${other})`;
}

/** In the order of servers: integers by size, texts by their bytes. */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === "string" || typeof b === "string") {
    return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
