import type { StoredColumn } from "../engine/contract/column.js";
import type { FileFormat } from "../engine/contract/transfers.js";
import type { CsvForm, RowWriter } from "./file-format.js";
import type { FileShape } from "./file-shape.js";

/** @param columns what the rows will have, without rows */
type MakeWriter = (columns: readonly StoredColumn[], shape: FileShape, form: CsvForm) => RowWriter;

/** The writers of all formats. Each is loaded when it is first needed. */
const WRITERS: Readonly<Record<FileFormat, () => Promise<MakeWriter>>> = {
  json: async () => {
    const { JsonWriter } = await import("./write-json.js");
    return () => new JsonWriter();
  },
  ndjson: async () => {
    const { JsonLinesWriter } = await import("./write-json.js");
    return () => new JsonLinesWriter();
  },
  csv: async () => {
    const { CsvWriter } = await import("./write-csv.js");
    return (columns, shape, form) => new CsvWriter(columns, shape, form);
  },
  parquet: async () => {
    const { ParquetWriter } = await import("./write-parquet.js");
    return (columns) => new ParquetWriter(columns);
  },
};

export async function rowWriter(
  format: FileFormat,
  columns: readonly StoredColumn[],
  shape: FileShape,
  form: CsvForm,
): Promise<RowWriter> {
  return (await WRITERS[format]())(columns, shape, form);
}
