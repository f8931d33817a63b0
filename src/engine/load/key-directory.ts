/**
 * Primary keys by row id for one loaded partition, so that a search can name its hits without touching SQLite.
 * Holds Int64 keys in the safe range only; the others are fetched from SQLite.
 */
export class KeyDirectory {
  #rowIds: Float64Array = new Float64Array(1024);
  #keys: Float64Array = new Float64Array(1024);
  #size = 0;

  /** Row ids must ascend over all calls. Keys that are no safe number are left out. */
  append(rowId: number, key: unknown): void {
    if (typeof key !== "number") return;
    if (this.#size === this.#rowIds.length) {
      this.#rowIds = grown(this.#rowIds);
      this.#keys = grown(this.#keys);
    }
    this.#rowIds[this.#size] = rowId;
    this.#keys[this.#size++] = key;
  }

  get lastRowId(): number {
    return this.#size === 0 ? 0 : (this.#rowIds[this.#size - 1] as number);
  }

  find(rowId: number): number | undefined {
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const there = this.#rowIds[middle] as number;
      if (there === rowId) return this.#keys[middle];
      if (there < rowId) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  clear(): void {
    this.#size = 0;
  }
}

function grown(array: Float64Array): Float64Array {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
