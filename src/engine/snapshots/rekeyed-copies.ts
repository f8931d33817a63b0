import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../failpoints.js";
import { changeKey, connect, connectBeside } from "../storage/connect.js";
import type { Connection } from "../storage/driver.js";
import { checksumOf } from "./file-checksum.js";

/** A copy of a collection, as far as its file goes. */
interface Kept {
  readonly id: number;
  readonly file: string;
  readonly checksum: string;
  readonly size_bytes: number;
}

/** What the database says of a copy while it has its old key, and what the copy with the new one is called. */
interface Renewal extends Kept {
  readonly next: string;
}

/** Beside the copies, while the database and they change their key. */
const JOURNAL = "rekey.json";

/**
 * Makes files anew of the copies of collections, with another key, and has the database know them. Those before them stay until
 * `forgetOld`: a process that dies earlier leaves a database whose key is the old one or the new one, and `settleCopies` has it know
 * the copies of that key.
 */
export async function rekeyCopies(sql: Connection, folder: string, from: Uint8Array, to: Uint8Array): Promise<void> {
  const renewals: readonly Renewal[] = ready(sql)
    .filter(({ file }) => existsSync(join(folder, file)))
    .map((kept) => ({ ...kept, next: `${kept.id}-${randomBytes(6).toString("hex")}.db` }));
  if (renewals.length === 0) return;
  writeFileSync(join(folder, partOf(JOURNAL)), JSON.stringify(renewals), { flush: true });
  renameSync(join(folder, partOf(JOURNAL)), join(folder, JOURNAL));
  const renewed: Kept[] = [];
  for (const { id, file, next } of renewals) {
    const path = join(folder, next);
    copyFileSync(join(folder, file), partOf(path));
    const copy = connect(partOf(path), { key: from });
    try {
      copy.exec("PRAGMA journal_mode = DELETE");
      changeKey(copy, to);
    } finally {
      copy.close();
    }
    failpoint("mid-rekey-copies");
    renameSync(partOf(path), path);
    renewed.push({ id, file: next, checksum: await checksumOf(path), size_bytes: statSync(path).size });
  }
  know(sql, renewed);
}

/** The database has its new key: the copies with the old one go. */
export function forgetOld(folder: string): void {
  for (const { file } of readJournal(folder)) rmSync(join(folder, file), { force: true });
  rmSync(join(folder, JOURNAL), { force: true });
}

/** After a rekey that did not come to its end: the database knows the copies that have the key it has now; the others go. */
export function settleCopies(sql: Connection, folder: string): void {
  rmSync(join(folder, partOf(JOURNAL)), { force: true });
  const renewals = readJournal(folder);
  if (renewals.length === 0) return;
  const known = new Map(ready(sql).map(({ id, file }) => [id, file]));
  const opens = (file: string): boolean => hasKeyOf(sql, join(folder, file));
  const back = renewals.filter(({ id, file, next }) => known.get(id) === next && !opens(next) && opens(file));
  know(sql, back);
  for (const renewal of renewals) {
    const { id, file, next } = renewal;
    const kept = back.includes(renewal) ? file : known.get(id);
    const gone = [partOf(next), `${partOf(next)}-journal`, ...[file, next].filter((name) => name !== kept)];
    for (const name of gone) rmSync(join(folder, name), { force: true });
  }
  rmSync(join(folder, JOURNAL), { force: true });
}

function partOf(path: string): string {
  return `${path}.part`;
}

function ready(sql: Connection): readonly Kept[] {
  return sql
    .prepare<[], Kept>("SELECT id, file, checksum, size_bytes FROM collection_snapshots WHERE state = 'ready'")
    .all();
}

function know(sql: Connection, copies: readonly Kept[]): void {
  if (copies.length === 0) return;
  const change = sql.prepare<[string, string, number, number]>(
    "UPDATE collection_snapshots SET file = ?, checksum = ?, size_bytes = ? WHERE id = ?",
  );
  sql.exec("BEGIN IMMEDIATE");
  for (const { id, file, checksum, size_bytes } of copies) change.run(file, checksum, size_bytes, id);
  sql.exec("COMMIT");
}

function readJournal(folder: string): readonly Renewal[] {
  try {
    return JSON.parse(readFileSync(join(folder, JOURNAL), "utf8")) as Renewal[];
  } catch {
    // No rekey is under way.
    return [];
  }
}

function hasKeyOf(sql: Connection, path: string): boolean {
  try {
    const copy = connectBeside(sql, path, { readonly: true });
    try {
      copy.prepare("SELECT 1 FROM sqlite_master").get();
    } finally {
      copy.close();
    }
    return true;
  } catch {
    return false;
  }
}
