// hnswlib-node as a careful program would use it: one reused array, no storage.
import { createRequire } from "node:module";

/** Undefined where the addon is not installed. */
export function loadAddon(from = import.meta.url) {
  try {
    return createRequire(from)("hnswlib-node").HierarchicalNSW;
  } catch {
    return undefined;
  }
}

export class RawIndex {
  #index;
  #array;

  constructor(Addon, set) {
    this.#index = new Addon(set.metric === "L2" ? "l2" : "cosine", set.dimension);
    this.#array = new Array(set.dimension).fill(0.5);
  }

  #plain(vector) {
    const array = this.#array;
    for (let j = 0; j < vector.length; j++) array[j] = vector[j];
    return array;
  }

  build(set) {
    this.#index.initIndex({ maxElements: set.rows, m: 16, efConstruction: 200, randomSeed: 100 });
    for (let i = 0; i < set.rows; i++) this.#index.addPoint(this.#plain(set.row(i)), i);
  }

  write(file) {
    this.#index.writeIndexSync(file);
  }

  read(file) {
    return this.#index.readIndex(file);
  }

  search(vector, k, ef, filter) {
    this.#index.setEf(ef);
    return this.#index.searchKnn(this.#plain(vector), k, filter).neighbors;
  }

  markDelete(id) {
    this.#index.markDelete(id);
  }
}
