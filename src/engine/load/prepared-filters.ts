import type { PreparedFilter } from "../vector/contract.js";

/** Filters that all loaded partitions together keep at most. */
const MOST_FILTERS = 256;
/** Bytes that they may take; the one prepared last stays whatever its size. */
const MOST_BYTES = 64 * 1024 * 1024;

interface Entry {
  readonly owner: PreparedFilters;
  readonly key: string;
  readonly dataVersion: number;
  readonly filter: PreparedFilter;
  readonly bytes: number;
}

/** The bounds that the prepared filters of all loaded partitions share. Forgets what was used longest ago. */
export class FilterBudget {
  readonly #entries = new Set<Entry>();
  readonly #most: { readonly filters: number; readonly bytes: number };
  #bytes = 0;

  constructor(
    most: { readonly filters: number; readonly bytes: number } = { filters: MOST_FILTERS, bytes: MOST_BYTES },
  ) {
    this.#most = most;
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries) {
      const fits = this.#entries.size <= this.#most.filters && this.#bytes <= this.#most.bytes;
      if (fits || oldest === entry) break;
      oldest.owner.forget(oldest.key);
    }
  }

  use(entry: Entry): void {
    this.#entries.delete(entry);
    this.#entries.add(entry);
  }

  remove(entry: Entry): void {
    if (this.#entries.delete(entry)) this.#bytes -= entry.bytes;
  }
}

/**
 * Row sets of filters that may come again, for one loaded partition. They belong to it, so that release, drop and every
 * change of its rows free them.
 */
export class PreparedFilters {
  readonly #budget: FilterBudget;
  readonly #entries = new Map<string, Entry>();

  constructor(budget: FilterBudget) {
    this.#budget = budget;
  }

  /** @param key names vector field and selection */
  get(key: string, dataVersion: number): PreparedFilter | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.dataVersion !== dataVersion) {
      this.forget(key);
      return undefined;
    }
    this.#budget.use(entry);
    return entry.filter;
  }

  /** @param dataVersion of the collection when the rows were selected: they hold as long as it stays */
  set(key: string, dataVersion: number, filter: PreparedFilter): void {
    this.forget(key);
    const entry: Entry = { owner: this, key, dataVersion, filter, bytes: filter.memoryBytes };
    this.#entries.set(key, entry);
    this.#budget.add(entry);
  }

  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#budget.remove(entry);
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.forget(key);
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const { filter } of this.#entries.values()) bytes += filter.memoryBytes;
    return bytes;
  }
}
