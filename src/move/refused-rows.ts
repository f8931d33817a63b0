import { failure } from "../errors.js";
import { keyLiteral } from "./key-filter.js";
import { type CollectionName, type Key, nameOf } from "./side.js";

/** Rows of a collection that are refused before it is taken for granted that all will be. */
const MAX_REFUSED = 100;
/** Of so many the message tells why. */
const MAX_TOLD = 5;

/** Rows of one collection that the other side does not take, one by one. */
export class RefusedRows {
  readonly #name: string;
  readonly #told: string[] = [];
  #count = 0;

  constructor(collection: CollectionName) {
    this.#name = nameOf(collection);
  }

  /** @throws MoveStopped when there are so many that it is no use to go on */
  add(key: Key, reason: string): void {
    this.#count++;
    if (this.#told.length < MAX_TOLD) this.#told.push(`${this.#name} ${keyLiteral(key)}: ${reason}`);
    if (this.#count > MAX_REFUSED) throw failure("MoveStopped", { count: this.#count, rows: this.#told });
  }

  /** @throws MoveIncomplete when there are any */
  static requireNone(collections: readonly RefusedRows[]): void {
    const count = collections.reduce((sum, refused) => sum + refused.#count, 0);
    const rows = collections.flatMap((refused) => refused.#told).slice(0, MAX_TOLD);
    if (count > 0) throw failure("MoveIncomplete", { count, rows });
  }
}
