import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { connect } from "./connect.js";
import type { Connection } from "./driver.js";
import { type FileFormat, formatOf, inspectFormat } from "./format.js";

const HEADER_BYTES = 112;

/**
 * Looks at a database file before anything is written to it or beside it.
 * @param key what the file is encrypted with
 * @param look at a file that somebody has open
 * @throws Unavailable for a file of a newer format, of another application, or one that is no database
 */
export function inspectFile(
  path: string,
  key: Uint8Array | undefined,
  look: (probe: Connection) => void = () => {},
): FileFormat {
  // Whoever has the file open keeps its log beside it. Then only SQLite may touch it: when any other code closes the
  // file, the system drops the locks of the whole process.
  if (isInUse(path)) return inspectWithSqlite(path, key, look);
  if (key !== undefined) return statSync(path).size === 0 ? "empty" : inspectWithSqlite(path, key, look);
  const header = headerOf(path);
  if (header.length === 0) return "empty";
  return formatOf({
    isDatabase: isDatabase(header),
    applicationId: header.length < 72 ? 0 : header.readUInt32BE(68),
    version: header.length < 64 ? 0 : header.readUInt32BE(60),
    // The first page is the root of the table of tables: a leaf (13) without cells.
    isEmpty: header[100] === 13 && header.readUInt16BE(103) === 0,
  });
}

/** Whether somebody may have the file open for writing, under another name too, or went without closing it. */
function isInUse(path: string): boolean {
  if (existsSync(`${path}-wal`) || existsSync(`${path}-shm`)) return true;
  return (statSync(path, { throwIfNoEntry: false })?.nlink ?? 1) > 1;
}

function inspectWithSqlite(path: string, key: Uint8Array | undefined, look: (probe: Connection) => void): FileFormat {
  const probe = connect(path, { readonly: true, timeout: 1000, key });
  try {
    const format = inspectFormat(probe);
    look(probe);
    return format;
  } finally {
    probe.close();
  }
}

function headerOf(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    return readHeader(file);
  } finally {
    closeSync(file);
  }
}

/** The beginning of an open file, or less where it is shorter. */
export function readHeader(file: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
}

function isDatabase(header: Buffer): boolean {
  return header.length === HEADER_BYTES && header.subarray(0, 16).toString("latin1") === "SQLite format 3\0";
}

/** Where the pages end by the header of a file whose log was left; undefined where the header does not tell. */
export function databaseBytes(header: Buffer): number | undefined {
  if (!isDatabase(header)) return undefined;
  const pages = header.readUInt32BE(28);
  // The count holds if whoever made the last change has written it.
  if (pages === 0 || header.readUInt32BE(24) !== header.readUInt32BE(92)) return undefined;
  const size = header.readUInt16BE(16);
  return pages * (size === 1 ? 65_536 : size);
}
