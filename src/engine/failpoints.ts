/**
 * Named places in the code where a test may kill the process or throw an error. Inert unless the environment variable
 * `ELANUS_FAILPOINTS` was set when the process started, which only tests do: `mid-drop=kill;mid-load=throw@2`.
 */
export const FAILPOINTS = [
  /** Inside a transaction, all of its work done. */
  "before-commit",
  /** Some rows of a batch are written, others are not. */
  "mid-write",
  /** Rows are written or deleted and committed; no segment knows of it yet. */
  "after-commit-before-index",
  /** A committed batch is about to be put into memory. */
  "append-to-segment",
  /** Inside the transaction of a drop, between the tables and the catalogue. */
  "mid-drop",
  /** A drop is committed, its memory and files are still there. */
  "after-drop-before-files",
  /** All rows are in memory, the load state is not stored. */
  "mid-load",
  /** The release is stored, the memory is not freed. */
  "mid-release",
  /** Inside the transaction that brings a file to the current format. */
  "mid-migration",
  /** The lock is held, the database is not open yet. */
  "after-lock",
  /** Builds have ended, the log is not yet moved into the file. */
  "mid-close",
  /** The database is closed, the lock is still held. */
  "before-unlock",
  /** Part of a snapshot file is written. */
  "mid-snapshot-write",
  /** A snapshot file is written whole, under its temporary name. */
  "before-snapshot-rename",
  /** A snapshot file has its name, and no record. */
  "before-snapshot-record",
  /** The new snapshot is recorded, the file of the one before is still there. */
  "before-old-snapshot-removal",
  /** Some rows of a collection are in its copy, others are not. */
  "mid-collection-copy",
  /** The copy of a collection is whole, under its temporary name. */
  "before-copy-rename",
  /** It has its name, and counts as unfinished. */
  "before-copy-record",
  /** A copy counts as gone, its file is still there. */
  "before-copy-removal",
  /** Values are about to be read into a column that filters have asked for. */
  "fill-column",
  /** A new field is computed for some rows. */
  "mid-fill",
  "before-reembed-swap",
  /** Some of what a dropped field has left is gone. */
  "mid-compaction",
  /** Inside a transaction that purges vectors of removed rows. */
  "mid-purge",
  /** Some rows of a copy are in the new collection, others are not. */
  "mid-restore",
  /** Some rows of a file lie ready, others do not. */
  "mid-import",
  /** All rows of the files lie ready, the collection has none of them. */
  "before-import-commit",
  /** Some rows of a collection are in a file, others are not. */
  "mid-export",
  /** Some pages of the database are in its copy, others are not. */
  "mid-backup",
  /** The copy of a database is whole, under its temporary name. */
  "before-backup-rename",
  /** A copy of a collection has another key, the database has not. */
  "mid-rekey-copies",
  /** The database knows the copies that have the new key, and has the old one itself. */
  "before-rekey",
  /** The database has its new key, what had the old one is still there. */
  "after-rekey",
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

interface Armed {
  readonly action: "kill" | "throw";
  /** Passes left until the action; it happens once. */
  passes: number;
}

const VARIABLE = "ELANUS_FAILPOINTS";
const enabled = process.env[VARIABLE] !== undefined;
let armed: ReadonlyMap<string, Armed> | undefined = enabled ? parse(process.env[VARIABLE] as string) : undefined;

/** Does nothing, unless a test has armed this place: kills the process (SIGKILL), or throws. */
export function failpoint(name: FailpointName): void {
  if (armed === undefined) return;
  const point = armed.get(name);
  if (point === undefined || --point.passes !== 0) return;
  if (point.action === "throw") throw new Error(`failpoint ${name}`);
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way: nothing may happen until it is here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/**
 * Arms failpoints anew within a test process.
 * @param text as in the variable; empty to disarm all
 * @throws Error unless the variable was set when the process started
 */
export function armFailpoints(text: string): void {
  if (!enabled) throw new Error(`failpoints need the environment variable ${VARIABLE}`);
  armed = parse(text);
}

function parse(text: string): ReadonlyMap<string, Armed> | undefined {
  const points = new Map<string, Armed>();
  for (const entry of text.split(";")) {
    if (entry.trim() === "") continue;
    const match = /^([a-z-]+)=(kill|throw)(?:@(\d+))?$/.exec(entry.trim());
    if (match === null || !(FAILPOINTS as readonly string[]).includes(match[1] as string)) {
      throw new Error(`${VARIABLE}: ${entry} is no failpoint`);
    }
    points.set(match[1] as string, { action: match[2] as "kill" | "throw", passes: Number(match[3] ?? 1) });
  }
  return points.size === 0 ? undefined : points;
}
