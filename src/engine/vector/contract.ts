import type { VectorType } from "../model/data-type.js";
import type { PlainMetric } from "../model/types/field-type.js";

/**
 * The interface between the engine and its vectors. A segment holds the vectors of one loaded partition and one vector
 * field: the first rows are in a graph, the others are scanned exactly until a build behind the calls takes them over.
 * Rows are named by `rowId` (the engine's own increasing integer, a safe number). Vectors are bytes in the stored form of
 * their type (`model/types/`), of rows and of queries alike.
 */

export interface SegmentOptions {
  readonly type: VectorType;
  readonly dimension: number;
  /** Bytes of one vector in stored form; 0 for a type whose vectors differ in length. */
  readonly vectorBytes: number;
  readonly metric: PlainMetric;
  /** `exact`: never build a graph (FLAT). */
  readonly kind: "exact" | "graph";
  readonly m: number;
  readonly efConstruction: number;
  /** Rows are lists of vectors: found vector by vector, or compared as wholes. `metric` is that of the vectors. */
  readonly lists?: "elements" | "sums";
  /** MHJACCARD only: bits of an element, 8 to 64. */
  readonly elementBits?: number;
  /** BM25 only: the numbers of the index. */
  readonly bm25?: { readonly k1: number; readonly b: number };
  /** Stable name of the segment in snapshot records: collection, partition, field. */
  readonly key: SegmentKey;
}

export interface SegmentKey {
  readonly collectionId: number;
  readonly partitionId: number;
  readonly fieldId: number;
}

/** Vectors of several rows: row-major in one array, or one array per row. */
export type VectorRows = Uint8Array | readonly Uint8Array[];

/** Where a segment reads its rows from when it is loaded. Synchronous, consistent per call. */
export interface VectorSource {
  /** Rows of the partition, for progress. */
  count(): number;
  /** Row ids of up to `limit` rows with `rowId > after`, ascending. Fewer than `limit` means the end. */
  rowIds(after: number, limit: number): Float64Array;
  /** The vectors of some rows, in their order; undefined of a row that has none. Absent where a row has several. */
  vectorsOf?(rowIds: readonly number[]): (Uint8Array | undefined)[];
  /** Up to `limit` rows with `rowId > after`, ascending. Fewer than `limit` rows means the end. */
  read(after: number, limit: number): { readonly rowIds: Float64Array; readonly vectors: VectorRows };
}

/** The SQLite side of snapshots: a file is only trusted when its record is here and agrees with its header. */
export interface SnapshotRecord {
  readonly key: SegmentKey;
  /** File name without folder. */
  readonly file: string;
  /** Hex of the checksum over the whole payload. */
  readonly checksum: string;
  readonly rows: number;
  readonly sizeBytes: number;
  /** JSON of format, type, dimension, metric, m, efConstruction and whatever else must be equal for the file to be of use. */
  readonly parameters: string;
}
export interface SnapshotRecords {
  get(key: SegmentKey): SnapshotRecord | undefined;
  put(record: SnapshotRecord): void;
  delete(key: SegmentKey): void;
  all(): readonly SnapshotRecord[];
}

/** A set of rows: a bit for each row of an ascending list of row ids, some of which may have gone. */
export interface RowMask {
  /** The first `rows` count. */
  readonly rowIds: Float64Array;
  readonly rows: number;
  readonly bits: Uint32Array;
  /** Bits that are set. */
  readonly count: number;
}

/** A set of rows prepared for one segment. It stays good while rows come, go and move. */
export interface PreparedFilter {
  /** Rows of the segment that are allowed. */
  readonly count: number;
  /** What it takes once it has been searched with. */
  readonly memoryBytes: number;
}

export interface SegmentSearch {
  readonly k: number;
  /** Breadth of the graph walk; the segment takes `max(ef, k)`. */
  readonly ef: number;
  readonly filter?: PreparedFilter;
  /** Force an exact scan (oracle, range search, ties). */
  readonly exact?: boolean;
  /** Range search, in the metric's own orientation (types-and-limits, section 5). */
  readonly radius?: number;
  readonly rangeFilter?: number;
  /** BM25 only: average length of all documents that are searched, at least 1. */
  readonly averageLength?: number;
}

/** What BM25 weighs terms by: counts over the living rows of one segment. */
export interface TermStatistics {
  readonly documents: number;
  /** Sum of the documents' lengths. */
  readonly totalLength: number;
  /** Rows that have each of the terms asked for. */
  readonly rowsWith: Float64Array;
}

/**
 * Best first; ties by ascending rowId. The arrays belong to the caller; plain ones, since a search makes small arrays only, for
 * which the memory of typed arrays is dear.
 */
export interface SegmentHits {
  readonly rowIds: number[];
  /** Float32 values in Milvus' orientation: squared L2, inner product, cosine similarity (0 for a zero vector). */
  readonly scores: number[];
  /** Which vector of the row's list, where single vectors are found; a row may come several times. */
  readonly elements?: number[];
}

/**
 * What of the vectors lies in memory: all of it, or eight-bit copies, with which candidates are found; the vectors of these are then read
 * from where all are stored.
 */
export type VectorMemory = "vectors" | "codes";

/** Which implementation of this contract holds a segment: the WebAssembly kernel, or hnswlib-node. */
export type VectorIndexName = "kernel" | "hnswlib";

export interface SegmentProgress {
  readonly index: VectorIndexName;
  readonly rows: number;
  readonly graphRows: number;
  readonly growingRows: number;
  readonly tombstones: number;
  /** Rows that wait for a graph being built. */
  readonly pending: number;
  readonly failReason: string;
  readonly memoryBytes: number;
  /** `codes`: its vectors are not in memory. */
  readonly memory: VectorMemory;
  readonly snapshot: "none" | "writing" | "current" | "stale";
}

/** The memory of a part of a segment. */
export interface FrozenPart {
  readonly rows: number;
  readonly bytes: Uint8Array;
}

/** What a segment held at one moment, its graph too. Any number of segments can be made of it. */
export interface FrozenSegment {
  readonly options: SegmentOptions;
  readonly parts: readonly FrozenPart[];
}

/** A search that is about to be made of a segment. */
export interface ComingSearch {
  readonly segment: VectorSegment;
  readonly query: Uint8Array;
  readonly request: SegmentSearch;
}

/** Searches that several threads do, before they are asked for. They hold for the rows of the moment when they were begun. */
export interface SearchesAhead {
  /** More of them, which threads may begin with at once. */
  add(searches: readonly ComingSearch[]): void;
  /** What search `i` finds, which is waited for. Undefined: the segment is to be asked. Once for each. */
  take(i: number): SegmentHits | undefined;
  /** Nothing more is wanted of them. */
  end(): void;
}

/** The threads that search beside the calling one. */
export interface SearchThreadsState {
  /** As many as there may be. */
  readonly most: number;
  readonly running: number;
  /** Searches that they have done, by parts. */
  readonly searched: number;
  /** Why there was none when one was wanted; empty when all is well. */
  readonly failReason: string;
}

/** What a search of a segment does. */
export interface LookedAt {
  readonly way: "graph" | "exact" | "lists";
  /** Rows whose vectors it compares; of a graph, about. */
  readonly rows: number;
}

export interface VectorSegment {
  readonly options: SegmentOptions;
  /** Live rows. */
  readonly size: number;
  /** True where every search is exact, and gives ties by ascending row id. */
  readonly alwaysExact?: boolean;
  /** True where several threads can search it at the same time. */
  readonly isShared?: boolean;
  /**
   * Fills an empty segment; yields to the event loop about every 10 ms. Stops early when `signal.aborted`. Until it has
   * finished, `append` does nothing: the rows were committed before, so the source yields them.
   */
  load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void>;
  /** Adds rows with larger ids than any before. Searchable when it returns; a batch that is refused leaves no trace. */
  append(rowIds: Float64Array, vectors: VectorRows): void;
  /** Unknown ids are ignored. Returns how many were live. */
  remove(rowIds: Float64Array): number;
  clear(): void;
  /** Distinct row ids in any order; the array belongs to the filter from now on. */
  prepare(rowIds: Float64Array): PreparedFilter;
  /** The same by bits, where that is faster than by row ids. */
  prepareMask?(mask: RowMask): PreparedFilter;
  /** The same by single vectors of lists, named by `elementId`: where those are what is found. */
  prepareElements?(ids: Float64Array): PreparedFilter;
  search(query: Uint8Array, request: SegmentSearch): SegmentHits;
  /** What `search` would do. */
  looksAt(request: SegmentSearch): LookedAt;
  /** The stored vectors' exact scores of all live rows whose score is at least as good as `score`, best first (tie resolution). */
  within(query: Uint8Array, score: number, filter?: PreparedFilter, averageLength?: number): SegmentHits;
  /** Sparse segments only. */
  termStatistics?(terms: Uint32Array): TermStatistics;
  progress(): SegmentProgress;
  /** A copy of what it holds, though a build goes on. Absent, or undefined, where rows are read anew instead. */
  freeze?(): FrozenSegment | undefined;
  /** Resolves when no build runs and nothing is pending. */
  idle(): Promise<void>;
  /** Frees memory at once; running searches have finished (they are synchronous). Keeps the snapshot. */
  close(): void;
}

/** Makes segments, and owns what they share: kernel, build workers, snapshot folder. One per engine. */
export interface VectorStore {
  /** The index that was asked for; what it cannot hold is in the kernel, as each segment's progress says. */
  readonly index: VectorIndexName;
  /** Where graphs are built: in worker threads, or in slices on this one: those of hnswlib, and where no worker starts. */
  readonly builds: "worker" | "main thread";
  /** Which code computes distances, for stats (`wasm-simd128`, or `wasm-relaxed-simd128` where the runtime has it). */
  readonly kernel: string;
  readonly searchThreads: SearchThreadsState;
  createSegment(options: SegmentOptions): VectorSegment;
  /**
   * Begins searches that come together. Those that were begun before end.
   *
   * @param expected so many will there be, those that are added later too; these, where it is not said
   */
  searchAhead(searches: readonly ComingSearch[], expected?: number): SearchesAhead;
  /** Makes a segment that holds what another one held, perhaps one of another engine. */
  thaw(frozen: FrozenSegment): VectorSegment;
  /** Deletes snapshot record and file of matching segments (drop). */
  forget(match: Partial<SegmentKey>): void;
  /** Waits for running builds to stop (they are told to), frees everything. */
  close(): Promise<void>;
}

export interface VectorStoreOptions {
  /** Default `kernel`. */
  readonly index?: VectorIndexName;
  /** What is asked to lie in memory (default `vectors`). Lists, small segments and types without eight-bit copies always lie there whole. */
  readonly memory?: VectorMemory;
  /** Folder for snapshot files; undefined for a memory database (nothing is written there, nothing left behind). */
  readonly snapshotFolder?: string;
  readonly records?: SnapshotRecords;
  /** The snapshots are somebody else's: they are read, and neither written nor removed. */
  readonly readonlySnapshots?: boolean;
  /** Called after a build or a failed build, so that the owner can report it. */
  readonly onChange?: (key: SegmentKey) => void;
  /** Partitions below this many rows never get a graph (default 5000). */
  readonly exactBelow?: number;
  /** Builds at a time, each in a thread of its own (default 2); 0: on the calling thread, in slices. */
  readonly buildWorkers?: number;
  /** Code of the build worker, a CommonJS script (default: the one that the build puts in). */
  readonly buildWorkerCode?: string;
  /** Threads that search beside the calling one, when there is enough to do (default: as many as there are other cores, 1 at least). */
  readonly searchThreads?: number;
  /** Code of a search thread, a CommonJS script (default: the one that the build puts in). */
  readonly searchWorkerCode?: string;
  /** Rows one memory takes before the segment begins another (default: what fits in 4 GiB). */
  readonly partRows?: number;
}
