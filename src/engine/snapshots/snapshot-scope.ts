import type { Catalog } from "../catalog/catalog.js";
import type { EntityStore } from "../entities/entity-store.js";
import type { Connection } from "../storage/driver.js";
import type { SnapshotHome } from "./snapshot-home.js";

/** What snapshots use of the engine. */
export interface SnapshotScope {
  readonly sql: Connection;
  readonly catalog: Catalog;
  readonly entities: EntityStore;
  readonly home: SnapshotHome;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly transaction: <T>(work: () => T) => T;
  readonly removal: <T>(work: () => T) => T;
  /** Runs transactions that need not outlive a power cut unless a later one does. */
  readonly lazily: <T>(work: () => T) => T;
  /** Resolves when there is not too much in the log. */
  readonly relief: () => Promise<void>;
}
