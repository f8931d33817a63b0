import { failure } from "../../errors.js";
import { MAX_REPLY_BYTES } from "./limits.js";

/** Bytes that a number counts, and any other value at least. */
const VALUE_BYTES = 8;

/** What a value that SQLite gave counts among those of an answer. */
export function bytesOfValue(value: unknown): number {
  return typeof value === "string" ? VALUE_BYTES + value.length : VALUE_BYTES;
}

/** The same of a row. */
export function bytesOfValues(values: readonly unknown[]): number {
  let bytes = 0;
  for (const value of values) bytes += bytesOfValue(value);
  return bytes;
}

/**
 * All rows of a statement, which may have a group for each row of a table.
 *
 * @throws ReplyTooLarge as soon as they hold more than any answer may
 */
export function readWithin(rows: Iterable<readonly unknown[]>): (readonly unknown[])[] {
  const read: (readonly unknown[])[] = [];
  let bytes = 0;
  for (const row of rows) {
    read.push(row);
    bytes += bytesOfValues(row);
    if (bytes > MAX_REPLY_BYTES) throw failure("ReplyTooLarge", { limit: MAX_REPLY_BYTES });
  }
  return read;
}
