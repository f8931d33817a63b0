import { cpSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** A second copy of a closed database with its snapshots. */
export function copyDatabase(from, to) {
  removeDatabase(to);
  cpSync(from, to);
  if (existsSync(`${from}-segments`)) cpSync(`${from}-segments`, `${to}-segments`, { recursive: true });
}

export function removeDatabase(path) {
  for (const suffix of ["", "-wal", "-shm", "-lock", "-segments"]) {
    rmSync(path + suffix, { recursive: true, force: true });
  }
}

/** Bytes on disk of a file, or of everything in a folder; 0 when there is nothing. */
export function bytesOf(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (stat.isFile()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
