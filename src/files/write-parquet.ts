import type { RowGroup } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import { groupedColumns, type RecordBatch, type StoredColumn } from "../engine/contract/column.js";
import type { RowWriter } from "./file-format.js";
import { LeafWriter } from "./parquet/leaf-writer.js";
import { type Some, type WrittenColumn, writtenColumn, writtenStruct } from "./parquet/written-columns.js";
import { WrittenSchema } from "./parquet/written-schema.js";

const MAGIC = Buffer.from("PAR1");
/** Of a group of rows, whose columns lie one behind the other: it is kept until it is whole. */
const GROUP_BYTES = 16 * 1024 * 1024;
const GROUP_ROWS = 100_000;

interface Part {
  readonly column: WrittenColumn;
  readonly leaves: Some<LeafWriter>;
}

/** Columns of values, in groups of rows. */
export class ParquetWriter implements RowWriter {
  readonly #schema = new WrittenSchema();
  readonly #parts: readonly Part[];
  readonly #groups: RowGroup[] = [];
  #offset = MAGIC.length;
  #rows = 0;
  #all = 0;

  /** @param columns what the rows have, without rows */
  constructor(columns: readonly StoredColumn[]) {
    this.#parts = groupedColumns(columns).map((group): Part => {
      const column = "parts" in group ? writtenStruct(group.name, group.parts) : writtenColumn(group);
      const before = this.#schema.leaves.length;
      column.addTo(this.#schema);
      const leaves = this.#schema.leaves.slice(before).map((leaf) => new LeafWriter(leaf));
      return { column, leaves: leaves as readonly LeafWriter[] as Some<LeafWriter> };
    });
  }

  begin(): Uint8Array {
    return MAGIC;
  }

  rows(batch: RecordBatch): Uint8Array {
    const groups = groupedColumns(batch.columns).map((group) => ("parts" in group ? group.parts : [group]));
    for (const [i, { column, leaves }] of this.#parts.entries()) {
      const columns = groups[i] as readonly StoredColumn[] as Some<StoredColumn>;
      for (let row = 0; row < batch.rowCount; row++) {
        column.write(columns, row, leaves);
        for (const leaf of leaves) leaf.endOfRow();
      }
    }
    this.#rows += batch.rowCount;
    const isFull = this.#rows >= GROUP_ROWS || this.#leaves().reduce((sum, { bytes }) => sum + bytes, 0) >= GROUP_BYTES;
    return isFull ? this.#endGroup() : Buffer.alloc(0);
  }

  end(): Uint8Array {
    const last = this.#rows > 0 ? this.#endGroup() : Buffer.alloc(0);
    const about = new ByteWriter();
    writeMetadata(about, {
      version: 2,
      schema: this.#schema.elements,
      num_rows: BigInt(this.#all),
      row_groups: this.#groups,
      created_by: "elanus",
      metadata_length: 0,
    });
    return Buffer.concat([last, about.getBytes(), MAGIC]);
  }

  #leaves(): readonly LeafWriter[] {
    return this.#parts.flatMap(({ leaves }) => leaves);
  }

  #endGroup(): Buffer {
    const pieces: Uint8Array[] = [];
    const columns: RowGroup["columns"] = [];
    const begin = this.#offset;
    let whole = 0n;
    for (const leaf of this.#leaves()) {
      const { chunk, pages } = leaf.take(this.#offset);
      columns.push(chunk);
      whole += chunk.meta_data?.total_uncompressed_size ?? 0n;
      for (const page of pages) {
        pieces.push(page);
        this.#offset += page.length;
      }
    }
    this.#groups.push({
      columns,
      num_rows: BigInt(this.#rows),
      total_byte_size: whole,
      total_compressed_size: BigInt(this.#offset - begin),
    });
    this.#all += this.#rows;
    this.#rows = 0;
    return Buffer.concat(pieces);
  }
}
