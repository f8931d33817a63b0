import type { RunningDeadline } from "../values/deadline.js";
import type { Access } from "./access/access.js";
import type { Passwords } from "./access/passwords.js";
import type { Catalog } from "./catalog/catalog.js";
import type { ResourceGroups } from "./catalog/resource-groups.js";
import type { EntityStore } from "./entities/entity-store.js";
import type { FilterCache } from "./entities/filter-cache.js";
import type { ServedFunctions } from "./functions/served-functions.js";
import type { Loader } from "./load/loader.js";
import type { Collection } from "./model/collection.js";
import type { ServerTraits } from "./model/server-version.js";
import type { FilteredSearch } from "./query/filtered-search.js";
import type { GroupSizes } from "./query/group-sizes.js";
import type { SideBySide } from "./query/side-by-side.js";
import type { Snapshots } from "./snapshots/snapshots.js";
import type { ChangeLog } from "./storage/change-log.js";
import type { Connection } from "./storage/driver.js";
import type { FileResources } from "./storage/file-resources.js";
import type { ForwardedWrites } from "./storage/forwarded-writes.js";
import type { LocalFiles } from "./storage/local-files.js";
import type { LongWrites } from "./storage/long-writes.js";
import type { ReadingThread } from "./storage/reading-thread.js";
import type { SlicedWrites } from "./storage/sliced-writes.js";
import type { WriteElsewhere } from "./storage/write-elsewhere.js";
import type { ImportJobs } from "./transfer/import-jobs.js";
import type { JointWork } from "./transfer/joint-work.js";
import type { VectorStore } from "./vector/contract.js";
import type { Purger } from "./write/purger.js";

/** What an operation may use. Passed to each, never global. */
export interface EngineContext {
  /** The one writing connection. Only `catalog`, `entities` and `maintenance` prepare statements on it. */
  readonly sql: Connection;
  readonly catalog: Catalog;
  readonly resourceGroups: ResourceGroups;
  /** Users, roles, and what they may do. */
  readonly access: Access;
  readonly passwords: Passwords;
  readonly entities: EntityStore;
  readonly loader: Loader;
  readonly vectors: VectorStore;
  /** Frees what removed rows leave. */
  readonly purger: Purger;
  readonly filters: FilterCache;
  readonly search: FilteredSearch;
  /** Searches of several callers at the same time. */
  readonly sideBySide: SideBySide;
  /** How large the groups of searches are. */
  readonly groupSizes: GroupSizes;
  /** The models of the application. */
  readonly functions: ServedFunctions;
  /** A second connection to the file, on another thread; undefined in memory and where somebody else writes. */
  readonly elsewhere: ReadingThread | undefined;
  /** What readers beside this writer follow. */
  readonly changeLog: ChangeLog;
  /** Files of words that analyzers may name. */
  readonly fileResources: FileResources;
  /** The files that requests may name. */
  readonly files: LocalFiles;
  /** Jobs that bring rows of files into collections. */
  readonly imports: ImportJobs;
  /** The folder that their files lie in; undefined: there is none. */
  readonly importRoot: string | undefined;
  /** Copies of collections. */
  readonly snapshots: Snapshots;
  /** Whose limits hold. */
  readonly server: ServerTraits;
  /** Fields whose vectors are made anew at the moment, by their tables. */
  readonly reembeds: JointWork<{ readonly rowCount: number }>;
  /** Tells who listens how far the computing of a new field has come: 0-100. */
  readonly filled: (collection: Collection, field: string, progress: number) => void;
  /** Without symbolic links; undefined for a memory database. */
  readonly databasePath: string | undefined;
  /** What goes on over several turns, one at a time. */
  readonly longWrites: LongWrites;
  /** Long transactions on another thread; undefined for a database in memory, and for one that is not written. */
  readonly writeElsewhere: WriteElsewhere | undefined;
  /** The same in slices on this one, over a connection of their own. */
  readonly slicedWrites: SlicedWrites | undefined;
  /** Where graphs are kept between runs; undefined for a memory database. */
  readonly snapshotFolder: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** When the call that runs must have ended. After an `await` another call's may stand there: keep `at`, and go on in `during`. */
  readonly deadline: RunningDeadline;
  /**
   * Runs `work` in one IMMEDIATE transaction (joins a running one). `work` must not await.
   * On an error everything is undone, the catalogue's memory included.
   */
  readonly transaction: <T>(work: () => T) => T;
  /** Writes that other processes have asked for. */
  readonly forwarded: ForwardedWrites;
  /** Runs transactions that need not outlive a power cut unless a later one does, and so are not waited for. */
  readonly lazily: <T>(work: () => T) => T;
  /** Moves the log into the file, as far as readers let it. */
  readonly checkpoint: () => Promise<void>;
  /** The same as `transaction` for `work` that makes room, which may be run twice: on a full disk there is space kept for it. */
  readonly removal: <T>(work: () => T) => T;
}
