import type { ComingSearch, SearchesAhead, SegmentHits, SegmentSearch, VectorSegment } from "../vector/contract.js";

/** Searches of segments that have begun before the queries that want them. They are found by what they are asked. */
export class FoundAhead {
  readonly #searches: SearchesAhead;
  /** Those that nobody has taken, by query vector. */
  readonly #waiting = new Map<Uint8Array, { readonly coming: ComingSearch; readonly place: number }[]>();
  #count = 0;

  constructor(coming: readonly ComingSearch[], searches: SearchesAhead) {
    this.#searches = searches;
    this.#note(coming);
  }

  /** More searches, which begin now. */
  add(coming: readonly ComingSearch[]): void {
    this.#searches.add(coming);
    this.#note(coming);
  }

  #note(coming: readonly ComingSearch[]): void {
    for (const one of coming) {
      const place = this.#count++;
      const others = this.#waiting.get(one.query);
      if (others === undefined) this.#waiting.set(one.query, [{ coming: one, place }]);
      else others.push({ coming: one, place });
    }
  }

  /** What the search finds; undefined where it was not foreseen. */
  take(segment: VectorSegment, vector: Uint8Array, request: SegmentSearch): SegmentHits | undefined {
    const waiting = this.#waiting.get(vector);
    if (waiting === undefined) return undefined;
    const at = waiting.findIndex(({ coming }) => coming.segment === segment && isSame(coming.request, request));
    if (at < 0) return undefined;
    const [taken] = waiting.splice(at, 1);
    return taken === undefined ? undefined : this.#searches.take(taken.place);
  }

  end(): void {
    this.#searches.end();
  }
}

function isSame(a: SegmentSearch, b: SegmentSearch): boolean {
  return (
    a.k === b.k &&
    a.ef === b.ef &&
    a.filter === b.filter &&
    a.radius === b.radius &&
    a.rangeFilter === b.rangeFilter &&
    a.averageLength === b.averageLength &&
    a.exact === b.exact
  );
}
