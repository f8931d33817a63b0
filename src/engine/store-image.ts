import type { EngineContext } from "./context.js";
import type { FrozenPartitions } from "./load/residences.js";

/**
 * A whole store at one moment: rows, catalogue, users, snapshots of collections, and what loaded partitions hold, their graphs
 * too. Nothing of it changes any more, so any number of engines can be opened with one.
 */
export interface StoreImage {
  /** The database, as the bytes of a file. */
  readonly database: Uint8Array;
  readonly loaded: FrozenPartitions;
  /** Copies of collections, by the ids of their snapshots. */
  readonly collectionCopies: ReadonlyMap<number, Uint8Array>;
}

/** Takes an image, of what is committed. Builds that are under way pause meanwhile. */
export function takeImage({ sql, loader, snapshots }: EngineContext): StoreImage {
  return { database: sql.serialize(), loaded: loader.freeze(), collectionCopies: snapshots.bytes() };
}

/** Bytes that an image takes. */
export function bytesOfImage({ database, loaded, collectionCopies }: StoreImage): number {
  let bytes = database.length;
  for (const partitions of loaded.values()) {
    for (const { segments, keys } of partitions) {
      bytes += keys.memoryBytes;
      for (const { parts } of segments) for (const part of parts) bytes += part.bytes.length;
    }
  }
  for (const copy of collectionCopies.values()) bytes += copy.length;
  return bytes;
}
