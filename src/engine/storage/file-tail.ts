import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { databaseBytes, readHeader } from "./file-header.js";

/**
 * Zeros behind the last page of a closed database file, which hold space on the disk. SQLite counts pages by the file's
 * header and never looks there; it writes over them when the file grows.
 *
 * Call these while nobody else can have the file open: the system drops the locks of a process on a file that it closes.
 */

/** Puts zeros behind the pages, as many as there is space for. */
export function appendTail(path: string, bytes: number): void {
  const file = openSync(path, "r+");
  try {
    const end = databaseBytes(readHeader(file));
    if (end !== undefined && end === fstatSync(file).size) writeSync(file, Buffer.alloc(bytes), 0, bytes, end);
  } finally {
    closeSync(file);
  }
}

/**
 * Takes the zeros away again; what is not a tail of zeros is left alone.
 * @param most longer tails are somebody else's
 * @returns how many there were
 */
export function cutTail(path: string, most: number): number {
  const file = openSync(path, "r+");
  try {
    const end = databaseBytes(readHeader(file));
    const length = end === undefined ? 0 : fstatSync(file).size - end;
    if (end === undefined || length <= 0 || length > most) return 0;
    const tail = Buffer.alloc(length, 1);
    readSync(file, tail, 0, length, end);
    if (!tail.every((byte) => byte === 0)) return 0;
    ftruncateSync(file, end);
    return length;
  } finally {
    closeSync(file);
  }
}
