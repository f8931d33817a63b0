import { now as systemNow } from "../values/clock.js";
import { Access } from "./access/access.js";
import { applyAuth } from "./access/auth-options.js";
import { Authenticator } from "./access/authenticator.js";
import { Passwords } from "./access/passwords.js";
import { Calls } from "./call.js";
import { resourceGroups } from "./catalog/resource-groups.js";
import { openCatalog } from "./catalog/sqlite-catalog.js";
import type { EngineContext } from "./context.js";
import { EntityStore } from "./entities/entity-store.js";
import { FilterCache } from "./entities/filter-cache.js";
import { openGoneTables } from "./entities/gone-tables.js";
import { openPurges } from "./entities/purges.js";
import { failpoint } from "./failpoints.js";
import { followWriter } from "./follow-writer.js";
import { ServedFunctions } from "./functions/served-functions.js";
import { Loader } from "./load/loader.js";
import { serverTraits } from "./model/server-version.js";
import type { EngineOptions } from "./options.js";
import { ProgressFeed } from "./progress.js";
import { FilteredSearch } from "./query/filtered-search.js";
import { GroupSizes } from "./query/group-sizes.js";
import { SideBySide } from "./query/side-by-side.js";
import { FileHome } from "./snapshots/file-home.js";
import { MemoryHome } from "./snapshots/memory-home.js";
import { settleCopies } from "./snapshots/rekeyed-copies.js";
import { Snapshots } from "./snapshots/snapshots.js";
import { NO_CHANGE_LOG, openChangeLog } from "./storage/change-log.js";
import { Checkpoints } from "./storage/checkpoints.js";
import { keyOf } from "./storage/connect.js";
import type { OpenDatabase } from "./storage/database.js";
import type { Connection } from "./storage/driver.js";
import { fileResourceTable } from "./storage/file-resources.js";
import { requireTables } from "./storage/format.js";
import { ForwardedWrites } from "./storage/forwarded-writes.js";
import { LocalFiles } from "./storage/local-files.js";
import { LongWrites } from "./storage/long-writes.js";
import { ReadGate } from "./storage/read-gate.js";
import { ReadingThread } from "./storage/reading-thread.js";
import { SlicedWrites } from "./storage/sliced-writes.js";
import { snapshotRecords } from "./storage/snapshot-records.js";
import { openTransactions } from "./storage/transactions.js";
import { WriteElsewhere } from "./storage/write-elsewhere.js";
import type { StoreImage } from "./store-image.js";
import { ImportJobs } from "./transfer/import-jobs.js";
import { JointWork } from "./transfer/joint-work.js";
import { removeStaged } from "./transfer/staging.js";
import { RunningTransfers } from "./transfers.js";
import { createVectorStore } from "./vector/vector-store.js";
import { Purger } from "./write/purger.js";
import { Sweeper } from "./write/sweeper.js";

/** The parts of an engine, wired together. */
export interface EngineParts {
  readonly ctx: EngineContext;
  readonly calls: Calls;
  readonly authenticator: Authenticator;
  readonly feed: ProgressFeed;
  readonly transfers: RunningTransfers;
  /** Ends loads and builds, waits for running calls, closes the file. */
  readonly shutDown: () => Promise<void>;
}

/** What an engine takes from outside of its database. */
export interface Surroundings {
  /** Milliseconds since the epoch. Default: those of the system. */
  readonly now?: () => number;
  /** From 0 up to 1, to draw samples by. Default: Math.random. */
  readonly random?: () => number;
  /** What is in memory from the beginning: of the database that this one is a copy of. */
  readonly image?: Omit<StoreImage, "database">;
}

/** Wires the parts of an engine over an open database file. */
export function createEngine(
  database: OpenDatabase,
  options: EngineOptions,
  { now = systemNow, random = Math.random, image }: Surroundings = {},
): EngineParts {
  const { sql, deadline } = database;
  const readonly = options.readonly ?? false;
  requireTables(sql);
  const catalog = openCatalog(sql, now);
  const access = new Access(sql, options.auth?.superUsers);
  const passwords = new Passwords();
  const entities = new EntityStore(sql, now);
  const feed = new ProgressFeed();
  // Graphs hold vectors, and are files that SQLite knows nothing of: beside an encrypted database there are none.
  const snapshotFolder =
    database.path === undefined || keyOf(sql) !== undefined ? undefined : `${database.path}-segments`;
  /** Of the file that is written; undefined in memory, and for one that is only read. */
  const writtenPath = readonly ? undefined : database.path;
  const durability = options.durability ?? "full";
  const checkpoints = writtenPath === undefined ? undefined : new Checkpoints(sql, writtenPath, durability);
  const forwarded = new ForwardedWrites(sql);
  const longWrites = new LongWrites();
  const transactions = openTransactions(
    database,
    () => {
      catalog.reload();
      access.reload();
    },
    (took) => checkpoints?.committed(took),
    forwarded,
    () => longWrites.settle(),
  );
  const records = snapshotRecords(sql, transactions.run);
  const vectors = createVectorStore({
    onChange: ({ collectionId, fieldId }) => {
      if (!feed.silent)
        feed.built(catalog.byId(collectionId), fieldId, vectors.builds, () =>
          loader.indexProgress(collectionId, fieldId),
        );
    },
    ...(snapshotFolder === undefined ? {} : { snapshotFolder, records, readonlySnapshots: readonly }),
    ...(options.vectorIndex === undefined ? {} : { index: options.vectorIndex }),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
    ...(options.exactBelow === undefined ? {} : { exactBelow: options.exactBelow }),
    ...(options.buildWorkers === undefined ? {} : { buildWorkers: options.buildWorkers }),
    ...(options.searchThreads === undefined ? {} : { searchThreads: options.searchThreads }),
  });
  const loader: Loader = new Loader({
    rules: options.loadRules ?? "modern",
    catalog,
    entities,
    vectors,
    transaction: transactions.run,
    look: (work) => calls.look(work),
    progressed: (collectionId, progress) => feed.loaded(catalog.byId(collectionId), progress),
    frozen: image?.loaded,
  });
  const search = new FilteredSearch();
  const sideBySide = new SideBySide(search, vectors);
  const ownWriters =
    writtenPath === undefined
      ? undefined
      : {
          path: writtenPath,
          durability,
          file: database,
          turns: longWrites,
          hooks: {
            before: () => sideBySide.flush(),
            record: (result: unknown, connection: Connection) => forwarded.record(result, connection),
            committed: (took: number) => checkpoints?.committed(took),
            doubtful: () => transactions.distrust(),
          },
        };
  const slicedWrites = ownWriters && new SlicedWrites(ownWriters);
  const writeElsewhere = ownWriters && new WriteElsewhere(ownWriters);
  const lazily = <T>(work: () => T): T => database.lazily(work);
  const snapshots = new Snapshots({
    sql,
    catalog,
    entities,
    home: database.path === undefined ? new MemoryHome(sql, image?.collectionCopies) : new FileHome(sql, database.path),
    now,
    transaction: transactions.run,
    removal: transactions.removal,
    lazily,
    relief: async () => checkpoints?.pressure(),
  });
  if (!readonly) {
    if (database.path !== undefined) settleCopies(sql, `${database.path}-snapshots`);
    snapshots.tidy();
    if (database.path !== undefined) removeStaged(database.path);
  }
  const purger = new Purger({
    purges: openPurges(sql, (id) => catalog.byId(id)),
    gone: openGoneTables(sql),
    slice: (work) => lazily(() => transactions.removal(work)),
    isIdle: () => calls.isIdle,
    busy: () => longWrites.busy,
  });
  if (!readonly) {
    purger.resume();
    forwarded.tidy();
  }
  const changeLog = writtenPath === undefined ? NO_CHANGE_LOG : openChangeLog(sql);
  const imports = new ImportJobs({
    sql,
    catalog,
    entities,
    loader,
    changeLog,
    purger,
    databasePath: database.path,
    writeElsewhere,
    slicedWrites,
    now,
    transaction: transactions.run,
    removal: transactions.removal,
    lazily,
  });
  if (!readonly) imports.tidy();
  const server = serverTraits(options.serverVersion, options.errorForm);
  const ctx: EngineContext = {
    sql,
    catalog,
    resourceGroups: resourceGroups(sql),
    access,
    passwords,
    entities,
    loader,
    vectors,
    purger,
    filters: new FilterCache(server.filters),
    search,
    sideBySide,
    groupSizes: new GroupSizes(),
    functions: new ServedFunctions(options.functions),
    elsewhere: writtenPath === undefined ? undefined : new ReadingThread(sql, writtenPath),
    imports,
    importRoot: options.importRoot,
    fileResources: fileResourceTable(sql),
    files: new LocalFiles(options.filesRoot),
    snapshots,
    changeLog,
    server,
    filled: (collection, field, progress) => feed.filled(collection, field, progress),
    databasePath: database.path,
    longWrites,
    writeElsewhere,
    slicedWrites,
    snapshotFolder,
    now,
    random,
    deadline,
    transaction: transactions.run,
    removal: transactions.removal,
    forwarded,
    reembeds: new JointWork(),
    lazily,
    checkpoint: async () => {
      if ((await checkpoints?.move()) === false) sql.exec("PRAGMA wal_checkpoint(PASSIVE)");
    },
  };
  if (options.auth !== undefined) applyAuth(ctx, options.auth, readonly);
  // A process that died between a drop and the removal of its files has left records behind.
  for (const { key } of readonly ? [] : records.all()) {
    const partitions = catalog.byId(key.collectionId)?.partitions;
    if (partitions?.some((p) => p.id === key.partitionId) !== true) vectors.forget(key);
  }
  const gate =
    database.isShared && database.path !== undefined ? new ReadGate(sql, database.path, followWriter(ctx)) : undefined;
  const calls: Calls = new Calls({
    ctx,
    readonly,
    gate,
    pressure: () => checkpoints?.pressure(),
    busy: () => longWrites.busy,
    recover: readonly ? () => {} : () => transactions.recover(),
    requireSole: readonly ? () => {} : () => database.requireSole(),
  });
  const authenticator = new Authenticator({
    apiKeys: options.auth?.apiKeys ?? [],
    passwords,
    userOf: (name) => (gate === undefined ? access.user(name) : calls.look(() => access.user(name))),
  });
  const sweeper = readonly
    ? undefined
    : new Sweeper({
        scope: ctx,
        collections: () => catalog.allCollections(),
        isIdle: () => calls.isIdle && longWrites.busy === undefined,
      });
  const transfers = new RunningTransfers(readonly);
  return {
    ctx,
    calls,
    authenticator,
    feed,
    transfers,
    async shutDown() {
      calls.close();
      try {
        ctx.functions.close();
        // A running load would go on for long: it is told to stop, and answers 101.
        await loader.close();
        await sweeper?.close();
        await purger.close();
        transfers.close();
        await imports.close();
        await snapshots.close();
        await calls.settled();
        await loader.close();
        await vectors.close();
        failpoint("mid-close");
        transactions.settle();
      } finally {
        await ctx.elsewhere?.close();
        await checkpoints?.close();
        slicedWrites?.close();
        gate?.close();
        snapshots.free();
        database.close();
      }
    },
  };
}
