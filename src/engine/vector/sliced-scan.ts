import { LongMeasure, type Pause } from "./lists/long-measure.js";
import type { Part } from "./part.js";
import { EVERYTHING, type PartFilter, type PartRequest, PartSearch } from "./part-search.js";
import type { DistanceRange } from "./scores.js";

/** Bytes of vectors that one stretch may read, which takes some milliseconds, and after how many somebody looks whether others wait. */
const STRETCHES = { atOnce: 64 * 1024 * 1024, piece: 16 * 1024 * 1024 };

/** An exact search of the part. */
interface Scan {
  readonly query: Uint8Array;
  readonly k: number;
  readonly range: DistanceRange;
  /** Ordinals of the rows that are allowed; undefined: all. */
  readonly among: Uint32Array | undefined;
  /** They are read one by one; else all rows, one after the other. */
  readonly listed: boolean;
  /** Of the part: what changes them spoils what was found. */
  readonly rows: number;
  readonly tombstones: number;
}

interface Found {
  readonly scan: Scan;
  readonly keys: Uint32Array;
}

/** Searches a part from the thread that owns it: where all of a large part is to be read, that is done in slices. */
export class SlicedScan extends PartSearch {
  #query: Uint8Array | undefined;
  #found: readonly Found[] = [];
  /** Queries whose rows are read at once, however long that takes. */
  readonly #patient = new Set<Uint8Array>();
  #isPatient = false;
  readonly #bytes: typeof STRETCHES;

  constructor(part: Part, bytes: typeof STRETCHES = STRETCHES) {
    super(part);
    this.#bytes = bytes;
  }

  override setQuery(query: Uint8Array): boolean {
    this.#query = query;
    return super.setQuery(query);
  }

  /** @throws LongMeasure where it would take long, and has not been done before */
  override scan(k: number, range: DistanceRange = EVERYTHING, filter?: PartFilter): number {
    const { rows } = this.part;
    if (this.#isShort(rows) || this.isList(filter)) return super.scan(k, range, filter);
    return this.#known(k, range, filter?.ordinals, false) ?? super.scan(k, range, filter);
  }

  /** @throws LongMeasure, as `scan` */
  override rank(k: number, ordinals: Uint32Array, range: DistanceRange = EVERYTHING): number {
    if (this.#isShort(ordinals.length)) return super.rank(k, ordinals, range);
    return this.#known(k, range, ordinals, true) ?? super.rank(k, ordinals, range);
  }

  /** Beside other threads that search meanwhile: at once. */
  override answer(request: PartRequest): number {
    this.#isPatient = true;
    try {
      return super.answer(request);
    } finally {
      this.#isPatient = false;
    }
  }

  #isShort(rows: number): boolean {
    return rows * this.part.geometry.strideBytes <= this.#bytes.atOnce;
  }

  /** What was found in slices, as results; undefined where it is to be found at once. */
  #known(k: number, range: DistanceRange, among: Uint32Array | undefined, listed: boolean): number | undefined {
    const query = this.#query as Uint8Array;
    if (this.#isPatient || this.#patient.has(query)) return undefined;
    const { rows, tombstones } = this.part;
    const scan: Scan = { query, k, range, among, listed, rows, tombstones };
    const known = this.#found.find((found) => isSame(found.scan, scan));
    if (known === undefined) throw this.#tooLong(scan);
    return this.putKeys(k, known.keys);
  }

  #tooLong(scan: Scan): LongMeasure {
    const { query } = scan;
    return new LongMeasure(this, {
      inSlices: async (pause) => {
        const keys = await this.#keysOf(scan, pause);
        if (keys !== undefined) this.#found = [...this.#found, { scan, keys }];
      },
      atOnce: () => {
        this.#patient.add(query);
      },
      done: () => {
        this.#found = this.#found.filter((found) => found.scan.query !== query);
        this.#patient.delete(query);
      },
    });
  }

  /** @returns undefined when a write has spoilt it */
  async #keysOf(scan: Scan, pause: Pause): Promise<Uint32Array | undefined> {
    const { part } = this;
    const { k, range, among, listed, rows, tombstones } = scan;
    const { kernel, geometry } = part;
    const count = listed && among !== undefined ? among.length : rows;
    const piece = Math.ceil(this.#bytes.piece / geometry.strideBytes);
    const filter = among && { count: among.length, ordinals: among };
    let keys: Uint32Array = new Uint32Array(0);
    for (let from = 0; from < count; from += piece) {
      if (from > 0 && !(await pause())) return undefined;
      if (part.rows !== rows || part.tombstones !== tombstones) return undefined;
      // Others have searched meanwhile.
      super.setQuery(scan.query);
      const before = this.putKeys(k, keys);
      if (filter !== undefined) {
        if (listed) this.upload(filter.ordinals);
        else this.uploadBits(filter);
      }
      const to = Math.min(count, from + piece);
      const found = listed
        ? kernel.gatherOn(before, k, range.low, range.high, from, to)
        : kernel.scanOn(before, k, range.low, range.high, filter === undefined ? 0 : 1, from, to);
      if (to === count) kernel.bestFirst(found);
      keys = this.keys(found).slice();
    }
    return keys;
  }
}

function isSame(one: Scan, other: Scan): boolean {
  return (
    one.query === other.query &&
    one.k === other.k &&
    one.range.low === other.range.low &&
    one.range.high === other.range.high &&
    one.listed === other.listed &&
    one.rows === other.rows &&
    one.tombstones === other.tombstones &&
    isEqual(one.among, other.among)
  );
}

function isEqual(some: Uint32Array | undefined, others: Uint32Array | undefined): boolean {
  if (some === others || some === undefined || others === undefined) return some === others;
  return some.length === others.length && some.every((ordinal, i) => ordinal === others[i]);
}
