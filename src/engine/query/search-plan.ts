import type { ColumnTest } from "../../expr/index.js";
import type { EntityTable } from "../entities/entity-table.js";
import type { SelectedElements } from "../entities/read-elements.js";
import type { Selection } from "../entities/read-rows.js";
import type { LongFilter } from "../entities/row-pieces.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import type { Collection, MetricType } from "../model/collection.js";
import type { PreparedFilter, VectorSegment } from "../vector/contract.js";
import type { SearchAggregation } from "./aggregation/search-aggregation.js";
import type { Chain } from "./chain/chain.js";
import type { FoundAhead } from "./found-ahead.js";
import type { GroupKey } from "./group-key.js";
import type { SearchNotes } from "./search-notes.js";

/** How hits are grouped. */
export interface Grouping {
  /** What of a row names its group: together, where they are several. */
  readonly by: readonly GroupKey[];
  /** Hits per group. */
  readonly size: number;
  /** Go on until every group is full. */
  readonly strict: boolean;
  /** But where all groups are found, no farther than to that many hits; undefined: to the last row. */
  readonly within?: number;
}

/** What becomes of hits on their way from the segments to the page. */
export interface Stages {
  /** Of the best of each partition, before they are put together by the scores that they then have. */
  readonly parts: Chain;
  /** Of the best of all partitions, those of the offset among them; of a grouping search: of the first hit of each group. */
  readonly best: Chain;
  /** Of the hits that are shown. */
  readonly page: Chain;
}

/** Rows that are known before the search, as a filter of each segment that it looks at. */
export class KnownRows {
  readonly #rowIds: readonly number[];
  readonly #filters = new Map<VectorSegment, PreparedFilter>();

  constructor(rowIds: readonly number[]) {
    this.#rowIds = rowIds;
  }

  in(segment: VectorSegment): PreparedFilter {
    let filter = this.#filters.get(segment);
    if (filter === undefined) {
      filter = segment.prepare(new Float64Array(this.#rowIds));
      this.#filters.set(segment, filter);
    }
    return filter;
  }
}

/** Bytes of the type of the searched field; `null` for a query that finds nothing: a search by the key of a row without a vector. */
export type QueryVector = Uint8Array | null;

/** How one vector search is done: where, and over which rows. Holds while its partitions stay loaded. */
export interface SearchPlan {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly fieldId: number;
  readonly metric: MetricType;
  readonly partitions: readonly LoadedPartition[];
  readonly vectors: readonly QueryVector[];
  /** Best hits that are looked for per query vector, those of the offset among them. */
  readonly k: number;
  readonly offset: number;
  readonly ef: number;
  /** BM25: average length of the texts, at least 1. */
  readonly averageLength: number | undefined;
  readonly radius: number | undefined;
  readonly rangeFilter: number | undefined;
  readonly grouping: Grouping | undefined;
  /** What is made of the groups; undefined: they are shown. */
  readonly aggregation: SearchAggregation | undefined;
  readonly stages: Stages;
  /** Rows that may be hits; undefined: all of the partitions. */
  readonly selection: Selection | undefined;
  /** The selection as tests of columns; undefined where only SQL can say it, and where there is none. */
  readonly test: ColumnTest | undefined;
  /** Elements that may be hits; undefined: all of the rows. */
  readonly elements: SelectedElements | undefined;
  /** Names the selection: the same text selects the same rows while the data stay the same. */
  readonly selectionKey: string;
  /** Share of the selection that is drawn when the search runs (`random_sample`); undefined: all of it. */
  readonly sample: number | undefined;
  /** The rows of the selection where they are known already: found before, or drawn. */
  readonly known: KnownRows | undefined;
  /** Searches of its segments that have begun before it runs. */
  readonly ahead: FoundAhead | undefined;
  /** The filter, where its rows should be found in slices if they are not known. */
  readonly long: LongFilter | undefined;
  /** Compare all vectors, whatever graph there is. */
  readonly exact?: boolean;
  /** Where the search writes down how it is done; undefined: nobody wants to know. */
  readonly notes?: SearchNotes | undefined;
  /** Version of the rows; rises with every write. */
  readonly dataVersion: () => number;
}

/** Live rows that a plan searches. */
export function liveRows(plan: SearchPlan): number {
  let rows = 0;
  for (const partition of plan.partitions) rows += partition.segments.get(plan.fieldId)?.size ?? 0;
  return rows;
}
