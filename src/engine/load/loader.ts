import { failure } from "../../errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { ColumnBudget } from "../columns/column-budget.js";
import { FillBehind } from "../columns/fill-behind.js";
import type { EntityStore } from "../entities/entity-store.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { RowChanges } from "../entities/row-changes.js";
import { failpoint } from "../failpoints.js";
import { type Collection, indexOfField } from "../model/collection.js";
import type { Changes } from "../storage/change-log.js";
import type { VectorStore } from "../vector/contract.js";
import { type LoadEvent, type LoadRules, type LoadState, nextLoadState } from "./load-state.js";
import { LoadedPartition, type SharedBounds } from "./loaded-partition.js";
import { FilterBudget } from "./prepared-filters.js";
import type { Residence } from "./residence.js";
import { type FrozenPartitions, Residences } from "./residences.js";

interface LoaderOptions {
  readonly rules: LoadRules;
  readonly catalog: Catalog;
  readonly entities: EntityStore;
  readonly vectors: VectorStore;
  readonly transaction: <T>(work: () => T) => T;
  /** Runs work between the calls that sees one state of the file; rejects once the engine is closed. */
  readonly look: <T>(work: () => T) => Promise<T>;
  /** An explicit load went on: 0-100. */
  readonly progressed: (collectionId: number, progress: number) => void;
  /** What is loaded from the beginning: of the database that this one is a copy of. */
  readonly frozen?: FrozenPartitions | undefined;
}

/** Rows of one vector index by the way they are served. `total = indexed + pending`, and those without a vector. */
export interface IndexProgress {
  readonly total: number;
  readonly indexed: number;
  readonly pending: number;
  readonly failReason: string;
}

/**
 * Drives the state machine of load-state.ts and owns the vectors in memory. Load intent is in the catalogue; this is what
 * is there now.
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #residences: Residences;
  readonly #shared: SharedBounds;

  constructor(options: LoaderOptions) {
    this.#options = options;
    const { entities, vectors, look, frozen = new Map() } = options;
    this.#shared = { filters: new FilterBudget(), columns: new ColumnBudget(), filler: new FillBehind(look) };
    this.#residences = new Residences(frozen, (collectionId, partition) =>
      LoadedPartition.thaw(partition, vectors, entities.table(this.#collection(collectionId)), this.#shared),
    );
  }

  get rules(): LoadRules {
    return this.#options.rules;
  }

  /** Loads all partitions (mode `collection`), resolves when every row is searchable. */
  loadCollection(collectionId: number, replicaNumber = 1): Promise<void> {
    return this.#load(collectionId, { kind: "load-collection", replicaNumber });
  }

  /** Loads the named partitions on top of what is loaded. */
  loadPartitions(collectionId: number, partitionIds: readonly number[], replicaNumber = 1): Promise<void> {
    return this.#load(collectionId, { kind: "load-partitions", partitions: partitionIds, replicaNumber });
  }

  releaseCollection(collectionId: number): Promise<void> {
    return this.#release(collectionId, { kind: "release-collection" });
  }

  releasePartitions(collectionId: number, partitionIds: readonly number[]): Promise<void> {
    return this.#release(collectionId, { kind: "release-partitions", partitions: partitionIds });
  }

  /** Frees memory and snapshot files of a dropped collection. Call after commit. */
  collectionDropped(collectionId: number): void {
    this.#residences.drop(collectionId);
    this.#options.vectors.forget({ collectionId });
  }

  /** Call after commit. */
  partitionDropped(collectionId: number, partitionId: number): void {
    this.#residences.get(collectionId)?.giveUp(partitionId);
    this.#options.vectors.forget({ collectionId, partitionId });
  }

  /** A partition made with `loaded = true` (mode `collection`) gets its empty segments. Call after commit. */
  partitionCreated(collectionId: number, partitionId: number): void {
    const collection = this.#collection(collectionId);
    if (collection.partitions.find((p) => p.id === partitionId)?.loaded !== true) return;
    // It is empty, so restoring it costs nothing; searches that come first wait for it.
    this.#restore(collection, partitionId).catch(() => {});
  }

  /** Empties all loaded segments. Call after commit. */
  collectionTruncated(collectionId: number): void {
    for (const partition of this.#residences.get(collectionId)?.partitions.values() ?? []) {
      partition.clear();
    }
    this.#options.vectors.forget({ collectionId });
  }

  /** Frees the segments of a vector field. Call after commit. */
  fieldDropped(collectionId: number, fieldId: number): void {
    for (const partition of this.#residences.get(collectionId)?.partitions.values() ?? []) {
      partition.dropField(fieldId);
    }
    this.#options.vectors.forget({ collectionId, fieldId });
  }

  /** An index appeared on a vector field of a loaded collection. Call after commit. */
  async vectorIndexCreated(collectionId: number, fieldId: number): Promise<void> {
    await this.#residence(collectionId).inTurn(async () => {
      const collection = this.#collection(collectionId);
      const table = this.#options.entities.table(collection);
      const field = table.vectors.find((f) => f.id === fieldId);
      const index = indexOfField(collection, fieldId);
      if (field === undefined || index === undefined) return;
      for (const partition of this.#residence(collectionId).partitions.values()) {
        if (!partition.segments.has(fieldId)) {
          await partition.addField(this.#options.vectors, table, collection, field, index);
        }
      }
    });
  }

  /** 0-100 over the partitions being loaded; undefined when none is. */
  loadProgress(collectionId: number): number | undefined {
    return this.#residences.get(collectionId)?.progress;
  }

  indexProgress(collectionId: number, fieldId: number): IndexProgress {
    const { entities } = this.#options;
    const collection = this.#collection(collectionId);
    const total = entities.countRows(collection);
    const nullable = collection.schema.fields.find(({ id }) => id === fieldId)?.nullable === true;
    const loaded = this.#residences.get(collectionId)?.partitions;
    let pending = 0;
    /** Rows without a vector are in no index. */
    let valued = 0;
    let failReason = "";
    for (const { id } of collection.partitions) {
      const partition = loaded?.get(id);
      const progress = partition?.segments.get(fieldId)?.progress();
      if (nullable && (progress === undefined || partition?.ready !== true)) {
        valued += entities.countVectors(collection, fieldId, id);
      }
      if (progress === undefined) continue;
      if (nullable && partition?.ready === true) valued += progress.rows;
      pending += progress.pending;
      failReason ||= progress.failReason;
    }
    const inIndex = nullable ? Math.min(valued, total) : total;
    pending = Math.min(pending, inIndex);
    return { total, indexed: inIndex - pending, pending, failReason };
  }

  /** Whether a load of the collection, or of this partition of it, was asked for and has not ended. */
  isToBeLoaded(collectionId: number, partitionId?: number): boolean {
    return this.#residences.get(collectionId)?.isToBeLoaded(partitionId) ?? false;
  }

  /** Partitions whose explicit load has not ended. */
  isLoading(collectionId: number, partitionId: number): boolean {
    return this.#residences.get(collectionId)?.isLoading(partitionId) ?? false;
  }

  /**
   * The loaded partitions of a collection, ready to be searched. Restores what a reopened database has not yet read.
   * @param partitionIds must all be loaded by the catalogue
   */
  ready(collection: Collection, partitionIds: readonly number[]): LoadedPartition[] | Promise<LoadedPartition[]> {
    const residence = this.#residence(collection.id);
    const found: LoadedPartition[] = [];
    for (const id of partitionIds) {
      const partition = residence.partitions.get(id);
      if (partition?.ready !== true) return this.#restoreAll(collection, partitionIds);
      found.push(partition);
    }
    return found;
  }

  /** Resolves when no load and no restoration of the collection runs. */
  async settled(collectionId: number): Promise<void> {
    await this.#residences.get(collectionId)?.settled();
  }

  /** Lets loaded segments follow a committed write. Synchronous: call right after the commit. */
  apply(collectionId: number, { removed, added, batch }: RowChanges): void {
    const residence = this.#residences.get(collectionId);
    if (residence === undefined) return;
    for (const [partitionId, rowIds] of removed) {
      residence.change(partitionId, (partition) => partition.removed(rowIds));
    }
    if (batch === undefined) return;
    for (const [partitionId, rows] of added) {
      residence.change(partitionId, (partition) => {
        failpoint("append-to-segment");
        partition.added(rows, batch);
      });
    }
  }

  /**
   * Lets loaded partitions follow rows that were committed behind their last ones. Synchronous: call right after the commit.
   *
   * @param after the ids of the rows are above this one
   * @param table where they are read from; undefined: there are too many, the next search reads the partitions anew
   */
  partitionsGrown(
    collectionId: number,
    partitionIds: readonly number[],
    after: number,
    table: EntityTable | undefined,
  ): void {
    const residence = this.#residences.get(collectionId);
    for (const id of partitionIds) {
      if (table !== undefined) residence?.change(id, (partition) => partition.grown(table, after));
      // One that is being read comes to the new rows by itself.
      else if (residence?.partitions.get(id)?.ready === true) residence.giveUp(id);
    }
  }

  /** Every segment in memory, for stats. */
  *loadedPartitions(): Generator<{ readonly collectionId: number; readonly partition: LoadedPartition }> {
    for (const [collectionId, residence] of this.#residences) {
      for (const partition of residence.partitions.values()) yield { collectionId, partition };
    }
  }

  /**
   * Brings what is in memory up to what a writer beside this reader has done. What cannot follow is forgotten, and read
   * anew by the next search. Nobody may use a partition meanwhile.
   */
  async followWriter(changes: Changes): Promise<void> {
    const { catalog, entities } = this.#options;
    for (const [collectionId, residence] of this.#residences) {
      const collection = catalog.byId(collectionId);
      const rows = changes.collections.get(collectionId);
      const table = collection === undefined ? undefined : entities.table(collection);
      for (const [id, partition] of residence.partitions) {
        try {
          const stays = partition.ready && table !== undefined && collection !== undefined && isLoaded(collection, id);
          if (stays && rows?.lost !== "unknown" && partition.fits(table, collection)) {
            if (rows !== undefined) await partition.follow(table, rows);
            continue;
          }
        } catch (error) {
          residence.giveUp(id, partition);
          throw error;
        }
        residence.giveUp(id, partition);
      }
      if (collection === undefined) this.#residences.drop(collectionId);
    }
  }

  /** What loaded partitions hold at this moment. */
  freeze(): FrozenPartitions {
    return this.#residences.freeze((collectionId, partitionId) => {
      const collection = this.#options.catalog.byId(collectionId);
      return collection !== undefined && isLoaded(collection, partitionId);
    });
  }

  /** Forgets all segments: the next search reads its partitions anew. Nobody may use them. */
  forgetAll(): void {
    this.#residences.clear();
  }

  /** Stops running loads and frees all segments. */
  async close(): Promise<void> {
    const residences = [...this.#residences.made()];
    for (const residence of residences) residence.stopLoad();
    await Promise.all(residences.map((residence) => residence.settled()));
    this.forgetAll();
  }

  #residence(collectionId: number): Residence {
    return this.#residences.of(collectionId);
  }

  #collection(collectionId: number, name = String(collectionId)): Collection {
    const collection = this.#options.catalog.byId(collectionId);
    if (collection === undefined) throw failure("CollectionMissing", { collection: name });
    return collection;
  }

  #load(collectionId: number, event: LoadEvent): Promise<void> {
    const { name } = this.#collection(collectionId);
    const residence = this.#residence(collectionId);
    return residence.loadInTurn(event.kind === "load-partitions" ? event.partitions : undefined, async () => {
      const collection = this.#collection(collectionId, name);
      const next = this.#next(collection, event);
      const table = this.#options.entities.table(collection);
      const missing = [...next.loaded].filter((id) => !isLoaded(collection, id));
      const partitions = missing.map((id) => new LoadedPartition(id, table, this.#shared));
      try {
        await residence.fill(partitions, async (load) => {
          for (const partition of partitions) {
            await partition.fill(this.#options.vectors, table, collection, this.#tellProgress(collectionId));
            if (load.aborted) throw failure("CollectionNotLoaded", { collection: collectionId });
          }
          // What was loaded before and is not in memory yet: after a reopening, or of a collection just made.
          await this.#restoreLoaded(collectionId);
          if (load.aborted) throw failure("CollectionNotLoaded", { collection: collectionId });
          const now = this.#collection(collectionId, name);
          failpoint("mid-load");
          this.#store(now, this.#next(now, event));
        });
      } catch (error) {
        // A load that was stopped by a drop says so.
        this.#collection(collectionId, name);
        throw error;
      }
      this.#options.progressed(collectionId, 100);
    });
  }

  /** Tells of progress, each percentage once. */
  #tellProgress(collectionId: number): () => void {
    let shown = -1;
    return () => {
      const now = this.loadProgress(collectionId) ?? 0;
      if (now > shown) this.#options.progressed(collectionId, now);
      shown = now;
    };
  }

  #release(collectionId: number, event: LoadEvent): Promise<void> {
    const residence = this.#residence(collectionId);
    // Refused transitions must not stop a running load.
    const { name } = this.#collection(collectionId);
    this.#next(this.#collection(collectionId), event);
    residence.stopLoad();
    return residence.inTurn(async () => {
      const collection = this.#collection(collectionId, name);
      const next = this.#next(collection, event);
      this.#store(collection, next);
      failpoint("mid-release");
      for (const id of [...residence.partitions.keys()]) if (!next.loaded.has(id)) residence.giveUp(id);
    });
  }

  #next(collection: Collection, event: LoadEvent): LoadState {
    const state: LoadState = {
      mode: collection.loadMode,
      loaded: new Set(collection.partitions.filter((p) => p.loaded).map((p) => p.id)),
      replicaNumber: collection.replicaNumber,
    };
    const all = collection.partitions.map((p) => p.id);
    return nextLoadState(this.#options.rules, collection.id, all, state, event);
  }

  #store(collection: Collection, next: LoadState): void {
    const asBefore =
      next.mode === collection.loadMode &&
      next.replicaNumber === collection.replicaNumber &&
      collection.partitions.every((p) => p.loaded === next.loaded.has(p.id));
    if (asBefore) return;
    this.#options.transaction(() =>
      this.#options.catalog.setLoadState(collection.id, next.mode, next.loaded, next.replicaNumber),
    );
  }

  async #restoreAll(collection: Collection, partitionIds: readonly number[]): Promise<LoadedPartition[]> {
    const residence = this.#residence(collection.id);
    // All of them, also when one has failed: nothing goes on behind the call.
    const ended = await Promise.allSettled(partitionIds.map((id) => this.#restore(collection, id)));
    for (const end of ended) if (end.status === "rejected") throw end.reason;
    return partitionIds.map((id) => {
      const partition = residence.partitions.get(id);
      if (partition?.ready !== true) throw failure("CollectionNotLoaded", { collection: collection.id });
      return partition;
    });
  }

  async #restoreLoaded(collectionId: number): Promise<void> {
    const collection = this.#options.catalog.byId(collectionId);
    const loaded = collection?.partitions.filter((p) => p.loaded) ?? [];
    for (const { id } of loaded) if (collection !== undefined) await this.#restore(collection, id);
  }

  /** Fills a partition that the catalogue calls loaded; several callers share one run. */
  #restore(collection: Collection, partitionId: number): Promise<void> {
    const { entities, vectors } = this.#options;
    const table = entities.table(collection);
    return this.#residence(collection.id).restore(
      partitionId,
      () => new LoadedPartition(partitionId, table, this.#shared),
      (partition) => partition.fill(vectors, table, collection),
    );
  }
}

function isLoaded(collection: Collection, partitionId: number): boolean {
  return collection.partitions.some((p) => p.id === partitionId && p.loaded);
}
