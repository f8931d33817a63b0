import type { RunningDeadline } from "../../values/deadline.js";
import type { EntityStore } from "../entities/entity-store.js";
import type { FilterCache } from "../entities/filter-cache.js";
import type { ServedFunctions } from "../functions/served-functions.js";
import type { Loader } from "../load/loader.js";
import type { Collection } from "../model/collection.js";
import type { VectorStore } from "../vector/contract.js";
import type { FilteredSearch } from "./filtered-search.js";
import type { GroupSizes } from "./group-sizes.js";
import type { SideBySide } from "./side-by-side.js";

/** Reads what takes long somewhere else, in the state that was committed last. */
export interface ReadingElsewhere {
  /** Rows as arrays, with integers as bigint; undefined where they must be read here. */
  rows(
    text: string,
    params: readonly unknown[],
    endsAt: number | undefined,
  ): Promise<readonly (readonly unknown[])[] | undefined>;
}

/** What this room uses of an engine. */
export interface QueryContext {
  readonly catalog: { byId(collectionId: number): Collection | undefined };
  readonly entities: EntityStore;
  readonly loader: Loader;
  readonly filters: FilterCache;
  readonly search: FilteredSearch;
  readonly groupSizes: GroupSizes;
  readonly vectors: Pick<VectorStore, "searchAhead">;
  readonly sideBySide: SideBySide;
  readonly functions: ServedFunctions;
  /** Undefined where there is nothing else that can read the data: in memory, and beside a writer. */
  readonly elsewhere: ReadingElsewhere | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Of the call that runs; work that goes on after an `await` sets its own again. */
  readonly deadline: RunningDeadline;
}
