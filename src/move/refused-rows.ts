import { failure } from "../errors.js";
import { keyLiteral } from "./key-filter.js";
import type { CollectionName, Key } from "./side.js";

/** Rows that are refused before it is taken for granted that all will be. */
const MAX_REFUSED = 100;
/** Of so many the message tells why. */
const MAX_TOLD = 5;

/** Rows that the other side does not take, one by one. */
export class RefusedRows {
  readonly #told: string[] = [];
  #count = 0;

  /** @throws MoveIncomplete when there are so many that it is no use to go on */
  add({ database, collection }: CollectionName, key: Key, reason: string): void {
    this.#count++;
    if (this.#told.length < MAX_TOLD) this.#told.push(`${database}.${collection} ${keyLiteral(key)}: ${reason}`);
    if (this.#count > MAX_REFUSED) {
      throw failure("MoveStopped", { count: this.#count, rows: this.#told });
    }
  }

  get count(): number {
    return this.#count;
  }

  /** @throws MoveIncomplete */
  check(): void {
    if (this.#count > 0) throw failure("MoveIncomplete", { count: this.#count, rows: this.#told });
  }
}
