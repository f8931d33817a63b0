import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../../failpoints.js";
import type { SegmentKey, SegmentOptions, SnapshotRecord, SnapshotRecords } from "../contract.js";
import type { Geometry } from "../kernel/geometry.js";
import type { Part } from "../part.js";
import { SNAPSHOT_SUFFIX, snapshotParameters } from "./snapshot-file.js";
import { readSnapshotFile } from "./snapshot-reader.js";
import type { SnapshotPlan, WrittenSnapshot } from "./snapshot-writer.js";

/** The snapshot files of one engine and their records. Without a folder or records it does nothing. */
export class SnapshotStore {
  readonly #folder: string | undefined;
  readonly #records: SnapshotRecords | undefined;
  readonly #readonly: boolean;
  /** Files that workers are writing or may write; a file that is not here any more is not wanted. */
  readonly #planned = new Map<string, SegmentKey>();
  /** Rows in the newest snapshot of a segment, and whether a new one is due whatever its size. */
  readonly #saved = new Map<string, number>();
  readonly #paused = new Set<string>();

  /** @param readonly the files are somebody else's */
  constructor(folder: string | undefined, records: SnapshotRecords | undefined, readonly = false) {
    const usable = folder !== undefined && records !== undefined;
    this.#folder = usable ? folder : undefined;
    this.#records = usable ? records : undefined;
    this.#readonly = readonly;
    if (usable && !readonly) this.#sweep(folder, records);
  }

  /** Removes what a crash left behind: files without a record. */
  #sweep(folder: string, records: SnapshotRecords): void {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      return; // No folder yet.
    }
    const known = new Set(records.all().map((record) => record.file));
    for (const name of names) {
      const ours = name.endsWith(SNAPSHOT_SUFFIX) || name.endsWith(`${SNAPSHOT_SUFFIX}.tmp`);
      if (ours && !known.has(name)) this.removeFile(name);
    }
  }

  /** Where the next snapshot of a segment goes; undefined when there are none. */
  plan(options: SegmentOptions, geometry: Geometry): SnapshotPlan | undefined {
    if (this.#folder === undefined || this.#readonly || this.#paused.has(name(options.key))) return undefined;
    const { collectionId, partitionId, fieldId } = options.key;
    const unique = randomBytes(6).toString("hex");
    const file = `${collectionId}-${partitionId}-${fieldId}-${unique}${SNAPSHOT_SUFFIX}`;
    this.#planned.set(file, options.key);
    return { folder: this.#folder, file, key: options.key, parameters: snapshotParameters(options, geometry) };
  }

  /** A planned file will not come. */
  unplan(plan: SnapshotPlan): void {
    this.#planned.delete(plan.file);
  }

  /** Takes note of a file that a worker has finished; the one before goes. */
  record(key: SegmentKey, written: WrittenSnapshot): void {
    if (this.#records === undefined) return;
    if (!this.#planned.delete(written.file)) {
      this.removeFile(written.file);
      return;
    }
    let before: SnapshotRecord | undefined;
    try {
      before = this.#records.get(key);
      failpoint("before-snapshot-record");
      this.#records.put({ key, ...written });
    } catch (error) {
      this.removeFile(written.file);
      throw error;
    }
    failpoint("before-old-snapshot-removal");
    this.#saved.set(name(key), written.rows);
    if (before !== undefined && before.file !== written.file) this.removeFile(before.file);
  }

  /** Never fails: what cannot be removed now is removed at the next opening. */
  removeFile(file: string): void {
    this.#planned.delete(file);
    if (this.#folder === undefined || this.#readonly) return;
    try {
      rmSync(join(this.#folder, file), { force: true });
    } catch {
      // A folder that cannot be written to.
    }
  }

  /** The part that the segment's snapshot holds; undefined when there is none that can be trusted (it is removed then). */
  async read(options: SegmentOptions, geometry: Geometry, stopped: () => boolean): Promise<Part | undefined> {
    if (this.#folder === undefined) return undefined;
    const record = this.#records?.get(options.key);
    if (record === undefined) return undefined;
    try {
      const parameters = snapshotParameters(options, geometry);
      const part = await readSnapshotFile(this.#folder, record, parameters, geometry, stopped);
      if (part !== undefined) this.#saved.set(name(options.key), part.rows);
      return part;
    } catch {
      this.distrust(options.key);
      return undefined;
    }
  }

  /** Removes the snapshot of one segment; it will be written anew. */
  distrust(key: SegmentKey): void {
    const record = this.#records?.get(key);
    if (record !== undefined) this.#remove(record.file, key);
  }

  /** Never fails: the drop that it follows is committed. A record that stays has no file, and is found out then. */
  #remove(file: string, key: SegmentKey): void {
    this.#saved.delete(name(key));
    if (this.#readonly) return;
    try {
      this.#records?.delete(key);
    } catch {
      // Storage that cannot be written to.
    }
    this.removeFile(file);
  }

  /** Removes the snapshots of all matching segments, those under way included. */
  forget(match: Partial<SegmentKey>): void {
    const matches = (key: SegmentKey) =>
      (match.collectionId === undefined || match.collectionId === key.collectionId) &&
      (match.partitionId === undefined || match.partitionId === key.partitionId) &&
      (match.fieldId === undefined || match.fieldId === key.fieldId);
    for (const [file, key] of this.#planned) if (matches(key)) this.#planned.delete(file);
    for (const record of this.#all()) if (matches(record.key)) this.#remove(record.file, record.key);
  }

  #all(): readonly SnapshotRecord[] {
    try {
      return this.#records?.all() ?? [];
    } catch {
      return [];
    }
  }

  /** Graph rows from which on a new snapshot pays: a little more than the last one has. */
  wantedFrom(key: SegmentKey): number {
    if (this.#folder === undefined || this.#readonly || this.#paused.has(name(key))) return Number.POSITIVE_INFINITY;
    return Math.ceil((this.#saved.get(name(key)) ?? 0) * 1.05) + 1;
  }

  /** The segment was compacted: the next snapshot is due whatever its size. */
  outdated(key: SegmentKey): void {
    this.#saved.delete(name(key));
  }

  /** Writing failed: no further attempts from this engine. */
  pause(key: SegmentKey): void {
    this.#paused.add(name(key));
  }

  state(key: SegmentKey, graphRows: number): "none" | "current" | "stale" {
    if (this.#records?.get(key) === undefined) return "none";
    return graphRows < this.wantedFrom(key) && this.#saved.has(name(key)) ? "current" : "stale";
  }
}

function name(key: SegmentKey): string {
  return `${key.collectionId}-${key.partitionId}-${key.fieldId}`;
}
