import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

export interface SnapshotJob {
  readonly id: number;
  readonly kind: "restore" | "export";
  readonly snapshot: string;
  /** Of a restore the database and the collection that it makes, of an export those that the snapshot is of. */
  readonly database: string;
  readonly collection: string;
  /** Of the collection that a restore makes: until it is done its tables belong to nobody. */
  readonly collectionId: number;
  readonly state: "Pending" | "Executing" | "Completed" | "Failed";
  /** 0 to 100. */
  readonly progress: number;
  /** Why it has failed. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** 0 until it has ended. */
  readonly endedAt: number;
  /** What an export has written. */
  readonly target: string;
  readonly sizeBytes: number;
}

export type JobChange = Partial<Pick<SnapshotJob, "state" | "progress" | "reason" | "endedAt">>;

/** SQL of the table `snapshot_jobs`. What writes is called inside a transaction. */
export interface JobTable {
  /** In order of creation. */
  all(): readonly SnapshotJob[];
  unfinished(): readonly SnapshotJob[];
  byId(id: number): SnapshotJob | undefined;
  /** The oldest of many jobs that have ended are forgotten. */
  add(job: SnapshotJob): void;
  change(id: number, change: JobChange): void;
}

/** Ended jobs that are remembered. */
const KEPT_JOBS = 1000;

const COLUMNS = `id, kind, snapshot, database, collection, collection_id AS collectionId, state, progress, reason,
  started_at AS startedAt, ended_at AS endedAt, target, size_bytes AS sizeBytes`;

export function jobTable(db: Connection): JobTable {
  const select = (where: string) => `SELECT ${COLUMNS} FROM snapshot_jobs ${where} ORDER BY id`;
  const all = prepare<[], SnapshotJob>(db, select(""));
  const unfinished = prepare<[], SnapshotJob>(db, select("WHERE state IN ('Pending', 'Executing')"));
  const byId = prepare<[number], SnapshotJob>(db, select("WHERE id = ?"));
  const add = prepare<unknown[]>(db, "INSERT INTO snapshot_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const trim = prepare<[number]>(
    db,
    `DELETE FROM snapshot_jobs WHERE state IN ('Completed', 'Failed')
      AND id <= (SELECT id FROM snapshot_jobs ORDER BY id DESC LIMIT 1 OFFSET ?)`,
  );
  const change = prepare<[string, number, string, number, number]>(
    db,
    "UPDATE snapshot_jobs SET state = ?, progress = ?, reason = ?, ended_at = ? WHERE id = ?",
  );
  return {
    all: () => all.all(),
    unfinished: () => unfinished.all(),
    byId: (id) => byId.get(id),
    add(job) {
      const { id, kind, snapshot, database, collection, collectionId, state, progress, reason } = job;
      const { startedAt, endedAt, target, sizeBytes } = job;
      const named = [id, kind, snapshot, database, collection, collectionId];
      add.run(...named, state, progress, reason, startedAt, endedAt, target, sizeBytes);
      trim.run(KEPT_JOBS);
    },
    change(id, changed) {
      const job = byId.get(id);
      if (job === undefined) return;
      const { state, progress, reason, endedAt } = { ...job, ...changed };
      change.run(state, progress, reason, endedAt, id);
    },
  };
}
