import type { PreparedFilter, RowMask } from "./contract.js";
import { maskedRows, rowIdsOf } from "./masked-rows.js";
import { lowerBound, type Part } from "./part.js";
import type { PartFilter } from "./part-search.js";

/** Finds the ordinals of distinct row ids in a part; ids that are not there, or deleted, are left out. */
function prepareFor(part: Part, rowIds: Float64Array, ascending: () => Float64Array): PartFilter {
  const { ids, rows } = part;
  const dense = rows > 0 && ids[rows - 1]! - ids[0]! === rows - 1;
  const found = dense ? denseOrdinals(ids[0]!, rows, rowIds) : sparseOrdinals(ids, rows, ascending());
  const ordinals = part.tombstones === 0 ? found : found.filter((ordinal) => !part.isRemoved(ordinal));
  return { ordinals, count: ordinals.length };
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

/** Rows as the caller gave them, and what they mean in each part; made anew for parts that were replaced. */
export class RowFilter implements PreparedFilter {
  readonly #mask: RowMask | undefined;
  #rowIds: Float64Array | undefined;
  #sorted = false;
  readonly #parts = new WeakMap<Part, { filter: PartFilter; rows: number }>();
  readonly #current: () => readonly Part[];

  constructor(rows: Float64Array | RowMask, current: () => readonly Part[]) {
    if (rows instanceof Float64Array) this.#rowIds = rows;
    else this.#mask = rows;
    this.#current = current;
  }

  /** Of a mask only where bits are of no use. */
  get #listed(): Float64Array {
    this.#rowIds ??= rowIdsOf(this.#mask as RowMask);
    return this.#rowIds;
  }

  #inOrder(): Float64Array {
    if (!this.#sorted && this.#mask === undefined) this.#listed.sort();
    this.#sorted = true;
    return this.#listed;
  }

  get count(): number {
    let n = 0;
    for (const part of this.#current()) n += liveAmong(part, this.forPart(part).ordinals);
    return n;
  }

  get memoryBytes(): number {
    const rows = this.#current().reduce((sum, part) => sum + part.rows, 0);
    const given = this.#mask?.count ?? this.#listed.length;
    const bits = Math.ceil(rows / 8) + (this.#mask?.bits.byteLength ?? 0);
    return bits + Math.min(rows, given) * 4 + (this.#rowIds?.byteLength ?? 0);
  }

  /** The filter in one part of the segment; cheap when nothing was added. It may hold rows deleted since. */
  forPart(part: Part): PartFilter {
    const known = this.#parts.get(part);
    if (known !== undefined && known.rows === part.rows) return known.filter;
    const masked = this.#mask === undefined ? undefined : maskedRows(part, this.#mask);
    const filter = masked ?? prepareFor(part, this.#listed, () => this.#inOrder());
    this.#parts.set(part, { filter, rows: part.rows });
    return filter;
  }
}
