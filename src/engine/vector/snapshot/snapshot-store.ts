import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../../failpoints.js";
import type { SegmentKey, SnapshotRecord, SnapshotRecords } from "../contract.js";

/** How snapshot files end: those of the kernel, and those of hnswlib. */
const SUFFIX = { kernel: ".elanus-graph", hnswlib: ".elanus-hnsw" } as const;
const OURS = /\.elanus-(?:graph|hnsw)(\.rows)?(\.tmp)?$/;

/** Where a snapshot goes and what it says about itself. */
export interface SnapshotPlan {
  readonly folder: string;
  readonly file: string;
  readonly key: SegmentKey;
  readonly parameters: string;
}

export interface WrittenSnapshot {
  readonly file: string;
  readonly checksum: string;
  readonly rows: number;
  readonly sizeBytes: number;
  readonly parameters: string;
}

/** The second file that a snapshot of hnswlib has. */
export function companionOf(file: string): string {
  return `${file}.rows`;
}

/** Which index wrote a file. */
export function indexOfFile(file: string): keyof typeof SUFFIX {
  return file.endsWith(SUFFIX.hnswlib) ? "hnswlib" : "kernel";
}

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
      const [end, rows = "", unfinished] = OURS.exec(name) ?? [];
      if (end === undefined) continue;
      const recorded = unfinished === undefined && known.has(name.slice(0, name.length - rows.length));
      if (!recorded) this.#unlink(folder, name);
    }
  }

  /** Where the next snapshot of a segment goes; undefined when there are none. */
  plan(key: SegmentKey, index: keyof typeof SUFFIX, parameters: string): SnapshotPlan | undefined {
    if (this.#folder === undefined || this.#readonly || this.#paused.has(name(key))) return undefined;
    const file = `${name(key)}-${randomBytes(6).toString("hex")}${SUFFIX[index]}`;
    this.#planned.set(file, key);
    return { folder: this.#folder, file, key, parameters };
  }

  /** Whether a planned file is still wanted: its segment was not forgotten since. */
  awaits(plan: SnapshotPlan): boolean {
    return this.#planned.has(plan.file);
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
    this.#unlink(this.#folder, file);
    if (indexOfFile(file) === "hnswlib") this.#unlink(this.#folder, companionOf(file));
  }

  #unlink(folder: string, file: string): void {
    try {
      rmSync(join(folder, file), { force: true });
    } catch {
      // A folder that cannot be written to.
    }
  }

  /**
   * What `load` makes of a segment's snapshot; undefined when there is none, and when `load` throws because it cannot be
   * trusted (it is removed then).
   */
  async read<T>(
    key: SegmentKey,
    load: (folder: string, record: SnapshotRecord) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    if (this.#folder === undefined) return undefined;
    const record = this.#records?.get(key);
    if (record === undefined) return undefined;
    try {
      const loaded = await load(this.#folder, record);
      if (loaded !== undefined) this.#saved.set(name(key), record.rows);
      return loaded;
    } catch {
      this.distrust(key);
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
