import { isDeepStrictEqual } from "node:util";
import { nextTurn } from "../../values/clock.js";
import { Slices } from "../../values/slices.js";
import type { ColumnBudget } from "../columns/column-budget.js";
import { type ColumnFiller, PartitionColumns } from "../columns/partition-columns.js";
import { type BatchVectors, type EncodedBatch, pickVectors } from "../entities/batch.js";
import { LIMIT } from "../entities/bound-limit.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { AddedRows } from "../entities/row-changes.js";
import { type Collection, type IndexDescription, indexOfField } from "../model/collection.js";
import type { VectorType } from "../model/data-type.js";
import { SIGNATURE_BITS } from "../model/minhash-params.js";
import { bytesPerElement, bytesPerVector, dimensionOf, type FieldSchema } from "../model/schema.js";
import { EXACT_INDEX_TYPES } from "../model/types/dense-index-types.js";
import type { Metric } from "../model/types/field-type.js";
import { comparesLists, plainMetric } from "../model/types/metrics.js";
import { elementOfList } from "../model/types/table.js";
import type { CollectionChanges } from "../storage/change-log.js";
import type { FrozenSegment, SegmentOptions, VectorSegment, VectorStore } from "../vector/contract.js";
import { KeyDirectory } from "./key-directory.js";
import { PartitionSource } from "./partition-source.js";
import { type FilterBudget, PreparedFilters } from "./prepared-filters.js";

const READ_ROWS = 500;
/** A list may be as long as many rows. */
const READ_LISTS = 20;
const READ_KEYS = 10_000;

/** The segment of a field that was indexed after the load, while it is being filled. */
interface Arriving {
  readonly fieldId: number;
  /** Rows that have gone meanwhile. */
  readonly removed: number[];
  /** All rows have. */
  cleared: boolean;
  readonly signal: { aborted: boolean };
}

/** What a loaded partition held at one moment. Any number of partitions can be made of it. */
export interface FrozenPartition {
  readonly id: number;
  readonly segments: readonly FrozenSegment[];
  readonly keys: KeyDirectory;
}

/** What all loaded partitions share. */
export interface SharedBounds {
  readonly filters: FilterBudget;
  readonly columns: ColumnBudget;
  /** Fills columns behind the calls. */
  readonly filler: ColumnFiller;
}

/** The in-memory side of one loaded partition: a segment per indexed vector field, its keys, the rows of its filters, the columns that they look at. */
export class LoadedPartition {
  readonly id: number;
  readonly segments: Map<number, VectorSegment> = new Map();
  readonly keys: KeyDirectory;
  readonly filters: PreparedFilters;
  readonly columns: PartitionColumns;
  /** Every row is searchable. */
  ready = false;
  /** 0-1 while filling. */
  progress = 0;
  /** A load looks at it between its slices; `close` sets it. */
  readonly signal: { aborted: boolean } = { aborted: false };
  /** Rows removed while the partition is being filled; applied once more at the end. */
  readonly #removedMeanwhile: number[] = [];
  /** The same for the segments of fields that come later. */
  readonly #arriving = new Set<Arriving>();
  readonly #keyed: boolean;
  readonly #sources = new Map<number, PartitionSource>();

  constructor(id: number, table: EntityTable, shared: SharedBounds, keys: KeyDirectory = new KeyDirectory()) {
    this.id = id;
    this.keys = keys;
    this.filters = new PreparedFilters(shared.filters);
    this.columns = new PartitionColumns(id, shared.columns, shared.filler);
    this.#keyed = table.key.type === "Int64";
  }

  /** A partition that is ready, of a database in memory, which has no writer to follow. */
  static thaw(frozen: FrozenPartition, store: VectorStore, table: EntityTable, shared: SharedBounds): LoadedPartition {
    const partition = new LoadedPartition(frozen.id, table, shared, frozen.keys.copy());
    for (const segment of frozen.segments) partition.segments.set(segment.options.key.fieldId, store.thaw(segment));
    partition.ready = true;
    partition.progress = 1;
    return partition;
  }

  /** Undefined where it is not whole, and where its rows are read anew as fast. */
  freeze(): FrozenPartition | undefined {
    if (!this.ready || this.#arriving.size > 0) return undefined;
    const segments: FrozenSegment[] = [];
    for (const segment of this.segments.values()) {
      const frozen = segment.freeze?.();
      if (frozen === undefined) return undefined;
      segments.push(frozen);
    }
    return { id: this.id, segments, keys: this.keys.copy() };
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
    for (const [field, index] of indexedFields(table, collection)) {
      this.segments.set(field.id, store.createSegment(segmentOptions(collection, this.id, field, index)));
      this.#sources.set(field.id, new PartitionSource(table, this.id, field));
    }
    let position = 0;
    for (const [fieldId, segment] of this.segments) {
      await segment.load(this.#source(fieldId), signal, (fraction) => {
        this.progress = (position + fraction) / (this.segments.size + 1);
        progressed();
      });
      if (signal.aborted) return;
      position++;
    }
    await this.#fillKeys(table);
    if (signal.aborted) return;
    // From here to `ready` nothing awaits: no write can slip in between.
    for (const [fieldId, segment] of this.segments) while (readOn(this.#source(fieldId), segment));
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
    const arriving: Arriving = { fieldId: field.id, removed: [], cleared: false, signal: { aborted: false } };
    this.#arriving.add(arriving);
    try {
      await segment.load(source, arriving.signal, () => {});
    } finally {
      this.#arriving.delete(arriving);
    }
    if (arriving.signal.aborted) return segment.close();
    if (arriving.cleared) segment.clear();
    segment.remove(Float64Array.from(arriving.removed));
    while (readOn(source, segment));
    this.segments.set(field.id, segment);
    this.#sources.set(field.id, source);
  }

  /** Frees the segment of a field that is gone; a load that fills it goes on with the next one. */
  dropField(fieldId: number): void {
    this.filters.clear();
    for (const arriving of this.#arriving) if (arriving.fieldId === fieldId) arriving.signal.aborted = true;
    this.segments.get(fieldId)?.close();
    this.segments.delete(fieldId);
    this.#sources.delete(fieldId);
  }

  /** The fields have the indexes that the segments were made for. */
  fits(table: EntityTable, collection: Collection): boolean {
    const expected = indexedFields(table, collection);
    return (
      expected.length === this.segments.size &&
      expected.every(([field, index]) => {
        const options = segmentOptions(collection, this.id, field, index);
        return isDeepStrictEqual(this.segments.get(field.id)?.options, options);
      })
    );
  }

  /** Brings a partition that is ready up to what a writer beside this reader has done; yields to the event loop often. */
  async follow(table: EntityTable, { grown, lost, rowIds }: CollectionChanges): Promise<void> {
    if (lost === "cleared") this.clear();
    if (rowIds.length > 0) this.removed(rowIds);
    if (!grown) return;
    this.filters.clear();
    this.columns.grown();
    const slices = new Slices();
    const step = async (): Promise<void> => {
      if (slices.over) await slices.next();
    };
    for (const [fieldId, segment] of this.segments) while (readOn(this.#source(fieldId), segment)) await step();
    while (this.#readKeys(table, READ_KEYS)) await step();
  }

  #source(fieldId: number): PartitionSource {
    return this.#sources.get(fieldId) as PartitionSource;
  }

  added({ rowIds, positions }: AddedRows, { keys, vectors }: EncodedBatch): void {
    if (!this.ready) return;
    this.filters.clear();
    this.columns.grown();
    for (const [fieldId, segment] of this.segments) {
      const picked = pickVectors(vectors.get(fieldId) as BatchVectors, rowIds, positions);
      segment.append(picked.rowIds, picked.vectors);
    }
    if (!this.#keyed) return;
    for (let i = 0; i < rowIds.length; i++) this.keys.append(rowIds[i] as number, keys[positions[i] as number]);
  }

  /** Adds the rows of the table whose ids are above one, all at once. */
  grown(table: EntityTable, after: number): void {
    // A fill that goes on comes to them.
    if (!this.ready) return;
    this.filters.clear();
    this.columns.grown();
    for (const [fieldId, segment] of this.segments) {
      const source = this.#source(fieldId);
      source.lastRowId = after;
      while (readOn(source, segment));
    }
    this.#lastKeyRow = after;
    this.#readKeys(table, Number.MAX_SAFE_INTEGER);
  }

  removed(rowIds: readonly number[]): void {
    if (!this.ready) for (const rowId of rowIds) this.#removedMeanwhile.push(rowId);
    for (const { removed } of this.#arriving) for (const rowId of rowIds) removed.push(rowId);
    this.filters.clear();
    this.columns.removed(rowIds.length);
    this.keys.remove(rowIds);
    const asFloat = Float64Array.from(rowIds);
    for (const segment of this.segments.values()) segment.remove(asFloat);
  }

  clear(): void {
    for (const segment of this.segments.values()) segment.clear();
    for (const arriving of this.#arriving) arriving.cleared = true;
    this.filters.clear();
    this.columns.clear();
    this.keys.clear();
  }

  close(): void {
    this.ready = false;
    this.signal.aborted = true;
    for (const arriving of this.#arriving) arriving.signal.aborted = true;
    for (const segment of this.segments.values()) segment.close();
    this.segments.clear();
    this.filters.clear();
    this.columns.clear();
    this.keys.clear();
  }

  async #fillKeys(table: EntityTable): Promise<void> {
    while (!this.signal.aborted && this.#readKeys(table, READ_KEYS)) await nextTurn();
  }

  /** @returns whether there may be more */
  #readKeys(table: EntityTable, limit: number): boolean {
    if (!this.#keyed) return false;
    const rows = table
      .statement(
        `SELECT row_id, ${table.keyColumn} FROM ${table.name} WHERE partition_id=? AND row_id>? ORDER BY row_id ${LIMIT}`,
      )
      .raw()
      .all(this.id, this.#lastKeyRow, limit) as [number, number][];
    for (const [rowId, key] of rows) {
      // Read without `safeIntegers`: beyond the safe range the number may be rounded, so it is left out.
      this.keys.append(rowId, Number.isSafeInteger(key) ? key : undefined);
      this.#lastKeyRow = rowId;
    }
    return rows.length === limit;
  }

  #lastKeyRow = 0;
}

/** Adds some of the rows that were written after the source was last read. @returns whether there may be more */
function readOn(source: PartitionSource, segment: VectorSegment): boolean {
  const most = segment.options.lists === undefined ? READ_ROWS : READ_LISTS;
  const { rowIds, vectors } = source.read(source.lastRowId, most);
  segment.append(rowIds, vectors);
  return rowIds.length === most;
}

/** The vector fields that have an index. */
function indexedFields(table: EntityTable, collection: Collection): (readonly [FieldSchema, IndexDescription])[] {
  return table.vectors.flatMap((field) => {
    const index = indexOfField(collection, field.id);
    return index === undefined ? [] : [[field, index] as const];
  });
}

function segmentOptions(
  collection: Collection,
  partitionId: number,
  field: FieldSchema,
  index: IndexDescription,
): SegmentOptions {
  const hnsw = index.indexType.startsWith("HNSW");
  const metric = index.metricType as Metric;
  const listed = field.type === "ArrayOfVector";
  const sums = listed && comparesLists(metric);
  const type = listed ? elementOfList(field).name : (field.type as VectorType);
  // Bits are counted faster than a graph is walked, whatever the index is called; a sum looks at all vectors.
  const exact = EXACT_INDEX_TYPES.includes(index.indexType) || type === "BinaryVector" || sums;
  return {
    type,
    dimension: dimensionOf(field),
    vectorBytes: listed ? bytesPerElement(field) : bytesPerVector(field),
    metric: plainMetric(metric),
    kind: exact ? "exact" : "graph",
    ...(listed ? { lists: sums ? "sums" : "elements" } : {}),
    // hnswlib slows down without gain beyond 512; AUTOINDEX and the other families use its usual values.
    m: hnsw ? Math.min(Number(index.params["M"] ?? 30), 512) : 16,
    efConstruction: hnsw ? Math.min(Number(index.params["efConstruction"] ?? 360), 4096) : 200,
    ...(index.metricType === "BM25"
      ? { bm25: { k1: Number(index.params["bm25_k1"] ?? 1.2), b: Number(index.params["bm25_b"] ?? 0.75) } }
      : {}),
    ...(index.metricType === "MHJACCARD"
      ? { elementBits: Number(index.params["mh_element_bit_width"] ?? SIGNATURE_BITS) }
      : {}),
    key: { collectionId: collection.id, partitionId, fieldId: field.id },
  };
}
