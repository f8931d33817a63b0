import type { SegmentKey, SnapshotRecord, SnapshotRecords } from "../vector/contract.js";
import type { Connection } from "./driver.js";
import { prepare } from "./statements.js";

interface SnapshotRow {
  readonly collection_id: number;
  readonly partition_id: number;
  readonly field_id: number;
  readonly file: string;
  readonly checksum: string;
  readonly row_count: number;
  readonly size_bytes: number;
  readonly parameters: string;
}

function toRecord(row: SnapshotRow): SnapshotRecord {
  return {
    key: { collectionId: row.collection_id, partitionId: row.partition_id, fieldId: row.field_id },
    file: row.file,
    checksum: row.checksum,
    rows: row.row_count,
    sizeBytes: row.size_bytes,
    parameters: row.parameters,
  };
}

/**
 * The table of snapshot files.
 * @param transaction runs what writes
 */
export function snapshotRecords(db: Connection, transaction: <T>(work: () => T) => T): SnapshotRecords {
  const byKey = "WHERE collection_id = ? AND partition_id = ? AND field_id = ?";
  const get = prepare<[number, number, number], SnapshotRow>(db, `SELECT * FROM snapshots ${byKey}`);
  const all = prepare<[], SnapshotRow>(db, "SELECT * FROM snapshots ORDER BY collection_id, partition_id, field_id");
  const put = prepare<[number, number, number, string, string, number, number, string]>(
    db,
    "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const remove = prepare<[number, number, number]>(db, `DELETE FROM snapshots ${byKey}`);
  const columns = (key: SegmentKey) => [key.collectionId, key.partitionId, key.fieldId] as const;
  return {
    get(key) {
      const row = get.get(...columns(key));
      return row === undefined ? undefined : toRecord(row);
    },
    put(record) {
      const { file, checksum, rows, sizeBytes, parameters } = record;
      transaction(() => put.run(...columns(record.key), file, checksum, rows, sizeBytes, parameters));
    },
    delete(key) {
      transaction(() => remove.run(...columns(key)));
    },
    all: () => all.all().map(toRecord),
  };
}
