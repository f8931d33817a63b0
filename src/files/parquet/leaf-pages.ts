import * as zlib from "node:zlib";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { ColumnMetaData, Compressors, DecodedArray, SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage, readDataPage, readDataPageV2 } from "hyparquet/src/datapage.js";
import { readPlain } from "hyparquet/src/plain.js";
import { FileFault } from "../file-fault.js";
import type { ParquetFile } from "./open-parquet.js";

/** What one page holds of a leaf of the schema. */
export interface Page {
  /** Entries: values, nulls and empty lists. */
  readonly count: number;
  /** Per entry; undefined where all are 0, as in columns without lists. */
  readonly repetition: ArrayLike<number> | undefined;
  /** Per entry; undefined where all have a value. */
  readonly definition: ArrayLike<number> | undefined;
  /** Those that are there, one behind the other. */
  readonly values: ArrayLike<unknown>;
}

const FIRST_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;
const MOST_PAGE_BYTES = 256 * 1024 * 1024;
const MOST_ENTRIES = 16 * 1024 * 1024;

/** Since Node 22.15. */
const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: typeof brotliDecompressSync };

type Decompress = typeof brotliDecompressSync;

/** Of a page whose length is told, no more than that is made. */
function atMost(decompress: Decompress): (bytes: Uint8Array, length: number) => Uint8Array {
  return (bytes, length) => decompress(bytes, { maxOutputLength: Math.max(1, length) });
}

const COMPRESSORS: Compressors = {
  GZIP: atMost(gunzipSync as Decompress),
  BROTLI: atMost(brotliDecompressSync),
  ...(zstdDecompressSync === undefined ? {} : { ZSTD: atMost(zstdDecompressSync) }),
};

/** The pages of a leaf in one group of rows, one after the other. */
export class LeafPages {
  readonly #file: ParquetFile;
  readonly #path: readonly SchemaTree[];
  readonly #facts: ColumnMetaData;
  #at: number;
  readonly #end: number;
  /** What has been read of the file, and where it lies there. */
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;
  #dictionary: ArrayLike<unknown> | undefined;

  constructor(file: ParquetFile, path: readonly SchemaTree[], facts: ColumnMetaData) {
    this.#file = file;
    this.#path = path;
    this.#facts = facts;
    this.#at = Number(facts.dictionary_page_offset || facts.data_page_offset);
    this.#end = this.#at + Number(facts.total_compressed_size);
  }

  /** @throws FileFault for what cannot be read */
  async next(): Promise<Page | undefined> {
    while (this.#at < this.#end) {
      const page = await this.#page();
      if (page !== undefined) return page;
    }
    return undefined;
  }

  /** @returns undefined for a page that holds no values of rows */
  async #page(): Promise<Page | undefined> {
    const header = await this.#header();
    const { compressed_page_size: size, uncompressed_page_size: whole } = header;
    if (!(size >= 0 && size <= MOST_PAGE_BYTES && whole >= 0 && whole <= MOST_PAGE_BYTES))
      throw damaged("a page is too large");
    const bytes = await this.#bytes(this.#at, size);
    this.#at += size;
    try {
      return this.#decoded(header, bytes);
    } catch (error) {
      throw error instanceof FileFault ? error : damaged((error as Error).message);
    }
  }

  #decoded(header: ReturnType<typeof parquetHeader>, bytes: Buffer): Page | undefined {
    const { type, codec } = this.#facts;
    const element = (this.#path.at(-1) as SchemaTree).element;
    const decoder = {
      ...this.#facts,
      element,
      schemaPath: [...this.#path],
      compressors: COMPRESSORS,
    } as unknown as Parameters<typeof readDataPage>[2];
    const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: words } = header;
    for (const { num_values: count } of [v1, v2, words].filter((part) => part !== undefined)) {
      if (!(count >= 0 && count <= MOST_ENTRIES)) throw damaged("a page has too many values");
    }
    if (header.type === "DICTIONARY_PAGE" && words !== undefined) {
      const page = decompressPage(bytes, header.uncompressed_page_size, codec, COMPRESSORS);
      const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
      this.#dictionary = readPlain(reader, type, words.num_values, element.type_length);
      return undefined;
    }
    const facts = header.type === "DATA_PAGE" ? v1 : header.type === "DATA_PAGE_V2" ? v2 : undefined;
    if (facts === undefined) return undefined;
    const { definitionLevels, repetitionLevels, dataPage } =
      header.type === "DATA_PAGE"
        ? readDataPage(
            decompressPage(bytes, header.uncompressed_page_size, codec, COMPRESSORS),
            facts as NonNullable<typeof v1>,
            decoder,
          )
        : readDataPageV2(bytes, header, decoder);
    return {
      count: facts.num_values,
      repetition: repetitionLevels.length === 0 ? undefined : repetitionLevels,
      definition: definitionLevels === undefined || definitionLevels.length === 0 ? undefined : definitionLevels,
      values: facts.encoding.endsWith("_DICTIONARY") ? this.#words(dataPage) : dataPage,
    };
  }

  #words(indexes: DecodedArray): ArrayLike<unknown> {
    const dictionary = this.#dictionary;
    if (dictionary === undefined) throw damaged("a dictionary is missing");
    const values = new Array<unknown>(indexes.length);
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[i] as number;
      if (!(index < dictionary.length)) throw damaged("a value is not in the dictionary");
      values[i] = dictionary[index];
    }
    return values;
  }

  /** The header of the page that begins here; what follows it begins at `#at` then. */
  async #header(): Promise<ReturnType<typeof parquetHeader>> {
    for (let length = HEADER_BYTES; ; length *= 8) {
      const most = this.#end - this.#at;
      const bytes = await this.#bytes(this.#at, Math.min(length, most));
      const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
      try {
        const header = parquetHeader(reader);
        this.#at += reader.offset;
        return header;
      } catch (error) {
        // It may be longer than what has been looked at.
        if (length >= most) throw damaged((error as Error).message);
      }
    }
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const from = at - this.#windowAt;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    const ahead = Math.max(length, Math.min(FIRST_BYTES, this.#end - at));
    this.#window = await this.#file.read(at, ahead);
    this.#windowAt = at;
    return this.#window.subarray(0, length);
  }
}

/** Bytes that make no sense. */
export function damaged(detail: string): FileFault {
  return new FileFault(`is damaged, or no Parquet file that can be read: ${detail}`);
}
