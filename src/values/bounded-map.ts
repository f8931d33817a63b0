export interface Bounds<K, V> {
  /** Most entries that are kept. */
  readonly entries: number;
  /** Most that the entries may weigh together, in bytes or whatever `weigh` counts. */
  readonly weight?: number;
  /** Called once per `set`. An entry that alone weighs more than the bound is not kept. */
  readonly weigh?: (value: V, key: K) => number;
}

interface Entry<V> {
  readonly value: V;
  readonly weight: number;
}

/** A map that forgets what was used longest ago, by number of entries and, where asked, by their weight. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #bounds: Bounds<K, V>;
  #weight = 0;
  /** The entry that was used last: it need not be moved to the end. */
  #latest: Entry<V> | undefined;

  constructor(bounds: Bounds<K, V>) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What the entries weigh together; 0 when nothing is weighed. */
  get weight(): number {
    return this.#weight;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The value, which counts as used now. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry === this.#latest) return entry.value;
    this.#latest = entry;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    const weight = this.#bounds.weigh?.(value, key) ?? 0;
    const most = this.#bounds.weight ?? Number.POSITIVE_INFINITY;
    if (weight > most || this.#bounds.entries < 1) return;
    const entry = { value, weight };
    this.#latest = entry;
    this.#entries.set(key, entry);
    this.#weight += weight;
    if (this.#entries.size <= this.#bounds.entries && this.#weight <= most) return;
    for (const oldest of this.#entries.keys()) {
      this.delete(oldest);
      if (this.#entries.size <= this.#bounds.entries && this.#weight <= most) return;
    }
  }

  /** The value of a key, made and kept when there is none. */
  getOrMake(key: K, make: (key: K) => V): V {
    const known = this.get(key);
    if (known !== undefined || this.#entries.has(key)) return known as V;
    const value = make(key);
    this.set(key, value);
    return value;
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    if (entry === this.#latest) this.#latest = undefined;
    this.#weight -= entry.weight;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#latest = undefined;
    this.#weight = 0;
  }

  /** Keys, longest unused first. They may be deleted on the way. */
  keys(): IterableIterator<K> {
    return this.#entries.keys();
  }
}
