import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

/** A copy of a collection as the database knows of it. */
export interface CollectionSnapshot {
  /** Unique in the database file, never reused. */
  readonly id: number;
  readonly collectionId: number;
  /** Unique in the collection. */
  readonly name: string;
  readonly description: string;
  /** `making`: not to be had yet; `going`: its file may still be there. */
  readonly state: "making" | "ready" | "going";
  readonly partitionNames: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Relative to the folder of copies; empty in memory. */
  readonly file: string;
  /** Of the file. */
  readonly checksum: string;
  readonly rows: number;
  readonly sizeBytes: number;
}

/** What is known once a copy is whole. */
export type CopyFacts = Pick<CollectionSnapshot, "checksum" | "rows" | "sizeBytes">;

/** SQL of the tables `collection_snapshots` and `snapshot_pins`. What writes is called inside a transaction. */
export interface SnapshotTable {
  /** In order of creation. */
  all(): readonly CollectionSnapshot[];
  /** Those that can be had, in order of creation. */
  of(collectionId: number): readonly CollectionSnapshot[];
  byId(id: number): CollectionSnapshot | undefined;
  /** Of any state but `going`. */
  find(collectionId: number, name: string): CollectionSnapshot | undefined;
  add(snapshot: CollectionSnapshot): void;
  ready(id: number, facts: CopyFacts): void;
  /** From now on nobody finds it. */
  going(id: number): void;
  remove(id: number): void;
  pin(id: number, snapshotId: number, expiresAt: number | undefined): void;
  unpin(id: number): void;
  /** Pins that hold at a moment; those that have expired are gone. */
  pins(snapshotId: number, now: number): number;
}

interface SnapshotRow {
  readonly id: number;
  readonly collection_id: number;
  readonly name: string;
  readonly description: string;
  readonly state: CollectionSnapshot["state"];
  readonly partition_names: string;
  readonly created_at: number;
  readonly file: string;
  readonly checksum: string;
  readonly row_count: number;
  readonly size_bytes: number;
}

function toSnapshot(row: SnapshotRow): CollectionSnapshot {
  return {
    id: row.id,
    collectionId: row.collection_id,
    name: row.name,
    description: row.description,
    state: row.state,
    partitionNames: JSON.parse(row.partition_names) as string[],
    createdAt: row.created_at,
    file: row.file,
    checksum: row.checksum,
    rows: row.row_count,
    sizeBytes: row.size_bytes,
  };
}

export function snapshotTable(db: Connection): SnapshotTable {
  const select = (where: string) => `SELECT * FROM collection_snapshots ${where} ORDER BY id`;
  const all = prepare<[], SnapshotRow>(db, select(""));
  const of = prepare<[number], SnapshotRow>(db, select("WHERE collection_id = ? AND state = 'ready'"));
  const byId = prepare<[number], SnapshotRow>(db, select("WHERE id = ?"));
  const find = prepare<[number, string], SnapshotRow>(
    db,
    select("WHERE collection_id = ? AND name = ? AND state <> 'going'"),
  );
  const add = prepare<unknown[]>(db, "INSERT INTO collection_snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const ready = prepare<[string, number, number, number]>(
    db,
    "UPDATE collection_snapshots SET state = 'ready', checksum = ?, row_count = ?, size_bytes = ? WHERE id = ?",
  );
  const going = prepare<[number]>(db, "UPDATE collection_snapshots SET state = 'going' WHERE id = ?");
  const remove = prepare<[number]>(db, "DELETE FROM collection_snapshots WHERE id = ?");
  const pin = prepare<[number, number, number | null]>(db, "INSERT INTO snapshot_pins VALUES (?, ?, ?)");
  const unpin = prepare<[number]>(db, "DELETE FROM snapshot_pins WHERE id = ?");
  const pins = prepare<[number, number], number>(
    db,
    "SELECT count(*) FROM snapshot_pins WHERE snapshot_id = ? AND (expires_at IS NULL OR expires_at > ?)",
  ).pluck();
  const shown = (row: SnapshotRow | undefined) => (row === undefined ? undefined : toSnapshot(row));
  return {
    all: () => all.all().map(toSnapshot),
    of: (collectionId) => of.all(collectionId).map(toSnapshot),
    byId: (id) => shown(byId.get(id)),
    find: (collectionId, name) => shown(find.get(collectionId, name)),
    add(snapshot) {
      const { id, collectionId, name, description, state, partitionNames, createdAt, file } = snapshot;
      const { checksum, rows, sizeBytes } = snapshot;
      const names = JSON.stringify(partitionNames);
      add.run(id, collectionId, name, description, state, names, createdAt, file, checksum, rows, sizeBytes);
    },
    ready(id, { checksum, rows, sizeBytes }) {
      ready.run(checksum, rows, sizeBytes, id);
    },
    going(id) {
      going.run(id);
    },
    remove(id) {
      remove.run(id);
    },
    pin(id, snapshotId, expiresAt) {
      pin.run(id, snapshotId, expiresAt ?? null);
    },
    unpin(id) {
      unpin.run(id);
    },
    pins: (snapshotId, now) => pins.get(snapshotId, now) as number,
  };
}
