const LEAST_CAPACITY = 1024;

/**
 * Primary keys by row id for one loaded partition, so that a search can name its hits without touching SQLite.
 * Holds Int64 keys in the safe range only; the others are fetched from SQLite. Takes 16 bytes per row, and gives back what
 * deleted rows took when they are more than half.
 */
export class KeyDirectory {
  #rowIds: Float64Array = new Float64Array(LEAST_CAPACITY);
  /** NaN for a row that is gone. */
  #keys: Float64Array = new Float64Array(LEAST_CAPACITY);
  #size = 0;
  #dead = 0;
  #ascending = true;

  /**
   * Whether row ids and keys have one order: each row is here, and its key above those of the rows before it.
   *
   * @param rows how many there are at least
   */
  isAscending(rows: number): boolean {
    return this.#ascending && this.#size - this.#dead >= rows;
  }

  copy(): KeyDirectory {
    const copied = new KeyDirectory();
    const room = Math.max(LEAST_CAPACITY, this.#size);
    copied.#rowIds = this.#rowIds.slice(0, room);
    copied.#keys = this.#keys.slice(0, room);
    copied.#size = this.#size;
    copied.#dead = this.#dead;
    copied.#ascending = this.#ascending;
    return copied;
  }

  /** Row ids must ascend over all calls. Keys that are no safe number are left out. */
  append(rowId: number, key: unknown): void {
    if (typeof key !== "number") {
      this.#ascending = false;
      return;
    }
    if (this.#size > 0 && !(key > (this.#keys[this.#size - 1] as number))) this.#ascending = false;
    if (this.#size === this.#rowIds.length) this.#resize(this.#size * 2);
    this.#rowIds[this.#size] = rowId;
    this.#keys[this.#size++] = key;
  }

  /** Forgets rows; those that are not here are ignored. */
  remove(rowIds: readonly number[]): void {
    for (const rowId of rowIds) {
      const at = this.#indexOf(rowId);
      if (at < 0 || Number.isNaN(this.#keys[at])) continue;
      this.#keys[at] = Number.NaN;
      this.#dead++;
    }
    if (this.#dead * 2 > this.#size) this.#compact();
  }

  find(rowId: number): number | undefined {
    const at = this.#indexOf(rowId);
    const key = at < 0 ? undefined : this.#keys[at];
    return key === undefined || Number.isNaN(key) ? undefined : key;
  }

  clear(): void {
    this.#size = 0;
    this.#dead = 0;
    this.#ascending = true;
    this.#resize(LEAST_CAPACITY);
  }

  get memoryBytes(): number {
    return this.#rowIds.byteLength + this.#keys.byteLength;
  }

  #indexOf(rowId: number): number {
    // Ids rise by one or more: a row lies where it would without gaps, or before.
    const without = rowId - (this.#rowIds[0] as number);
    if (this.#rowIds[without] === rowId && without < this.#size) return without;
    let low = 0;
    let high = Math.min(this.#size - 1, without);
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const there = this.#rowIds[middle] as number;
      if (there === rowId) return middle;
      if (there < rowId) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #compact(): void {
    let n = 0;
    for (let i = 0; i < this.#size; i++) {
      const key = this.#keys[i] as number;
      if (Number.isNaN(key)) continue;
      this.#rowIds[n] = this.#rowIds[i] as number;
      this.#keys[n++] = key;
    }
    this.#size = n;
    this.#dead = 0;
    // Room to grow stays, so that a partition that breathes is not copied again and again.
    if (n * 4 <= this.#rowIds.length) this.#resize(Math.max(LEAST_CAPACITY, n * 2));
  }

  #resize(capacity: number): void {
    if (capacity === this.#rowIds.length) return;
    const copy = (from: Float64Array) => {
      const to = new Float64Array(capacity);
      to.set(from.subarray(0, this.#size));
      return to;
    };
    this.#rowIds = copy(this.#rowIds);
    this.#keys = copy(this.#keys);
  }
}
