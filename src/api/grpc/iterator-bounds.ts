import type { SearchHits } from "../../engine/contract/column.js";
import { BoundedMap } from "../../values/bounded-map.js";

/** A primary key as hits have it. */
export type HitKey = SearchHits["ids"][number];

/**
 * Keys that an iterator has given at the score where it stands: its next page begins with that score. Iterators that are
 * not asked for any more are forgotten.
 */
export class IteratorBounds {
  readonly #given = new BoundedMap<string, ReadonlyMap<number, ReadonlySet<HitKey>>>({
    entries: 10_000,
    weight: 1_000_000,
    weigh: (bounds) => [...bounds.values()].reduce((sum, keys) => sum + keys.size, 1),
  });

  /** Undefined when nothing is known of that place. */
  at(token: string, bound: number): ReadonlySet<HitKey> | undefined {
    return this.#given.get(token)?.get(bound);
  }

  /** The place before stays known: the same page may be asked for again. */
  keep(token: string, from: number | undefined, bound: number, keys: ReadonlySet<HitKey>): void {
    const before = from === undefined ? undefined : this.at(token, from);
    const places = new Map<number, ReadonlySet<HitKey>>();
    if (from !== undefined && before !== undefined) places.set(from, before);
    places.set(bound, keys);
    this.#given.set(token, places);
  }
}
