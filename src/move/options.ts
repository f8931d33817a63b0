/** Options that `push`, `pull` and `diff` share. */
export interface ServerOptions {
  /** `user:password`, or an API key; may stand in the URL as well. */
  readonly token?: string;
  /** Databases; default: all. */
  readonly databases?: readonly string[];
  /** Collections, in other databases than `default` as `database.collection`; default: all. */
  readonly collections?: readonly string[];
  /** What travels: gRPC, which every Milvus has, or REST v2. Default: whichever is answered, gRPC first. */
  readonly over?: "grpc" | "rest";
  /** Told of how far it has come. */
  readonly onProgress?: (event: MoveProgress) => void;
  /** Ends it: it rejects with Aborted, and the journal says where to go on. */
  readonly signal?: AbortSignal;
}

interface MoveOptions extends ServerOptions {
  /** Another name for the one collection that is named. */
  readonly into?: string;
  /** Find out what would be done, and do nothing. Default false. */
  readonly dryRun?: boolean;
  /** Compare both sides at the end: all rows (default), their numbers alone, or nothing. */
  readonly compare?: "rows" | "counts" | "nothing";
  /**
   * File of the journal; default: beside the database file. A database in memory has none, nor an encrypted one, since the journal has
   * keys of rows. `false`: none.
   */
  readonly journal?: string | false;
}

export interface PushOptions extends MoveOptions {
  /** `http://host:19530`, `https://...` or `unix:/path`. */
  readonly to: string;
}

export interface PullOptions extends MoveOptions {
  /** `http://host:19530`, `https://...` or `unix:/path`. */
  readonly from: string;
  /** Rows that it selects; default: all. */
  readonly filter?: string;
  /** Most rows of each collection, evenly chosen by their keys, the same ones each time. */
  readonly sample?: number;
  /** Fields and dynamic keys whose values stay where they are: null takes their place, or the blank of the type. */
  readonly redact?: readonly string[];
}

export interface DiffOptions extends ServerOptions {
  /** `http://host:19530`, `https://...` or `unix:/path`. */
  readonly with: string;
  /** Keys that are named of each kind of difference in a collection. Default 10. */
  readonly keys?: number;
}

/** Something has been done. */
export interface MoveProgress {
  readonly kind: "move" | "compare";
  readonly database: string;
  readonly collection: string;
  /** Rows that are done, of all that there are. */
  readonly rows: number;
  readonly totalRows: number;
}

/** What is planned for one collection. */
export interface CollectionPlan {
  readonly database: string;
  readonly collection: string;
  /** Its name on the other side. */
  readonly into: string;
  /** It is there already, with a schema that rows fit into. */
  readonly exists: boolean;
  readonly rows: number;
  readonly partitions: readonly string[];
  /** What will be otherwise on the other side. */
  readonly changes: readonly string[];
  /** What keeps it from being moved. */
  readonly refusals: readonly string[];
}

export interface MovePlan {
  readonly from: string;
  readonly to: string;
  /** What answers at the address: `Milvus 2.3.5`. */
  readonly server: string;
  readonly collections: readonly CollectionPlan[];
}

/** Rows that differ between two stores, the first ones by their keys. */
export interface RowDifferences {
  readonly count: number;
  readonly keys: readonly (number | bigint | string)[];
}

/** The rows of one partition on both sides; of all partitions where a key chooses them. */
export interface PartitionComparison {
  readonly partition: string;
  readonly rowsHere: number;
  readonly rowsThere: number;
}

/** How the same collection looks on both sides. */
export interface CollectionComparison {
  readonly database: string;
  readonly collection: string;
  readonly into: string;
  /** Nothing differs, as far as it was compared. */
  readonly same: boolean;
  /** In words: schemas that do not fit, or why rows were not compared. */
  readonly remarks: readonly string[];
  readonly partitions: readonly PartitionComparison[];
  /** Ranges of keys whose hashes were compared, and those that differ. */
  readonly ranges: number;
  readonly rangesDiffering: number;
  readonly onlyHere: RowDifferences;
  readonly onlyThere: RowDifferences;
  /** Rows of the same key; names of the fields that differ in one of them. */
  readonly changed: RowDifferences & { readonly fields: readonly string[] };
  /** Searches that were made on both sides; how many of the hits they share, 0 to 1. Absent: none was made. */
  readonly searches?: { readonly count: number; readonly shared: number };
}

export interface DiffReport {
  /** The path of the database file, and the address of the server. */
  readonly here: string;
  readonly there: string;
  readonly server: string;
  /** Nothing differs. */
  readonly same: boolean;
  /** Collections that only one side has, as `database.collection`. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  /** One per collection that both sides have. */
  readonly comparisons: readonly CollectionComparison[];
}

export interface MoveReport {
  readonly plan: MovePlan;
  /** Rows that were written by this call: not those of an earlier one that it goes on with. */
  readonly rows: number;
  /** One per collection; none after a dry run, or where nothing was to be compared. */
  readonly comparisons: readonly CollectionComparison[];
}
