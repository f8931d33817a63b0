import type { PreparedFilter } from "../contract.js";
import type { SparsePart } from "./sparse-part.js";

/** Rows of one part that may be hits: a list, and a byte per row once many are asked for. */
export interface PartRows {
  readonly ordinals: Uint32Array;
  mask(): Uint8Array;
}

/** Row ids as the caller gave them, and what they mean in each part. Rows that come later are not among them. */
export class SparseFilter implements PreparedFilter {
  readonly #rowIds: Float64Array;
  readonly #current: () => readonly SparsePart[];
  readonly #parts = new WeakMap<SparsePart, PartRows>();
  #sorted = false;

  constructor(rowIds: Float64Array, current: () => readonly SparsePart[]) {
    this.#rowIds = rowIds;
    this.#current = current;
  }

  get count(): number {
    let count = 0;
    for (const part of this.#current()) {
      for (const ordinal of this.forPart(part).ordinals) if (part.isAlive(ordinal)) count++;
    }
    return count;
  }

  get memoryBytes(): number {
    const rows = this.#current().reduce((sum, part) => sum + part.rows, 0);
    return this.#rowIds.byteLength + this.#rowIds.length * 4 + rows;
  }

  forPart(part: SparsePart): PartRows {
    let known = this.#parts.get(part);
    if (known === undefined) {
      known = rowsOf(part, this.#inOrder());
      this.#parts.set(part, known);
    }
    return known;
  }

  #inOrder(): Float64Array {
    if (!this.#sorted) this.#rowIds.sort();
    this.#sorted = true;
    return this.#rowIds;
  }
}

function rowsOf(part: SparsePart, rowIds: Float64Array): PartRows {
  const { ids } = part;
  const found = new Uint32Array(Math.min(rowIds.length, ids.length));
  let count = 0;
  for (let i = 0, at = 0; i < rowIds.length && at < ids.length; ) {
    const difference = (rowIds[i] as number) - (ids[at] as number);
    if (difference === 0) found[count++] = at;
    if (difference >= 0) at++;
    if (difference <= 0) i++;
  }
  const ordinals = found.subarray(0, count);
  let mask: Uint8Array | undefined;
  return {
    ordinals,
    mask() {
      if (mask === undefined) {
        mask = new Uint8Array(ids.length);
        for (const ordinal of ordinals) mask[ordinal] = 1;
      }
      return mask;
    },
  };
}
