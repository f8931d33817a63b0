import type { PreparedFilter } from "./contract.js";
import { lowerBound, type Part } from "./part.js";
import type { PartFilter } from "./part-search.js";

/** Finds the ordinals of distinct row ids in a part; ids that are not there, or deleted, are left out. */
function prepareFor(part: Part, rowIds: Float64Array, ascending: () => Float64Array): PartFilter {
  const { ids, rows } = part;
  const dense = rows > 0 && ids[rows - 1]! - ids[0]! === rows - 1;
  const found = dense ? denseOrdinals(ids[0]!, rows, rowIds) : sparseOrdinals(ids, rows, ascending());
  if (part.tombstones === 0) return { ordinals: found };
  return { ordinals: found.filter((ordinal) => !part.isRemoved(ordinal)) };
}

/** Row ids without gaps: the ordinal is the distance to the first. Ascending: memory read in order is read faster. */
function denseOrdinals(first: number, rows: number, rowIds: Float64Array): Uint32Array {
  const out = new Uint32Array(rowIds.length);
  let n = 0;
  let previous = -1;
  let ascending = true;
  for (let i = 0; i < rowIds.length; i++) {
    const ordinal = rowIds[i]! - first;
    if (ordinal < 0 || ordinal >= rows) continue;
    if (ordinal <= previous) ascending = false;
    previous = ordinal;
    out[n++] = ordinal;
  }
  const found = out.subarray(0, n);
  if (ascending) return found;
  return n * BITS_PAY >= rows ? sortedByBits(found, rows) : found.sort();
}

/** From one row in this many on, marking bits and reading them back is faster than sorting. */
const BITS_PAY = 128;

/** Distinct numbers below `rows`, ascending, in place. */
function sortedByBits(ordinals: Uint32Array, rows: number): Uint32Array {
  const bits = new Uint32Array((rows >>> 5) + 1);
  for (let i = 0; i < ordinals.length; i++) bits[ordinals[i]! >>> 5]! |= 1 << (ordinals[i]! & 31);
  let n = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word]!; left !== 0; left &= left - 1) {
      ordinals[n++] = (word << 5) + 31 - Math.clz32(left & -left);
    }
  }
  return ordinals.subarray(0, n);
}

function sparseOrdinals(ids: Float64Array, rows: number, rowIds: Float64Array): Uint32Array {
  const out = new Uint32Array(Math.min(rowIds.length, rows));
  let n = 0;
  let at = 0;
  let previous = -1;
  for (let i = rows === 0 ? rowIds.length : lowerBound(rowIds, rowIds.length, ids[0]!, 0); i < rowIds.length; i++) {
    const id = rowIds[i]!;
    if (id === previous || id < ids[at]!) continue;
    previous = id;
    // Row ids are dense or nearly so: the difference of the ids is the best guess, then steps that double.
    let guess = at + (id - ids[at]!);
    if (guess >= rows) guess = rows - 1;
    if (ids[guess] !== id) {
      // Gaps put the row before the guess, never behind it.
      let step = 1;
      let low = at;
      while (low + step < guess && ids[low + step]! < id) {
        low += step;
        step *= 2;
      }
      guess = lowerBound(ids, Math.min(low + step, guess) + 1, id, low);
      if (guess >= rows) break;
      if (ids[guess] !== id) {
        at = guess;
        continue;
      }
    }
    at = guess;
    out[n++] = guess;
  }
  return out.subarray(0, n);
}

function liveAmong(part: Part, ordinals: Uint32Array): number {
  if (part.tombstones === 0) return ordinals.length;
  let n = 0;
  for (const ordinal of ordinals) if (!part.isRemoved(ordinal)) n++;
  return n;
}

/** Row ids as the caller gave them, and what they mean in each part; made anew for parts that were replaced. */
export class RowFilter implements PreparedFilter {
  readonly #rowIds: Float64Array;
  #sorted = false;
  readonly #parts = new WeakMap<Part, { filter: PartFilter; rows: number }>();
  readonly #current: () => readonly Part[];

  constructor(rowIds: Float64Array, current: () => readonly Part[]) {
    this.#rowIds = rowIds;
    this.#current = current;
  }

  #inOrder(): Float64Array {
    if (!this.#sorted) {
      this.#rowIds.sort();
      this.#sorted = true;
    }
    return this.#rowIds;
  }

  get count(): number {
    let n = 0;
    for (const part of this.#current()) n += liveAmong(part, this.forPart(part).ordinals);
    return n;
  }

  get memoryBytes(): number {
    const rows = this.#current().reduce((sum, part) => sum + part.rows, 0);
    const ordinals = Math.min(rows, this.#rowIds.length);
    return this.#rowIds.byteLength + ordinals * 4 + Math.ceil(rows / 8);
  }

  /** The filter in one part of the segment; cheap when nothing was added. It may hold rows deleted since. */
  forPart(part: Part): PartFilter {
    const known = this.#parts.get(part);
    if (known !== undefined && known.rows === part.rows) return known.filter;
    const filter = prepareFor(part, this.#rowIds, () => this.#inOrder());
    this.#parts.set(part, { filter, rows: part.rows });
    return filter;
  }
}
