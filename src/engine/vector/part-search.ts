import { needsPreparing } from "./kernel/geometry.js";
import type { Part } from "./part.js";
import type { DistanceRange } from "./scores.js";

/** Rows of one part that a filter allows. */
export interface PartFilter {
  readonly count: number;
  /** Ordinals, ascending. */
  readonly ordinals: Uint32Array;
  /** The same as bits, made when first needed. */
  bits?: Uint32Array;
}

/** What is asked of one part. */
export interface PartRequest {
  readonly k: number;
  readonly ef: number;
  /** Look at every row that is allowed. */
  readonly exact: boolean;
  /** Of distances; undefined: all. A walk keeps to none: what it finds is to be cut. */
  readonly range: DistanceRange | undefined;
  readonly filter: PartFilter | undefined;
}

export const EVERYTHING: DistanceRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/**
 * Rows of a list that are compared truly after a look at their eight-bit copies: at least this many, and four for each
 * that is wanted. The codes are only used where 10 true neighbours are among their nearest 15, so none is lost here.
 */
const LEAST_BY_CODES = 64;

const floatOfBits = new Float32Array(1);
const bitsOfFloat = new Uint32Array(floatOfBits.buffer);

/** Searches one part from this thread: `setQuery`, one of the searches, then the results until the next search. */
export class PartSearch {
  readonly part: Part;
  /** Address of the query vector; 0 until the first search. */
  #query = 0;
  /** Address of the results, in words. */
  #results = 0;
  #resultCapacity = 0;
  #uploaded: Uint32Array | undefined;

  constructor(part: Part) {
    this.part = part;
  }

  /** Writes the query where the kernel expects it. False when a number of it is not finite. */
  setQuery(query: Uint8Array): boolean {
    const { part } = this;
    const { kernel } = part;
    if (this.#query === 0) this.#query = part.checked(kernel.queryAddress());
    part.write(this.#query, query);
    if (kernel.isFinite(this.#query) === 0) return false;
    if (needsPreparing(part.geometry)) kernel.prepare(this.#query);
    return true;
  }

  /** The query as it is compared: of a cosine field scaled to length 1. Valid until the memory grows. */
  get query(): Uint8Array {
    return this.part.bytesAt(this.#query, this.part.geometry.vectorBytes);
  }

  protected room(keys: number): void {
    if (keys <= this.#resultCapacity) return;
    this.#results = this.part.checked(this.part.kernel.resultAddress(keys)) >>> 2;
    this.#resultCapacity = keys;
    this.part.reach((this.#results + keys * 2) * 4);
  }

  protected upload(data: Uint32Array): void {
    if (this.#uploaded === data) return;
    const { part } = this;
    const address = part.checked(part.kernel.filterAddress(data.byteLength));
    part.reach(address + data.byteLength);
    part.words.set(data, address >>> 2);
    this.#uploaded = data;
  }

  protected uploadBits(filter: PartFilter): void {
    this.upload(bitsOf(filter, this.part.rows));
  }

  /** Allowed rows that are not deleted. */
  countLive(filter: PartFilter): number {
    const { part } = this;
    if (part.tombstones === 0) return filter.count;
    this.uploadBits(filter);
    return part.kernel.countLive(part.kernel.filterAddress(0) >>> 0, part.rows);
  }

  /** The `k` nearest within `range`, exactly, best first. Returns their number. */
  scan(k: number, range: DistanceRange = EVERYTHING, filter?: PartFilter): number {
    const { kernel } = this.part;
    if (filter === undefined) {
      this.room(k);
      return kernel.scan(k, range.low, range.high, 0);
    }
    if (this.isList(filter)) return this.rank(k, filter.ordinals, range);
    this.room(k);
    this.uploadBits(filter);
    return kernel.scan(k, range.low, range.high, 1);
  }

  /** Jumping costs about three times as much a row as reading on. */
  protected isList(filter: PartFilter | undefined): boolean {
    return filter !== undefined && filter.count * 3 < this.part.rows;
  }

  /** The `k` nearest of some rows, exactly, best first; deleted ones are left out. Returns their number. */
  rank(k: number, ordinals: Uint32Array, range: DistanceRange = EVERYTHING): number {
    if (ordinals.length === 0) return 0;
    this.room(k);
    this.upload(ordinals);
    return this.part.kernel.gather(k, range.low, range.high, ordinals.length);
  }

  /** The distances of some rows, in their order; good until the next search. */
  measure(ordinals: Uint32Array): Float32Array {
    const { part } = this;
    this.room((ordinals.length + 1) >>> 1);
    this.upload(ordinals);
    part.kernel.measure(ordinals.length);
    return new Float32Array(part.memory.buffer, this.#results * 4, ordinals.length);
  }

  /**
   * Through the part's graph where that is the cheaper way, else exactly. Complete: `k` rows come back when there are as
   * many. Returns their number.
   */
  walk(k: number, ef: number, filter?: PartFilter): number {
    const { part } = this;
    const { kernel, coded } = part;
    const allowed = filter === undefined ? part.rows : filter.count;
    const breadth = this.#breadth(k, ef);
    if (!this.#walks(k, ef, allowed)) {
      const few = Math.max(4 * k, LEAST_BY_CODES);
      if (filter !== undefined && coded && few * 4 < allowed && allowed * 3 < part.rows) {
        this.room(few);
        this.upload(filter.ordinals);
        return kernel.gatherByCodes(k, few, allowed);
      }
      return this.scan(k, EVERYTHING, filter);
    }
    this.room(breadth);
    if (filter !== undefined) this.uploadBits(filter);
    const found = kernel.search(k, breadth, filter === undefined ? 0 : allowed, 0);
    // Walks can end short: an island of the graph, a budget that ran out (hnswlib issue 344 is the same).
    if (found < 0 || (found < k && found < (filter === undefined ? part.live : this.countLive(filter)))) {
      return this.scan(k, EVERYTHING, filter);
    }
    return found;
  }

  /** Codes blur the order at the end of the list: a little more breadth than asked for. */
  #breadth(k: number, ef: number): number {
    return this.part.coded ? Math.max(ef, Math.ceil(k * 1.15) + 2) : ef;
  }

  #walks(k: number, ef: number, allowed: number): boolean {
    const { graphRows } = this.part;
    return graphRows > 0 && this.walkPays(graphRows, this.#breadth(k, ef), allowed);
  }

  /** Rows that `walk` looks at, about, where it goes through the graph; else undefined. */
  walked(k: number, ef: number, filter: PartFilter | undefined): number | undefined {
    const { rows } = this.part;
    const allowed = filter?.count ?? rows;
    if (!this.#walks(k, ef, allowed)) return undefined;
    return Math.min(rows, Math.ceil((15 * this.#breadth(k, ef) * rows) / Math.max(1, allowed)));
  }

  /**
   * Whether the graph walk is cheaper than reading the `allowed` rows. A walk looks at about 15 ef / selectivity rows, of
   * which it reads the eight-bit codes in random order; an exact scan reads each allowed row once. The factors are
   * measured (`bench/vector.mjs filter`); long vectors favour the codes.
   */
  protected walkPays(rows: number, ef: number, allowed: number): boolean {
    if (allowed === rows) return ef * 15 < rows;
    return allowed * allowed > (this.part.geometry.strideBytes > 1024 ? 10 : 20) * ef * rows;
  }

  /** Does what is asked. Returns how many were found. */
  answer({ k, ef, exact, range, filter }: PartRequest): number {
    return exact ? this.scan(k, range, filter) : this.walk(k, ef, filter);
  }

  /** The first `found` results as they are found in memory: pairs of ordinal and distance. Valid until the memory grows. */
  keys(found: number): Uint32Array {
    return this.part.words.subarray(this.#results, this.#results + 2 * found);
  }

  /** Puts keys in the place of the results, where there is room for so many. Returns their number. */
  protected putKeys(room: number, keys: Uint32Array): number {
    this.room(room);
    this.part.words.set(keys, this.#results);
    return keys.length / 2;
  }

  rowAt(i: number): number {
    return this.part.ids[this.ordinalAt(i)]!;
  }

  protected ordinalAt(i: number): number {
    return this.part.words[this.#results + 2 * i]!;
  }

  /** Puts results in the place of those that were found. Returns their number. */
  protected setResults(ordinals: readonly number[], distances: readonly number[]): number {
    const found = ordinals.length;
    this.room(found);
    const { words } = this.part;
    for (let i = 0; i < found; i++) {
      words[this.#results + 2 * i] = ordinals[i]!;
      // `0 +` keeps minus zero out: its key is another one.
      floatOfBits[0] = 0 + distances[i]!;
      const bits = bitsOfFloat[0]!;
      words[this.#results + 2 * i + 1] = bits & 0x80000000 ? ~bits : bits | 0x80000000;
    }
    return found;
  }

  /** Distance of result `i`: squared L2, or the similarity with its sign turned. */
  distanceAt(i: number): number {
    return distanceOfKey(this.part.words[this.#results + 2 * i + 1]!);
  }
}

/** The distance that stands in a result. */
export function distanceOfKey(bits: number): number {
  bitsOfFloat[0] = bits & 0x80000000 ? bits ^ 0x80000000 : ~bits;
  return floatOfBits[0]!;
}

/** The bits of a filter over the first `rows` ordinals; kept in it until rows come. */
export function bitsOf(filter: PartFilter, rows: number): Uint32Array {
  if (filter.bits === undefined || filter.bits.length * 32 < rows) {
    const bits = new Uint32Array((rows + 31) >>> 5);
    for (const ordinal of filter.ordinals) bits[ordinal >>> 5]! |= 1 << (ordinal & 31);
    filter.bits = bits;
  }
  return filter.bits;
}
