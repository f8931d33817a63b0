import { failure } from "../errors.js";
import type { EngineContext } from "./context.js";
import type { CollectionRequest } from "./contract/request.js";
import type { Collection } from "./model/collection.js";

/** Of a name that no collection has. */
const NOTHING = -1;

/**
 * Numbers for what the catalogue knows of a collection: its schema, partitions, indexes and load intent. Another state of
 * it, or another collection of the same name, has another number. So a request that takes several calls can have them see one.
 */
export class Revisions {
  /** Of all databases: one may take the place of another between two calls. */
  static #last = 0;
  readonly #numbers = new WeakMap<Collection, number>();

  /**
   * The number that goes with the collection of a request.
   * @param expected 0 where any will do
   * @throws SchemaMismatch when it is another one by now
   */
  expect(ctx: EngineContext, request: object, expected: number): number {
    const { dbName = "", collectionName } = request as Partial<CollectionRequest>;
    const collection = collectionName === undefined ? undefined : ctx.catalog.find(dbName, collectionName);
    const found = collection === undefined ? NOTHING : this.#numberOf(collection);
    if (expected !== 0 && expected !== found) throw failure("SchemaMismatch", { collection: String(collectionName) });
    return found;
  }

  #numberOf(collection: Collection): number {
    let number = this.#numbers.get(collection);
    if (number === undefined) {
      number = ++Revisions.#last;
      this.#numbers.set(collection, number);
    }
    return number;
  }
}
