import type { FilterExplanation, FilterWay, VectorsExplanation } from "../contract/explanation.js";
import type { Collection } from "../model/collection.js";
import type { PreparedFilter, SegmentSearch, VectorSegment } from "../vector/contract.js";

/** A segment that is looked at, and the rows of it that may be hits. */
interface Target {
  readonly segment: VectorSegment;
  readonly partition: { readonly id: number };
  readonly filter: PreparedFilter | undefined;
}

/** Queries whose recall is measured. */
const MEASURED = 8;

/** What a search writes down while it runs, when somebody wants to know how it was done. */
export class SearchNotes {
  readonly #partitionName: (id: number) => string;
  filter: FilterExplanation | undefined;
  vectors: readonly VectorsExplanation[] | undefined;
  /** Row ids of the first queries' hits. */
  readonly found = new Map<Uint8Array, readonly number[]>();

  constructor({ partitions }: Collection) {
    this.#partitionName = (id) => partitions.find((partition) => partition.id === id)?.name ?? String(id);
  }

  /** How the rows of the filter were found, of the first query. @param targets that have them */
  filtered(way: FilterWay, targets?: readonly Target[]): void {
    const selected = targets?.reduce((sum, { filter }) => sum + (filter?.count ?? 0), 0);
    this.filter ??= { way, ...(selected !== undefined && { selected }) };
  }

  /** What the first query looks at. */
  looking(targets: readonly Target[], search: SegmentSearch): void {
    this.vectors ??= targets.map(({ segment, partition, filter }) => {
      const { way, rows } = segment.looksAt(filter === undefined ? search : { ...search, filter });
      return { partition: this.#partitionName(partition.id), way, rows: segment.size, lookedAt: rows };
    });
  }

  hits(vector: Uint8Array, rowIds: readonly number[]): void {
    if (this.found.size < MEASURED) this.found.set(vector, rowIds);
  }
}
