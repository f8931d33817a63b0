import type { CollectionRequest } from "./request.js";

/** Files that a program reads rows from or writes them to, and copies of the database: for its owner alone, no request may ask for them. */

/** How CSV is written. */
export interface CsvOptions {
  /** One character between cells. Default `,`. */
  readonly sep?: string;
  /** A cell that means null, where there may be none. Default: an empty one. */
  readonly nullkey?: string;
}

/** The formats of files that rows are read from and written to. */
export const FILE_FORMATS = ["json", "ndjson", "csv", "parquet"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

export interface ImportRequest extends CollectionRequest, CsvOptions {
  readonly partitionName?: string;
  /** Paths; `-` for the standard input. Rows of all files become visible together. */
  readonly from: string | readonly string[];
  /** Default: by the ending of each name. */
  readonly format?: FileFormat;
}

export interface ImportResult {
  readonly rowCount: number;
}

export interface ExportRequest extends CollectionRequest, CsvOptions {
  readonly partitionNames?: readonly string[];
  /** Default: all rows. */
  readonly filter?: string;
  /** A path; `-` for the standard output. */
  readonly to: string;
  /** Default: by the ending of the name. */
  readonly format?: FileFormat;
  /** Write keys that were drawn too: the collection that the rows go to must have `allow_insert_auto_id`. Default false. */
  readonly keepIds?: boolean;
  /** Take the place of a file that is there. Default false. */
  readonly overwrite?: boolean;
}

export interface ExportResult {
  readonly rowCount: number;
  readonly bytes: number;
}

export interface BackupRequest {
  /** A path, of a file that is made. */
  readonly to: string;
  /** Take the place of a file that is there. Default false. */
  readonly overwrite?: boolean;
}

export interface BackupResult {
  readonly bytes: number;
}

export interface ReembedRequest extends CollectionRequest {
  /** The field whose vectors are made anew: one that a model makes. */
  readonly fieldName: string;
  /** Who makes them from now on. */
  readonly model: string;
  /** Default: as before. */
  readonly dimension?: number;
}

export interface ReembedResult {
  /** 0 where it was done already. */
  readonly rowCount: number;
}

/** What a program can have done that takes long. */
export interface Transfers {
  import(request: ImportRequest): ImportResult;
  export(request: ExportRequest): ExportResult;
  backup(request: BackupRequest): BackupResult;
  reembed(request: ReembedRequest): ReembedResult;
}

export type TransferKind = keyof Transfers;
export type TransferRequest<Kind extends TransferKind> = Parameters<Transfers[Kind]>[0];
export type TransferResult<Kind extends TransferKind> = ReturnType<Transfers[Kind]>;

/** How far it has come. */
export interface TransferProgress {
  /** 0 of a copy of the database, which is made of pages. */
  readonly rows: number;
  /** Of all, where somebody knows. */
  readonly totalRows?: number;
  /** Of the files, read or written so far. */
  readonly bytes: number;
  /** 0 where nobody knows. */
  readonly totalBytes: number;
}
