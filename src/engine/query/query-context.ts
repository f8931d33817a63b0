import type { RunningDeadline } from "../../values/deadline.js";
import type { EntityStore } from "../entities/entity-store.js";
import type { FilterCache } from "../entities/filter-cache.js";
import type { ServedFunctions } from "../functions/served-functions.js";
import type { Loader } from "../load/loader.js";
import type { Collection } from "../model/collection.js";
import type { FilteredSearch } from "./filtered-search.js";

/** What this room uses of an engine. */
export interface QueryContext {
  readonly catalog: { byId(collectionId: number): Collection | undefined };
  readonly entities: EntityStore;
  readonly loader: Loader;
  readonly filters: FilterCache;
  readonly search: FilteredSearch;
  readonly functions: ServedFunctions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of the call that runs; work that goes on after an `await` sets its own again. */
  readonly deadline: RunningDeadline;
}
