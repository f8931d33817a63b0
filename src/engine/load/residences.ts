import type { FrozenPartition, LoadedPartition } from "./loaded-partition.js";
import { Residence } from "./residence.js";

/** What loaded partitions held at one moment, by collection. */
export type FrozenPartitions = ReadonlyMap<number, readonly FrozenPartition[]>;

/**
 * What collections have in memory. An engine may begin with what another one held: a collection's part of that is
 * copied when somebody first asks for the collection.
 */
export class Residences {
  readonly #made = new Map<number, Residence>();
  readonly #frozen: Map<number, readonly FrozenPartition[]>;
  readonly #thaw: (collectionId: number, frozen: FrozenPartition) => LoadedPartition;

  constructor(frozen: FrozenPartitions, thaw: (collectionId: number, frozen: FrozenPartition) => LoadedPartition) {
    this.#frozen = new Map(frozen);
    this.#thaw = thaw;
  }

  get(collectionId: number): Residence | undefined {
    const frozen = this.#frozen.get(collectionId);
    return frozen === undefined ? this.#made.get(collectionId) : this.#begin(collectionId, frozen);
  }

  /** Made when missing. */
  of(collectionId: number): Residence {
    return this.get(collectionId) ?? this.#begin(collectionId, []);
  }

  #begin(collectionId: number, frozen: readonly FrozenPartition[]): Residence {
    this.#frozen.delete(collectionId);
    const residence = new Residence();
    this.#made.set(collectionId, residence);
    try {
      for (const partition of frozen) residence.partitions.set(partition.id, this.#thaw(collectionId, partition));
    } catch {
      // No memory left: the next search reads the partition's rows.
    }
    return residence;
  }

  /** Frees what a collection has in memory. */
  drop(collectionId: number): void {
    this.#frozen.delete(collectionId);
    this.#made.get(collectionId)?.close();
    this.#made.delete(collectionId);
  }

  /** Frees everything. */
  clear(): void {
    this.#frozen.clear();
    for (const residence of this.#made.values()) residence.close();
    this.#made.clear();
  }

  /** Those that are in memory by now. */
  made(): Iterable<Residence> {
    return this.#made.values();
  }

  *[Symbol.iterator](): Generator<readonly [collectionId: number, Residence]> {
    for (const collectionId of this.#frozen.keys()) this.get(collectionId);
    yield* this.#made;
  }

  /** @param isLoaded what the catalogue says of a partition */
  freeze(isLoaded: (collectionId: number, partitionId: number) => boolean): FrozenPartitions {
    const all = new Map(this.#frozen);
    for (const [collectionId, { partitions }] of this.#made) {
      const frozen = [...partitions.values()].flatMap((partition) => {
        const held = isLoaded(collectionId, partition.id) ? partition.freeze() : undefined;
        return held === undefined ? [] : [held];
      });
      if (frozen.length > 0) all.set(collectionId, frozen);
    }
    return all;
  }
}
