import type { EngineContext } from "../context.js";
import { readPragma } from "../storage/statements.js";
import type { SearchThreadsState, SegmentProgress, VectorIndexName } from "../vector/contract.js";

export interface SegmentStats extends SegmentProgress {
  readonly database: string;
  readonly collection: string;
  readonly partition: string;
  readonly field: string;
}

/** What is in memory now; nothing of it is part of Milvus' answers. */
export interface EngineStats {
  /** Code that computes distances: `wasm-simd128`, or `wasm-relaxed-simd128` where the runtime has it. */
  readonly kernel: string;
  /** What holds vectors and searches them; what hnswlib cannot hold is in the kernel, as its segment says. */
  readonly vectorIndex: VectorIndexName;
  /** Where graphs are built: in worker threads, or in slices on the engine's own: for hnswlib, and where none can be started. */
  readonly builds: "worker" | "main thread";
  /** The threads that search beside the engine's own: how many there may be, how many run now, and why there is none where one was wanted. */
  readonly searchThreads: SearchThreadsState;
  readonly collections: number;
  /** Pages of the database file, free ones too. */
  readonly fileBytes: number;
  /** Rows of the segments in memory. */
  readonly rows: number;
  readonly graphRows: number;
  /** Rows found by exact scan. */
  readonly exactRows: number;
  readonly tombstones: number;
  /** Rows that wait for a graph being built. */
  readonly pendingRows: number;
  /** Rows that are gone, whose vectors still take space in the file: they are purged behind, or by `compact`. */
  readonly rowsToPurge: number;
  /** Tables of dropped or emptied collections that still take space in the file; what is in them goes in the same way. */
  readonly tablesToPurge: number;
  readonly memory: {
    /** Vectors and graphs of loaded segments. */
    readonly segmentsBytes: number;
    /** Primary keys of loaded rows. */
    readonly keysBytes: number;
    /** Columns that filters look at, of loaded partitions. */
    readonly columnsBytes: number;
    /** Rows of filters that were searched with and may come again. */
    readonly filtersBytes: number;
    /** SQLite's page cache at most. */
    readonly pageCacheBytes: number;
  };
  readonly segments: readonly SegmentStats[];
}

export function engineStats(ctx: EngineContext): EngineStats {
  const segments: SegmentStats[] = [];
  let keysBytes = 0;
  let filtersBytes = 0;
  let columnsBytes = 0;
  for (const { collectionId, partition } of ctx.loader.loadedPartitions()) {
    keysBytes += partition.keys.memoryBytes;
    filtersBytes += partition.filters.memoryBytes;
    columnsBytes += partition.columns.memoryBytes;
    const collection = ctx.catalog.byId(collectionId);
    if (collection === undefined) continue;
    for (const [fieldId, segment] of partition.segments) {
      segments.push({
        database: collection.database,
        collection: collection.name,
        partition: collection.partitions.find((p) => p.id === partition.id)?.name ?? "",
        field: collection.schema.fields.find((f) => f.id === fieldId)?.name ?? "",
        ...segment.progress(),
      });
    }
  }
  const sum = (value: (s: SegmentStats) => number) => segments.reduce((total, s) => total + value(s), 0);
  return {
    kernel: ctx.vectors.kernel,
    vectorIndex: ctx.vectors.index,
    builds: ctx.vectors.builds,
    searchThreads: ctx.vectors.searchThreads,
    collections: ctx.catalog.allCollections().length,
    fileBytes: readPragma(ctx.sql, "page_count") * readPragma(ctx.sql, "page_size"),
    rows: sum((s) => s.rows),
    graphRows: sum((s) => s.graphRows),
    exactRows: sum((s) => s.growingRows),
    tombstones: sum((s) => s.tombstones),
    pendingRows: sum((s) => s.pending),
    rowsToPurge: ctx.purger.rows,
    tablesToPurge: ctx.purger.tables,
    memory: {
      segmentsBytes: sum((s) => s.memoryBytes),
      keysBytes,
      columnsBytes,
      filtersBytes,
      pageCacheBytes: Math.abs(readPragma(ctx.sql, "cache_size")) * 1024,
    },
    segments,
  };
}
