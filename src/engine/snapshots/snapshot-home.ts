import type { CollectionNumbers } from "../catalog/catalog.js";
import type { Collection } from "../model/collection.js";
import type { Copier, PartitionIds } from "./copy-rows.js";
import type { CollectionSnapshot, CopyFacts } from "./snapshot-table.js";

/** A collection that is to be copied. */
export interface Original {
  readonly collection: Collection;
  readonly numbers: CollectionNumbers;
}

/** The rows of a copy within reach of the database's own connection. */
export interface OpenCopy extends Original {
  /** @param partitions the ids that its partitions get */
  copier(partitions: PartitionIds): Copier;
  /** The largest key, where keys are generated; else 0. */
  largestAutoId(): bigint;
  close(): void;
}

/** Where copies of collections are kept. Each is a store of its own, with one collection in it. */
export interface SnapshotHome {
  /** A new name for the file of a copy; empty in memory. */
  newFile(id: number): string;
  /** Where a copy lies; empty in memory. */
  location(snapshot: CollectionSnapshot): string;
  /**
   * Copies a collection as it is when this is called, in slices.
   * @param check called between them. @throws to end the copy
   */
  make(snapshot: CollectionSnapshot, original: Original, check: () => void): Promise<CopyFacts>;
  /** Looks whether a copy is what was made, and reaches for it. One at a time. @throws IoFailed */
  open(snapshot: CollectionSnapshot): Promise<OpenCopy>;
  /** Reaches for a copy that is kept elsewhere: a file that `exportTo` has written. One at a time. @throws IoFailed */
  openFile(path: string, facts: CopyFacts): Promise<OpenCopy>;
  /** Writes a copy into a file that is not there yet. */
  exportTo(snapshot: CollectionSnapshot, path: string): Promise<void>;
  /** What is wrong with a copy. */
  problem(snapshot: CollectionSnapshot): Promise<string | undefined>;
  /** Files of copies that are none of these. */
  strays(known: readonly CollectionSnapshot[]): readonly string[];
  /** Takes away a copy, or what there is of it. @returns whether nothing is left */
  remove(snapshot: CollectionSnapshot): boolean;
  /** The copy as the bytes of a file. */
  bytes(snapshot: CollectionSnapshot): Uint8Array;
  close(): void;
}
