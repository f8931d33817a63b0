import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { failure } from "../../errors.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import { checksumOf } from "./file-checksum.js";
import { GrowingFile, keepFolder } from "./kept-on-disk.js";
import type { SnapshotHome } from "./snapshot-home.js";
import type { CollectionSnapshot, CopyFacts } from "./snapshot-table.js";

/** What lies in a folder that a snapshot was exported to, beside the file of the snapshot. */
const METADATA = "metadata.json";
const DATA = "snapshot.db";

/** The content of `metadata.json`. */
interface Metadata extends CopyFacts {
  readonly elanus: "snapshot";
  readonly snapshot: string;
  readonly description: string;
  readonly database: string;
  readonly collection: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Writes a copy into a folder; the metadata come last, so what has them is whole. @throws ExportExists, DiskFull */
export async function writeExported(
  home: SnapshotHome,
  snapshot: CollectionSnapshot,
  names: Pick<Metadata, "database" | "collection">,
  folder: string,
): Promise<{ readonly metadataFile: string; readonly sizeBytes: number }> {
  const [metadataFile, data] = [join(folder, METADATA), join(folder, DATA)];
  if (existsSync(metadataFile)) throw failure("ExportExists", { folder });
  const part = `${data}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(part, { force: true });
    await home.exportTo(snapshot, part);
    const file = new GrowingFile(part);
    try {
      await file.flush();
    } finally {
      file.close();
    }
    renameSync(part, data);
    const sizeBytes = statSync(data).size;
    const metadata: Metadata = {
      elanus: "snapshot",
      snapshot: snapshot.name,
      description: snapshot.description,
      ...names,
      createdAt: snapshot.createdAt,
      checksum: await checksumOf(data),
      rows: snapshot.rows,
      sizeBytes,
    };
    writeFileSync(`${metadataFile}.part`, `${JSON.stringify(metadata, undefined, 2)}\n`, { flush: true });
    renameSync(`${metadataFile}.part`, metadataFile);
    await keepFolder(folder);
    return { metadataFile, sizeBytes };
  } catch (error) {
    for (const file of [part, `${metadataFile}.part`]) rmSync(file, { force: true });
    throw storageFailure(wrapSqliteError(error));
  }
}

/** @throws IoFailed for a file that tells of no snapshot */
export function readExported(metadataFile: string): Metadata & { readonly path: string } {
  const path = join(dirname(metadataFile), DATA);
  try {
    const metadata = JSON.parse(readFileSync(metadataFile, "utf8")) as Metadata;
    const { elanus, snapshot, checksum, sizeBytes } = metadata;
    const isOurs = elanus === "snapshot" && typeof snapshot === "string" && typeof checksum === "string";
    if (!isOurs || !Number.isSafeInteger(sizeBytes)) throw new Error("it tells of no snapshot");
    return { ...metadata, path };
  } catch (error) {
    throw failure("IoFailed", { reason: `${metadataFile} cannot be used: ${(error as Error).message}` }, error);
  }
}
