import type { InputColumns, RecordBatch } from "../engine/contract/column.js";
import type { FileFormat } from "../engine/contract/transfers.js";
import type { ByteSource } from "./byte-source.js";
import type { FileShape } from "./file-shape.js";

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  ".json": "json",
  ".jsonl": "ndjson",
  ".ndjson": "ndjson",
  ".csv": "csv",
  ".parquet": "parquet",
};

/** The format that the ending of a name stands for. */
export function formatOfName(name: string): FileFormat | undefined {
  const ending = /\.[a-z]+$/i.exec(name)?.[0].toLowerCase();
  return ending === undefined ? undefined : ENDINGS[ending];
}

/** How CSV is written. */
export interface CsvForm {
  /** One character between the cells. */
  readonly separator: string;
  /** What stands for null. */
  readonly nullText: string;
}

/** Some rows of a file, checked as far as the format goes. */
export interface FileRows {
  readonly columns: InputColumns;
  /** Where a row stands in the file, for messages: `row 7, line 9`. */
  place(row: number): string;
}

/** Reads the rows of a file, some at a time. Its faults are `FileFault`. */
export type RowReader = (source: ByteSource, shape: FileShape, form: CsvForm) => AsyncGenerator<FileRows>;

/** Turns rows into the bytes of a file. */
export interface RowWriter {
  /** What stands before the first row. */
  begin(): Uint8Array;
  rows(batch: RecordBatch): Uint8Array;
  /** What stands behind the last one. */
  end(): Uint8Array;
}
