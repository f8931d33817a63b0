import type { EngineContext } from "./context.js";
import type { FilterCache } from "./entities/filter-cache.js";
import type { SqliteEntityStore } from "./entities/sqlite-entity-store.js";
import type { SegmentLoader } from "./load/segment-loader.js";
import type { FilteredSearch } from "./query/filtered-search.js";

/** What the operations on entities use beyond the contract that DDL operations see. */
export interface DataContext extends EngineContext {
  readonly entities: SqliteEntityStore;
  readonly loader: SegmentLoader;
  readonly filters: FilterCache;
  readonly search: FilteredSearch;
}
