import { failure } from "../../errors.js";
import type { Catalog } from "../catalog/catalog.js";
import type { EntityStore } from "../entities/entity-store.js";
import type { RowChanges } from "../entities/row-changes.js";
import { failpoint } from "../failpoints.js";
import { type Collection, indexOfField } from "../model/collection.js";
import type { Changes } from "../storage/change-log.js";
import type { VectorStore } from "../vector/contract.js";
import { type LoadEvent, type LoadRules, type LoadState, nextLoadState } from "./load-state.js";
import { LoadedPartition } from "./loaded-partition.js";
import { FilterBudget } from "./prepared-filters.js";

interface LoaderOptions {
  readonly rules: LoadRules;
  readonly catalog: Catalog;
  readonly entities: EntityStore;
  readonly vectors: VectorStore;
  readonly transaction: <T>(work: () => T) => T;
  /** An explicit load went on: 0-100. */
  readonly progressed: (collectionId: number, progress: number) => void;
}

/** Rows of one vector index by the way they are served. `total = indexed + pending`. */
export interface IndexProgress {
  readonly total: number;
  readonly indexed: number;
  readonly pending: number;
  readonly failReason: string;
}

/** What one collection has in memory. */
interface Residence {
  readonly partitions: Map<number, LoadedPartition>;
  /** Load, release and drop of a collection run one after the other. */
  queue: Promise<unknown>;
  /** Loads that were asked for and have not ended: the partitions of each, undefined for all. */
  readonly asked: Set<{ readonly partitionIds: readonly number[] | undefined }>;
  /** The explicit load that runs now. */
  running: { aborted: boolean; readonly partitions: readonly LoadedPartition[] } | undefined;
  /** Restorations (after reopening) by partition. */
  readonly restoring: Map<number, Promise<void>>;
}

/**
 * Drives the state machine of load-state.ts and owns the vectors in memory. Load intent is in the catalogue; this is what
 * is there now.
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #residences = new Map<number, Residence>();
  readonly #filters = new FilterBudget();

  constructor(options: LoaderOptions) {
    this.#options = options;
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
    const residence = this.#residences.get(collectionId);
    this.#residences.delete(collectionId);
    if (residence !== undefined) {
      stopRunning(residence);
      for (const partition of residence.partitions.values()) partition.close();
    }
    this.#options.vectors.forget({ collectionId });
  }

  /** Call after commit. */
  partitionDropped(collectionId: number, partitionId: number): void {
    const residence = this.#residences.get(collectionId);
    this.#close(residence, partitionId);
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

  /** An index appeared on a vector field of a loaded collection. Call after commit. */
  async vectorIndexCreated(collectionId: number, fieldId: number): Promise<void> {
    await this.#serialised(collectionId, async () => {
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
    const running = this.#residences.get(collectionId)?.running;
    if (running === undefined || running.partitions.length === 0) return undefined;
    const sum = running.partitions.reduce((total, partition) => total + partition.progress, 0);
    return Math.min(99, Math.floor((100 * sum) / running.partitions.length));
  }

  indexProgress(collectionId: number, fieldId: number): IndexProgress {
    const total = this.#options.entities.countRows(this.#collection(collectionId));
    let pending = 0;
    let failReason = "";
    for (const partition of this.#residences.get(collectionId)?.partitions.values() ?? []) {
      const progress = partition.segments.get(fieldId)?.progress();
      if (progress === undefined) continue;
      pending += progress.pending;
      failReason ||= progress.failReason;
    }
    pending = Math.min(pending, total);
    return { total, indexed: total - pending, pending, failReason };
  }

  /** Whether a load of the collection, or of this partition of it, was asked for and has not ended. */
  isToBeLoaded(collectionId: number, partitionId?: number): boolean {
    const asked = [...(this.#residences.get(collectionId)?.asked ?? [])];
    return asked.some(({ partitionIds }) => partitionId === undefined || (partitionIds?.includes(partitionId) ?? true));
  }

  /** Partitions whose explicit load has not ended. */
  isLoading(collectionId: number, partitionId: number): boolean {
    return this.#residences.get(collectionId)?.running?.partitions.some((p) => p.id === partitionId) ?? false;
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
    const residence = this.#residences.get(collectionId);
    if (residence === undefined) return;
    await Promise.allSettled([residence.queue, ...residence.restoring.values()]);
  }

  /** Lets loaded segments follow a committed write. Synchronous: call right after the commit. */
  apply(collectionId: number, { removed, added, batch }: RowChanges): void {
    const residence = this.#residences.get(collectionId);
    if (residence === undefined) return;
    for (const [partitionId, rowIds] of removed) {
      this.#follow(residence, partitionId, (partition) => partition.removed(rowIds));
    }
    if (batch === undefined) return;
    for (const [partitionId, rows] of added) {
      this.#follow(residence, partitionId, (partition) => {
        failpoint("append-to-segment");
        partition.added(rows, batch);
      });
    }
  }

  /** A partition that cannot follow a committed write (no memory left) is given up: the next search reads it anew. */
  #follow(residence: Residence, partitionId: number, change: (partition: LoadedPartition) => void): void {
    const partition = residence.partitions.get(partitionId);
    if (partition === undefined) return;
    try {
      change(partition);
    } catch {
      this.#close(residence, partitionId, partition);
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
          this.#close(residence, id, partition);
          throw error;
        }
        this.#close(residence, id, partition);
      }
      if (collection === undefined) this.#residences.delete(collectionId);
    }
  }

  /** Forgets all segments: the next search reads its partitions anew. Nobody may use them. */
  forgetAll(): void {
    for (const residence of this.#residences.values()) {
      for (const partition of residence.partitions.values()) partition.close();
    }
    this.#residences.clear();
  }

  /** Stops running loads and frees all segments. */
  async close(): Promise<void> {
    for (const residence of this.#residences.values()) {
      stopRunning(residence);
    }
    const waiting = [...this.#residences.values()].flatMap((r) => [r.queue, ...r.restoring.values()]);
    await Promise.allSettled(waiting);
    this.forgetAll();
  }

  #residence(collectionId: number): Residence {
    let residence = this.#residences.get(collectionId);
    if (residence === undefined) {
      residence = {
        partitions: new Map(),
        queue: Promise.resolve(),
        asked: new Set(),
        running: undefined,
        restoring: new Map(),
      };
      this.#residences.set(collectionId, residence);
    }
    return residence;
  }

  #collection(collectionId: number, name = String(collectionId)): Collection {
    const collection = this.#options.catalog.byId(collectionId);
    if (collection === undefined) throw failure("CollectionMissing", { collection: name });
    return collection;
  }

  #serialised<T>(collectionId: number, work: () => Promise<T>): Promise<T> {
    const residence = this.#residence(collectionId);
    const result = residence.queue.then(work);
    residence.queue = result.catch(() => {});
    return result;
  }

  #load(collectionId: number, event: LoadEvent): Promise<void> {
    const { name } = this.#collection(collectionId);
    const { asked } = this.#residence(collectionId);
    const entry = { partitionIds: event.kind === "load-partitions" ? event.partitions : undefined };
    asked.add(entry);
    const ended = this.#serialised(collectionId, async () => {
      const collection = this.#collection(collectionId, name);
      const next = this.#next(collection, event);
      const residence = this.#residence(collectionId);
      const missing = [...next.loaded].filter((id) => !isLoaded(collection, id));
      const table = this.#options.entities.table(collection);
      const partitions = missing.map((id) => new LoadedPartition(id, table, this.#filters));
      const running = { aborted: false, partitions };
      residence.running = running;
      for (const partition of partitions) residence.partitions.set(partition.id, partition);
      try {
        for (const partition of partitions) {
          let shown = -1;
          await partition.fill(this.#options.vectors, table, collection, () => {
            const now = this.loadProgress(collectionId) ?? 0;
            if (now > shown) this.#options.progressed(collectionId, now);
            shown = now;
          });
          if (running.aborted) throw failure("CollectionNotLoaded", { collection: collectionId });
        }
        // What was loaded before and is not in memory yet: after a reopening, or of a collection just made.
        await this.#restoreLoaded(collectionId);
        if (running.aborted) throw failure("CollectionNotLoaded", { collection: collectionId });
        const now = this.#options.catalog.byId(collectionId);
        if (now === undefined) throw failure("CollectionMissing", { collection: collection.name });
        failpoint("mid-load");
        this.#store(now, this.#next(now, event));
        this.#options.progressed(collectionId, 100);
      } catch (error) {
        for (const partition of partitions) this.#close(residence, partition.id, partition);
        if (this.#options.catalog.byId(collectionId) === undefined) {
          throw failure("CollectionMissing", { collection: collection.name });
        }
        throw error;
      } finally {
        residence.running = undefined;
      }
    });
    return ended.finally(() => asked.delete(entry));
  }

  #release(collectionId: number, event: LoadEvent): Promise<void> {
    const residence = this.#residence(collectionId);
    // Refused transitions must not stop a running load.
    const { name } = this.#collection(collectionId);
    this.#next(this.#collection(collectionId), event);
    stopRunning(residence);
    return this.#serialised(collectionId, async () => {
      const collection = this.#collection(collectionId, name);
      const next = this.#next(collection, event);
      this.#store(collection, next);
      failpoint("mid-release");
      for (const id of [...residence.partitions.keys()]) if (!next.loaded.has(id)) this.#close(residence, id);
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

  #close(residence: Residence | undefined, partitionId: number, expected?: LoadedPartition): void {
    const partition = residence?.partitions.get(partitionId);
    if (residence === undefined || partition === undefined) return;
    if (expected !== undefined && partition !== expected) return;
    residence.partitions.delete(partitionId);
    partition.close();
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
    const residence = this.#residence(collection.id);
    if (residence.partitions.get(partitionId)?.ready === true) return Promise.resolve();
    const running = residence.restoring.get(partitionId);
    if (running !== undefined) return running;
    const table = this.#options.entities.table(collection);
    const partition = new LoadedPartition(partitionId, table, this.#filters);
    residence.partitions.set(partitionId, partition);
    const restoring = partition
      .fill(this.#options.vectors, table, collection)
      .catch((error) => {
        this.#close(residence, partitionId, partition);
        throw error;
      })
      .finally(() => residence.restoring.delete(partitionId));
    residence.restoring.set(partitionId, restoring);
    return restoring;
  }
}

/** Tells the explicit load that runs now to stop; it answers 101, or 100 after a drop. */
function stopRunning(residence: Residence): void {
  if (residence.running === undefined) return;
  residence.running.aborted = true;
  for (const partition of residence.running.partitions) partition.signal.aborted = true;
}

function isLoaded(collection: Collection, partitionId: number): boolean {
  return collection.partitions.some((p) => p.id === partitionId && p.loaded);
}
