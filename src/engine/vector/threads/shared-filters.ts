/** Filters that a thread keeps. Its owner goes through the same ones, and so knows which these are. */
const MOST = 16;

/** A few filters by their names; the oldest goes for the next one. */
export class SharedFilters<T> {
  readonly #byId = new Map<number, T>();

  get(id: number): T | undefined {
    return this.#byId.get(id);
  }

  add(id: number, filter: T): void {
    const [oldest] = this.#byId.keys();
    if (this.#byId.size >= MOST && oldest !== undefined) this.#byId.delete(oldest);
    this.#byId.set(id, filter);
  }
}
