import type { TransferScope } from "./transfer-scope.js";

/** Keys that are drawn together: each draw is a transaction. */
const BLOCK = 65_536;

/** Draws keys for rows, many at a time. Those that are left over are never used. */
export class AutoIds {
  readonly #scope: Pick<TransferScope, "catalog" | "transaction" | "lazily">;
  #next = 0n;
  #left = 0;

  constructor(scope: Pick<TransferScope, "catalog" | "transaction" | "lazily">) {
    this.#scope = scope;
  }

  /** The first of `count` keys that follow one another. */
  draw(count: number): bigint {
    if (count > this.#left) {
      const { catalog, transaction, lazily } = this.#scope;
      const drawn = Math.max(count, BLOCK);
      this.#next = lazily(() => transaction(() => catalog.sequences.reserveAutoIds(drawn)));
      this.#left = drawn;
    }
    const first = this.#next;
    this.#next += BigInt(count);
    this.#left -= count;
    return first;
  }
}
