import { nextTurn } from "../../values/clock.js";
import { type DenseVectors, type EncodedBatch, pickVectors } from "../entities/batch.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { AddedRows } from "../entities/row-changes.js";
import { type Collection, type IndexDescription, indexOfField } from "../model/collection.js";
import type { VectorType } from "../model/data-type.js";
import { bytesPerVector, dimensionOf, type FieldSchema } from "../model/schema.js";
import type { SegmentOptions, VectorSegment, VectorStore } from "../vector/contract.js";
import { KeyDirectory } from "./key-directory.js";
import { PartitionSource } from "./partition-source.js";
import { type FilterBudget, PreparedFilters } from "./prepared-filters.js";

const READ_ROWS = 500;

/** The in-memory side of one loaded partition: a segment per indexed vector field, its keys, the rows of its filters. */
export class LoadedPartition {
  readonly id: number;
  readonly segments: Map<number, VectorSegment> = new Map();
  readonly keys: KeyDirectory = new KeyDirectory();
  readonly filters: PreparedFilters;
  /** Every row is searchable. */
  ready = false;
  /** 0-1 while filling. */
  progress = 0;
  /** A load looks at it between its slices; `close` sets it. */
  readonly signal: { aborted: boolean } = { aborted: false };
  /** Rows removed while the partition is being filled; applied once more at the end. */
  readonly #removedMeanwhile: number[] = [];
  readonly #keyed: boolean;

  constructor(id: number, table: EntityTable, filters: FilterBudget) {
    this.id = id;
    this.filters = new PreparedFilters(filters);
    this.#keyed = table.key.type === "Int64";
  }

  /**
   * Reads everything; yields to the event loop often. When it resolves without `signal.aborted`, `ready` is true and
   * no row is missing: what was written meanwhile has been added.
   */
  async fill(
    store: VectorStore,
    table: EntityTable,
    collection: Collection,
    progressed: () => void = () => {},
  ): Promise<void> {
    const { signal } = this;
    const sources: { field: FieldSchema; source: PartitionSource; segment: VectorSegment }[] = [];
    for (const field of table.dense) {
      const index = indexOfField(collection, field.id);
      if (index === undefined) continue;
      const segment = store.createSegment(segmentOptions(collection, this.id, field, index));
      this.segments.set(field.id, segment);
      sources.push({ field, segment, source: new PartitionSource(table, this.id, field) });
    }
    for (const [position, { source, segment }] of sources.entries()) {
      await segment.load(source, signal, (fraction) => {
        this.progress = (position + fraction) / (sources.length + 1);
        progressed();
      });
      if (signal.aborted) return;
    }
    await this.#fillKeys(table);
    if (signal.aborted) return;
    // From here to `ready` nothing awaits: no write can slip in between.
    for (const { source, segment } of sources) catchUp(source, segment);
    this.#readKeys(table, Number.MAX_SAFE_INTEGER);
    if (this.#removedMeanwhile.length > 0) {
      const removed = Float64Array.from(this.#removedMeanwhile);
      for (const segment of this.segments.values()) segment.remove(removed);
      this.keys.remove(this.#removedMeanwhile);
      this.#removedMeanwhile.length = 0;
    }
    this.ready = true;
    this.progress = 1;
  }

  /** Adds a segment for a field whose index was made after the load. */
  async addField(
    store: VectorStore,
    table: EntityTable,
    collection: Collection,
    field: FieldSchema,
    index: IndexDescription,
  ): Promise<void> {
    const segment = store.createSegment(segmentOptions(collection, this.id, field, index));
    const source = new PartitionSource(table, this.id, field);
    await segment.load(source, this.signal, () => {});
    if (this.signal.aborted) return segment.close();
    catchUp(source, segment);
    this.segments.set(field.id, segment);
  }

  added({ rowIds, positions }: AddedRows, { keys, vectors }: EncodedBatch): void {
    if (!this.ready) return;
    this.filters.clear();
    for (const [fieldId, segment] of this.segments) {
      const picked = pickVectors(vectors.get(fieldId) as DenseVectors, rowIds, positions);
      segment.append(picked.rowIds, picked.bytes);
    }
    if (!this.#keyed) return;
    for (let i = 0; i < rowIds.length; i++) this.keys.append(rowIds[i] as number, keys[positions[i] as number]);
  }

  removed(rowIds: readonly number[]): void {
    if (!this.ready) for (const rowId of rowIds) this.#removedMeanwhile.push(rowId);
    this.filters.clear();
    this.keys.remove(rowIds);
    const asFloat = Float64Array.from(rowIds);
    for (const segment of this.segments.values()) segment.remove(asFloat);
  }

  clear(): void {
    for (const segment of this.segments.values()) segment.clear();
    this.filters.clear();
    this.keys.clear();
  }

  close(): void {
    this.ready = false;
    this.signal.aborted = true;
    for (const segment of this.segments.values()) segment.close();
    this.segments.clear();
    this.filters.clear();
    this.keys.clear();
  }

  async #fillKeys(table: EntityTable): Promise<void> {
    while (!this.signal.aborted && this.#readKeys(table, 10_000)) await nextTurn();
  }

  /** @returns whether there may be more */
  #readKeys(table: EntityTable, limit: number): boolean {
    if (!this.#keyed) return false;
    const rows = table
      .statement(
        `SELECT row_id, ${table.keyColumn} FROM ${table.name} WHERE partition_id=? AND row_id>? ORDER BY row_id LIMIT ?`,
      )
      .raw()
      .all(this.id, this.#lastKeyRow, limit) as [number, number][];
    for (const [rowId, key] of rows) {
      // Read without `safeIntegers`: beyond the safe range the number may be rounded, so it is left out.
      if (Number.isSafeInteger(key)) this.keys.append(rowId, key);
      this.#lastKeyRow = rowId;
    }
    return rows.length === limit;
  }

  #lastKeyRow = 0;
}

/** Adds the rows that were written after the source was last read. */
function catchUp(source: PartitionSource, segment: VectorSegment): void {
  for (;;) {
    const { rowIds, vectors } = source.read(source.lastRowId, READ_ROWS);
    segment.append(rowIds, vectors);
    if (rowIds.length < READ_ROWS) return;
  }
}

function segmentOptions(
  collection: Collection,
  partitionId: number,
  field: FieldSchema,
  index: IndexDescription,
): SegmentOptions {
  const hnsw = index.indexType.startsWith("HNSW");
  return {
    type: field.type as VectorType,
    dimension: dimensionOf(field),
    vectorBytes: bytesPerVector(field),
    metric: index.metricType as SegmentOptions["metric"],
    kind: index.indexType === "FLAT" ? "exact" : "graph",
    // hnswlib slows down without gain beyond 512; AUTOINDEX and the other families use its usual values.
    m: hnsw ? Math.min(Number(index.params["M"] ?? 30), 512) : 16,
    efConstruction: hnsw ? Math.min(Number(index.params["efConstruction"] ?? 360), 4096) : 200,
    key: { collectionId: collection.id, partitionId, fieldId: field.id },
  };
}
