/** Rows of one vector index by the way they are served. `total = indexed + pending`. */
export interface IndexProgress {
  readonly total: number;
  readonly indexed: number;
  readonly pending: number;
  readonly failReason: string;
}

/**
 * Drives load and release, and owns the vectors in memory. Load intent is in the catalogue; this is what is there now.
 */
export interface Loader {
  /** Loads all partitions (mode `collection`), resolves when every row is searchable. */
  loadCollection(collectionId: number, replicaNumber?: number): Promise<void>;
  /** Loads the named partitions on top of what is loaded. */
  loadPartitions(collectionId: number, partitionIds: readonly number[], replicaNumber?: number): Promise<void>;
  releaseCollection(collectionId: number): Promise<void>;
  releasePartitions(collectionId: number, partitionIds: readonly number[]): Promise<void>;
  /** Frees memory and snapshot files of a dropped collection. Call after commit. */
  collectionDropped(collectionId: number): void;
  /** Call after commit. */
  partitionDropped(collectionId: number, partitionId: number): void;
  /** A partition made with `loaded = true` (mode `collection`) gets its empty segments. Call after commit. */
  partitionCreated(collectionId: number, partitionId: number): void;
  /** Empties all loaded segments. Call after commit. */
  collectionTruncated(collectionId: number): void;
  /** An index appeared on a vector field of a loaded collection. Call after commit. */
  vectorIndexCreated(collectionId: number, fieldId: number): Promise<void>;
  /** 0-100 over the partitions being loaded; undefined when none is. */
  loadProgress(collectionId: number): number | undefined;
  indexProgress(collectionId: number, fieldId: number): IndexProgress;
}
