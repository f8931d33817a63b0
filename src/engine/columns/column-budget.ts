/** What has columns, and gives them up when others need the room. */
interface Holder {
  readonly memoryBytes: number;
  clear(): void;
}

/** Bytes that the columns of all loaded partitions may take. */
export const MOST_COLUMN_BYTES = 256 * 1024 * 1024;

/** The bound that the columns of all loaded partitions share. Those of the partition that was filtered longest ago go first. */
export class ColumnBudget {
  readonly #most: number;
  readonly #holders = new Set<Holder>();

  constructor(most: number = MOST_COLUMN_BYTES) {
    this.#most = most;
  }

  /** It has columns, and they are used now. */
  use(holder: Holder): void {
    this.#holders.delete(holder);
    this.#holders.add(holder);
  }

  forget(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** @returns whether a holder may take that much more */
  makeRoom(wanting: Holder, bytes: number): boolean {
    let taken = bytes;
    for (const { memoryBytes } of this.#holders) taken += memoryBytes;
    for (const oldest of this.#holders) {
      if (taken <= this.#most) break;
      if (oldest === wanting) continue;
      taken -= oldest.memoryBytes;
      oldest.clear();
    }
    return taken <= this.#most;
  }
}
