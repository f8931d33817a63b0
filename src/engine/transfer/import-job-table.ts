import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

export type ImportJobState = "Pending" | "Importing" | "Uncommitted" | "Completed" | "Failed";

/** What is known of one unit of files of a job. */
export interface ImportedUnit {
  /** `[a.json]` */
  readonly name: string;
  readonly bytes: number;
  readonly rows: number;
  /** 0 to 100. */
  readonly progress: number;
  /** Milliseconds since 1970; 0 until it has been read. */
  readonly endedAt: number;
}

export interface ImportJob {
  readonly id: number;
  readonly database: string;
  readonly collection: string;
  readonly collectionId: number;
  readonly state: ImportJobState;
  /** Why it has failed. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** 0 until it has ended. */
  readonly endedAt: number;
  readonly units: readonly ImportedUnit[];
}

interface Row extends Omit<ImportJob, "units"> {
  readonly files: string;
}

/** SQL of the table `import_jobs`. What writes is called inside a transaction. */
export interface ImportJobTable {
  /** In order of creation. */
  all(): readonly ImportJob[];
  byId(id: number): ImportJob | undefined;
  /** Adds a job, or puts it in the place of the one with its number. */
  put(job: ImportJob): void;
  /** Forgets jobs that ended before a moment. */
  forget(before: number): void;
}

const COLUMNS = `id, database, collection, collection_id AS collectionId, state, reason, created_at AS createdAt,
  ended_at AS endedAt, files`;

export function importJobTable(sql: Connection): ImportJobTable {
  const all = prepare<[], Row>(sql, `SELECT ${COLUMNS} FROM import_jobs ORDER BY id`);
  const byId = prepare<[number], Row>(sql, `SELECT ${COLUMNS} FROM import_jobs WHERE id = ?`);
  const put = prepare<unknown[]>(sql, "INSERT OR REPLACE INTO import_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const forget = prepare<[number]>(sql, "DELETE FROM import_jobs WHERE ended_at > 0 AND ended_at < ?");
  return {
    all: () => all.all().map(jobOf),
    byId(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : jobOf(row);
    },
    put({ id, database, collection, collectionId, state, reason, createdAt, endedAt, units }) {
      put.run(id, database, collection, collectionId, state, reason, createdAt, endedAt, JSON.stringify(units));
    },
    forget: (before) => void forget.run(before),
  };
}

function jobOf({ files, ...row }: Row): ImportJob {
  return { ...row, units: JSON.parse(files) as ImportedUnit[] };
}
