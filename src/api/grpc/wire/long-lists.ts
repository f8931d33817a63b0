/** A list whose elements are made when they are written: a part of it at a time, where it is long. */
export class MappedList<T, From = unknown> {
  readonly #items: readonly From[];
  readonly #map: (item: From) => T;

  constructor(items: readonly From[], map: (item: From) => T) {
    this.#items = items;
    this.#map = map;
  }

  get length(): number {
    return this.#items.length;
  }

  slice(from: number, to: number): T[] {
    return this.#items.slice(from, to).map(this.#map);
  }
}

/** A message that has been written already. */
export class EncodedMessage {
  /** One after the other they are its bytes. */
  readonly parts: readonly Uint8Array[];

  constructor(parts: readonly Uint8Array[]) {
    this.parts = parts;
  }
}
