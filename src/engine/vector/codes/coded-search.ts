import { failure } from "../../../errors.js";
import { LongMeasure } from "../lists/long-measure.js";
import type { Part } from "../part.js";
import { EVERYTHING, type PartFilter, PartSearch } from "../part-search.js";
import type { DistanceRange } from "../scores.js";
import { Nearest } from "./nearest.js";

/** The vectors of some rows, wherever they are stored; undefined of one that has gone. */
export type ReadVectors = (rowIds: readonly number[]) => readonly (Uint8Array | undefined)[];

/** Vectors that are read together, and where a bound may end it, which one or two of them may already do. */
const READ_TOGETHER = 64;
const READ_IN_DOUBT = 24;
/** Reading more than this many takes so long that other calls would feel it: some 7 ms. */
const READS_AT_ONCE = 1500;

const ALL = 0;
const BY_BITS = 1;
const BY_LIST = 2;

/** Rows that may be among the nearest, and a lower bound for the distance of each. */
interface Candidates {
  readonly ordinals: Uint32Array;
  /** Ascending; undefined where all of the candidates are to be compared. */
  readonly bounds: Float32Array | undefined;
}

/**
 * Searches a part that holds eight-bit copies only: these say which rows may be the nearest, and the vectors of those are read.
 * Exact where that is asked for: a copy bounds the distance of its vector from both sides.
 */
export class CodedSearch extends PartSearch {
  readonly #read: ReadVectors;
  #asked: Uint8Array | undefined;
  /** Distances by row id, of queries whose search was given up to be done in slices. */
  readonly #known = new Map<Uint8Array, Map<number, number>>();
  readonly #patient = new Set<Uint8Array>();

  constructor(part: Part, read: ReadVectors) {
    super(part);
    this.#read = read;
  }

  override setQuery(query: Uint8Array): boolean {
    this.#asked = query;
    return super.setQuery(query);
  }

  override scan(k: number, range: DistanceRange = EVERYTHING, filter?: PartFilter): number {
    const { rows } = this.part;
    if (filter === undefined) return this.#exact(k, range, ALL, rows);
    if (this.isList(filter)) return this.rank(k, filter.ordinals, range);
    this.uploadBits(filter);
    return this.#exact(k, range, BY_BITS, rows);
  }

  override rank(k: number, ordinals: Uint32Array, range: DistanceRange = EVERYTHING): number {
    if (ordinals.length === 0) return 0;
    this.upload(ordinals);
    return this.#exact(k, range, BY_LIST, ordinals.length);
  }

  override walk(k: number, ef: number, filter?: PartFilter): number {
    const { kernel, graphRows, rows, live } = this.part;
    // As many as are compared truly where the vectors are at hand (`assembly/walk.ts`).
    const wanted = k + (k >> 2) + 3;
    const breadth = Math.max(ef, wanted);
    const allowed = filter === undefined ? rows : filter.count;
    if (graphRows === 0 || !this.walkPays(graphRows, breadth, allowed)) return this.scan(k, EVERYTHING, filter);
    this.room(breadth);
    if (filter !== undefined) this.uploadBits(filter);
    const found = kernel.search(wanted, breadth, filter === undefined ? 0 : allowed, 0);
    if (found < 0 || (found < k && found < (filter === undefined ? live : this.countLive(filter)))) {
      return this.scan(k, EVERYTHING, filter);
    }
    return this.#compare(k, this.#candidates(found, false), EVERYTHING);
  }

  #exact(k: number, range: DistanceRange, among: number, rows: number): number {
    this.room(rows);
    const found = this.part.kernel.nearByCodes(Math.min(k, rows), range.low, range.high, among, rows);
    if (found < 0) throw failure("Internal", { reason: "no memory for vectors" });
    return this.#compare(k, this.#candidates(found, true), range);
  }

  #candidates(found: number, bounded: boolean): Candidates {
    const ordinals = new Uint32Array(found);
    const bounds = bounded ? new Float32Array(found) : undefined;
    for (let i = 0; i < found; i++) {
      ordinals[i] = this.ordinalAt(i);
      if (bounds !== undefined) bounds[i] = this.distanceAt(i);
    }
    return { ordinals, bounds };
  }

  /** Puts the `k` truly nearest of the candidates in their place. @throws LongMeasure where that takes long */
  #compare(k: number, candidates: Candidates, range: DistanceRange): number {
    const query = this.#asked as Uint8Array;
    const known = this.#known.get(query) ?? new Map<number, number>();
    const steps = this.#measured(k, candidates, range, known);
    const before = known.size;
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return this.setResults(value.ordinals(), value.distances());
      const reads = known.size - before;
      if (reads >= READS_AT_ONCE && !this.#patient.has(query)) throw this.#tooLong(query, known, steps);
    }
  }

  /** Compares candidates until none of the others can be nearer; yields after each reading. */
  *#measured(
    k: number,
    { ordinals, bounds }: Candidates,
    range: DistanceRange,
    known: Map<number, number>,
  ): Generator<undefined, Nearest, undefined> {
    const { ids } = this.part;
    const nearest = new Nearest(k);
    for (let i = 0; i < ordinals.length; ) {
      const together: number[] = [];
      const most = bounds === undefined ? READ_TOGETHER : READ_IN_DOUBT;
      for (; i < ordinals.length && together.length < most; i++) {
        if (bounds !== undefined && (bounds[i] as number) > nearest.worst) break;
        together.push(ordinals[i] as number);
      }
      if (together.length === 0) break;
      const unknown = together.map((ordinal) => ids[ordinal] as number).filter((rowId) => !known.has(rowId));
      if (unknown.length > 0) {
        this.#readInto(known, unknown);
        yield undefined;
      }
      for (const ordinal of together) {
        const distance = known.get(ids[ordinal] as number);
        if (distance !== undefined && distance >= range.low && distance <= range.high) nearest.add(ordinal, distance);
      }
    }
    return nearest;
  }

  #readInto(known: Map<number, number>, rowIds: readonly number[]): void {
    const { part } = this;
    const vectors = this.#read(rowIds);
    for (const [i, rowId] of rowIds.entries()) {
      const vector = vectors[i];
      if (vector !== undefined && part.layOut(vector)) known.set(rowId, part.kernel.areaDistance());
    }
  }

  #tooLong(
    query: Uint8Array,
    known: Map<number, number>,
    steps: Generator<undefined, Nearest, undefined>,
  ): LongMeasure {
    this.#known.set(query, known);
    return new LongMeasure(this, {
      inSlices: async (pause) => {
        for (;;) {
          // Others have searched meanwhile.
          this.setQuery(query);
          if (isDone(steps) || !(await pause())) return;
        }
      },
      atOnce: () => {
        this.#patient.add(query);
      },
      done: () => {
        this.#known.delete(query);
        this.#patient.delete(query);
      },
    });
  }
}

/** What cannot be read any more is left to the search that comes again: the rows may be gone by then. */
function isDone(steps: Generator<undefined, Nearest, undefined>): boolean {
  try {
    return steps.next().done === true;
  } catch {
    return true;
  }
}
