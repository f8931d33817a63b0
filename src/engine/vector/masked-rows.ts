import type { RowMask } from "./contract.js";
import { lowerBound, type Part } from "./part.js";
import type { PartFilter } from "./part-search.js";

/** The row ids of a mask, ascending. */
export function rowIdsOf({ rowIds, bits, count }: RowMask): Float64Array {
  const found = new Float64Array(count);
  let n = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word]!; left !== 0; left &= left - 1) {
      found[n++] = rowIds[(word << 5) + 31 - Math.clz32(left & -left)]!;
    }
  }
  return found;
}

/** Rows of a part as bits over its ordinals; the list is made when somebody asks for it. */
export class MaskedRows implements PartFilter {
  readonly bits: Uint32Array;
  readonly count: number;
  #ordinals: Uint32Array | undefined;

  constructor(bits: Uint32Array, count: number) {
    this.bits = bits;
    this.count = count;
  }

  get ordinals(): Uint32Array {
    this.#ordinals ??= ordinalsOf(this.bits, this.count);
    return this.#ordinals;
  }
}

function ordinalsOf(bits: Uint32Array, count: number): Uint32Array {
  const ordinals = new Uint32Array(count);
  let n = 0;
  for (let word = 0; word < bits.length; word++) {
    for (let left = bits[word]!; left !== 0; left &= left - 1)
      ordinals[n++] = (word << 5) + 31 - Math.clz32(left & -left);
  }
  return ordinals;
}

/**
 * The rows of a mask in a part, where that is a matter of bits: the part's rows stand in the mask's list one behind the other, as long as
 * both have seen the same rows come and go.
 * @returns undefined where the row ids have to be looked for
 */
export function maskedRows(part: Part, mask: RowMask): PartFilter | undefined {
  const offset = offsetIn(part, mask);
  if (offset === undefined) return undefined;
  const words = (part.rows + 31) >>> 5;
  const from = offset >>> 5;
  const shift = offset & 31;
  const known = Math.max(0, Math.min(part.rows, mask.rows - offset));
  if (shift === 0 && known === mask.rows - offset && known === part.rows && from === 0) {
    return new MaskedRows(mask.bits, mask.count);
  }
  const bits = new Uint32Array(words);
  const { bits: all } = mask;
  for (let word = 0; word < (known + 31) >>> 5; word++) {
    const low = all[from + word]!;
    bits[word] = shift === 0 ? low : (low >>> shift) | ((all[from + word + 1] ?? 0) << (32 - shift));
  }
  if (known % 32 !== 0) bits[known >>> 5]! &= (1 << (known % 32)) - 1;
  return new MaskedRows(bits, countBits(bits));
}

function countBits(bits: Uint32Array): number {
  let count = 0;
  for (const word of bits) {
    let n = word - ((word >>> 1) & 0x55555555);
    n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
    count += (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** Where the rows of a part stand in a list, as far as that was looked at. */
interface Place {
  readonly rowIds: Float64Array;
  readonly rows: number;
  readonly offset: number | undefined;
}

const places = new WeakMap<Part, Place>();

/** The place of a part's first row in the list of a mask, where all others follow it there. */
function offsetIn(part: Part, { rowIds, rows }: RowMask): number | undefined {
  if (part.rows === 0 || rows === 0) return 0;
  const known = places.get(part);
  const isSame = known?.rowIds === rowIds;
  if (isSame && known.offset === undefined) return undefined;
  const offset = isSame ? known.offset : lowerBound(rowIds, rows, part.ids[0]!, 0);
  const common = Math.min(part.rows, rows - (offset as number));
  const agrees = followEachOther(part.ids, rowIds, offset as number, isSame ? Math.min(known.rows, common) : 0, common);
  places.set(part, { rowIds, rows: common, offset: agrees ? offset : undefined });
  return agrees ? offset : undefined;
}

function followEachOther(ids: Float64Array, rowIds: Float64Array, offset: number, from: number, to: number): boolean {
  if (to <= from) return to > 0;
  for (let i = from; i < to; i++) if (ids[i] !== rowIds[offset + i]) return false;
  return true;
}
