import type { LoadedPartition } from "./loaded-partition.js";

/** The partitions that a load was asked for; undefined for all. */
type Asked = { readonly partitionIds: readonly number[] | undefined };

/** A load that runs: what it fills, and whether it is to stop. */
export interface RunningLoad {
  aborted: boolean;
  readonly partitions: readonly LoadedPartition[];
}

/** What one collection has in memory, and what is under way to change it. */
export class Residence {
  readonly partitions: Map<number, LoadedPartition> = new Map();
  /** Restorations (after reopening) by partition. */
  readonly #restoring = new Map<number, Promise<void>>();
  /** Loads that were asked for and have not ended. */
  readonly #asked = new Set<Asked>();
  /** The explicit load that runs now. */
  #running: RunningLoad | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** Load, release and drop of a collection run one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** The same for a load: it counts from the call that asks for it on. */
  async loadInTurn(partitionIds: readonly number[] | undefined, work: () => Promise<void>): Promise<void> {
    const asked = { partitionIds };
    this.#asked.add(asked);
    try {
      await this.inTurn(work);
    } finally {
      this.#asked.delete(asked);
    }
  }

  /** Fills partitions that are in memory from now on; what does not become ready is given up. */
  async fill(partitions: readonly LoadedPartition[], work: (load: RunningLoad) => Promise<void>): Promise<void> {
    const load: RunningLoad = { aborted: false, partitions };
    this.#running = load;
    for (const partition of partitions) this.partitions.set(partition.id, partition);
    try {
      await work(load);
    } catch (error) {
      for (const partition of partitions) this.giveUp(partition.id, partition);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Tells the explicit load that runs now to stop; it answers 101, or 100 after a drop. */
  stopLoad(): void {
    if (this.#running === undefined) return;
    this.#running.aborted = true;
    for (const partition of this.#running.partitions) partition.signal.aborted = true;
  }

  /** Whether a load, of this partition when it is named, was asked for and has not ended. */
  isToBeLoaded(partitionId?: number): boolean {
    return [...this.#asked].some(
      ({ partitionIds }) => partitionId === undefined || (partitionIds?.includes(partitionId) ?? true),
    );
  }

  isLoading(partitionId: number): boolean {
    return this.#running?.partitions.some((p) => p.id === partitionId) ?? false;
  }

  /** 0-99 over the partitions being loaded; undefined when none is. */
  get progress(): number | undefined {
    const partitions = this.#running?.partitions ?? [];
    if (partitions.length === 0) return undefined;
    const sum = partitions.reduce((total, partition) => total + partition.progress, 0);
    return Math.min(99, Math.floor((100 * sum) / partitions.length));
  }

  /** Fills one partition outside of a load; several callers share one run. */
  restore(
    partitionId: number,
    make: () => LoadedPartition,
    fill: (made: LoadedPartition) => Promise<void>,
  ): Promise<void> {
    if (this.partitions.get(partitionId)?.ready === true) return Promise.resolve();
    const running = this.#restoring.get(partitionId);
    if (running !== undefined) return running;
    const partition = make();
    this.partitions.set(partitionId, partition);
    const restoring = fill(partition)
      .catch((error) => {
        this.giveUp(partitionId, partition);
        throw error;
      })
      .finally(() => this.#restoring.delete(partitionId));
    this.#restoring.set(partitionId, restoring);
    return restoring;
  }

  /** A partition that cannot follow a committed write (no memory left) is given up: the next search reads it anew. */
  change(partitionId: number, work: (partition: LoadedPartition) => void): void {
    const partition = this.partitions.get(partitionId);
    if (partition === undefined) return;
    try {
      work(partition);
    } catch {
      this.giveUp(partitionId, partition);
    }
  }

  /** Frees a partition; with `expected` only if it is still this one. */
  giveUp(partitionId: number, expected?: LoadedPartition): void {
    const partition = this.partitions.get(partitionId);
    if (partition === undefined || (expected !== undefined && partition !== expected)) return;
    this.partitions.delete(partitionId);
    partition.close();
  }

  /** Resolves when no load and no restoration runs. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#queue, ...this.#restoring.values()]);
  }

  close(): void {
    this.stopLoad();
    for (const partition of this.partitions.values()) partition.close();
    this.partitions.clear();
  }
}
