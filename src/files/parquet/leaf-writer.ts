import type { ColumnChunk, CompressionCodec, Encoding, SchemaElement } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { LevelRuns } from "./level-runs.js";

/** A leaf of the schema that is written. */
export interface WrittenLeaf {
  readonly path: readonly string[];
  readonly element: SchemaElement;
  /** Levels of an entry with a value; 0: there are none. */
  readonly definition: number;
  readonly repetition: number;
  /** Floats that are as good as random are not made smaller. */
  readonly codec: CompressionCodec;
}

const PAGE_BYTES = 1024 * 1024;
const ENCODINGS: Encoding[] = ["PLAIN", "RLE"];

/** Values of a leaf, made into pages. */
export class LeafWriter {
  readonly leaf: WrittenLeaf;
  readonly #definition = new LevelRuns();
  readonly #repetition = new LevelRuns();
  #values = new ByteWriter(64 * 1024);
  #bits: boolean[] = [];
  #entries = 0;
  #all = 0;
  #pages: Uint8Array[] = [];
  #bytes = 0;
  #whole = 0;

  constructor(leaf: WrittenLeaf) {
    this.leaf = leaf;
  }

  /** Bytes of what has been written since the last `take`. */
  get bytes(): number {
    return this.#bytes + this.#values.index;
  }

  /** Entries without a value, or with those that follow by `value` or `raw`. */
  entries(repetition: number, definition: number, count = 1): void {
    this.#repetition.add(repetition, count);
    this.#definition.add(definition, count);
    this.#entries += count;
  }

  value(value: unknown): void {
    const values = this.#values;
    switch (this.leaf.element.type) {
      case "BOOLEAN":
        this.#bits.push(value === true);
        return;
      case "INT32":
        values.appendInt32(Number(value));
        return;
      case "INT64":
        values.appendInt64(BigInt(value as number | bigint));
        return;
      case "FLOAT":
        values.appendFloat32(Number(value));
        return;
      case "DOUBLE":
        values.appendFloat64(Number(value));
        return;
      default: {
        const bytes = Buffer.from(value as string);
        values.appendUint32(bytes.length);
        values.appendBytes(bytes);
      }
    }
  }

  /** Values in the form that they have in a page. */
  raw(bytes: Uint8Array): void {
    this.#values.appendBytes(bytes);
  }

  /** Call between rows: a row lies in one page. */
  endOfRow(): void {
    if (this.#values.index >= PAGE_BYTES) this.#endPage();
  }

  /** Everything since the last call. @param offset where it will lie in the file */
  take(offset: number): { readonly chunk: ColumnChunk; readonly pages: readonly Uint8Array[] } {
    this.#endPage();
    const { path, element, codec } = this.leaf;
    const pages = this.#pages;
    const chunk: ColumnChunk = {
      file_offset: 0n,
      meta_data: {
        type: element.type as NonNullable<SchemaElement["type"]>,
        encodings: ENCODINGS,
        path_in_schema: [...path],
        codec,
        num_values: BigInt(this.#all),
        total_uncompressed_size: BigInt(this.#whole),
        total_compressed_size: BigInt(this.#bytes),
        data_page_offset: BigInt(offset),
      },
    };
    this.#pages = [];
    this.#bytes = 0;
    this.#whole = 0;
    this.#all = 0;
    return { chunk, pages };
  }

  #endPage(): void {
    if (this.#entries === 0) return;
    const { repetition, definition, codec } = this.leaf;
    const runs = { repetition: this.#repetition.take(), definition: this.#definition.take() };
    const parts = [
      ...(repetition > 0 ? [runs.repetition] : []),
      ...(definition > 0 ? [runs.definition] : []),
      this.#bits.length > 0 ? packed(this.#bits) : this.#values.getBytes(),
    ];
    const page = Buffer.concat(parts);
    const body = codec === "SNAPPY" ? snappyCompress(page) : page;
    const header = new ByteWriter();
    writePageHeader(header, {
      type: "DATA_PAGE",
      uncompressed_page_size: page.length,
      compressed_page_size: body.length,
      data_page_header: {
        num_values: this.#entries,
        encoding: "PLAIN",
        definition_level_encoding: "RLE",
        repetition_level_encoding: "RLE",
      },
    });
    const head = header.getBytes();
    this.#pages.push(head, body);
    this.#bytes += head.length + body.length;
    this.#whole += head.length + page.length;
    this.#all += this.#entries;
    this.#entries = 0;
    this.#bits = [];
    this.#values = new ByteWriter(64 * 1024);
  }
}

/** Eight to a byte, the first one lowest. */
function packed(bits: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [i, bit] of bits.entries()) if (bit) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  return bytes;
}
