import type { Database } from "better-sqlite3";
import type { Catalog } from "./catalog/catalog.js";
import type { EntityStore } from "./entities/entity-store.js";
import type { Loader } from "./load/loader.js";

export type LoadRules = "modern" | "legacy";

/** What an operation may use. Passed to each, never global. */
export interface EngineContext {
  readonly options: { readonly loadRules: LoadRules };
  /** The one writing connection. Only `catalog` and `entities` prepare statements on it. */
  readonly sql: Database;
  readonly catalog: Catalog;
  readonly entities: EntityStore;
  readonly loader: Loader;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Runs `work` in one IMMEDIATE transaction (joins a running one). `work` must not await.
   * On an error everything is undone, the catalogue's memory included.
   */
  readonly transaction: <T>(work: () => T) => T;
}
