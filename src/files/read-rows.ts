import type { FileFormat } from "../engine/contract/transfers.js";
import type { RowReader } from "./file-format.js";

/** The readers of all formats. Each is loaded when it is first needed. */
const READERS: Readonly<Record<FileFormat, () => Promise<RowReader>>> = {
  json: async () => (await import("./read-json.js")).readJson,
  ndjson: async () => (await import("./read-json.js")).readJsonLines,
  csv: async () => (await import("./read-csv.js")).readCsv,
  parquet: async () => (await import("./read-parquet.js")).readParquet,
};

export function rowReader(format: FileFormat): Promise<RowReader> {
  return READERS[format]();
}
