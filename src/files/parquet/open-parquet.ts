import type { FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { parquetMetadataAsync, parquetSchema } from "hyparquet/src/metadata.js";
import type { ByteSource } from "../byte-source.js";
import { FileFault } from "../file-fault.js";

/** A Parquet file that is read piece by piece. */
export interface ParquetFile {
  readonly root: SchemaTree;
  /** What it has beneath it. */
  readonly columns: readonly SchemaTree[];
  readonly rowGroups: readonly RowGroup[];
  /** @throws FileFault where the file has no such bytes, an error of the system */
  read(at: number, length: number): Promise<Buffer>;
}

/** Nobody writes more about a file. */
const MOST_ABOUT = 256 * 1024 * 1024;

/** Its mark at both ends, and the length of what it says of itself. */
const LEAST_BYTES = 12;

/** @throws FileFault */
export async function openParquet({ size, readAt }: ByteSource): Promise<ParquetFile> {
  if (readAt === undefined) throw new Error("a Parquet file is read from anywhere");
  if (size < LEAST_BYTES) throw new FileFault(`is no whole Parquet file: it has ${size} bytes`);
  const read = async (at: number, length: number): Promise<Buffer> => {
    const isThere = Number.isSafeInteger(at) && at >= 0 && length >= 0 && at + length <= size;
    if (!isThere) throw new FileFault("is no whole Parquet file: it ends where more should be");
    const bytes = await readAt(at, length);
    if (bytes.length < length) throw new FileFault("is no whole Parquet file: it has become shorter");
    return bytes;
  };
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    if (end - start > MOST_ABOUT) throw new FileFault("is no whole Parquet file");
    const { buffer, byteOffset, byteLength } = await read(start, end - start);
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  };
  const about = await described(() => parquetMetadataAsync({ byteLength: size, slice }, { geoparquet: false }));
  const root = await described(() => parquetSchema(about));
  return { root, columns: root.children, rowGroups: rowGroupsOf(about), read };
}

/** What lies at the end of the file. */
async function described<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileFault || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new FileFault(`is no whole Parquet file: ${(error as Error).message}`);
  }
}

function rowGroupsOf({ row_groups: groups }: FileMetaData): readonly RowGroup[] {
  if (groups.some(({ num_rows: rows }) => rows < 0n || rows > BigInt(Number.MAX_SAFE_INTEGER))) {
    throw new FileFault("is no whole Parquet file: a number of rows cannot be");
  }
  return groups;
}
