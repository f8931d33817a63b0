import type { CallOptions } from "../call-options.js";
import type { AnnSearch } from "../engine/contract/entities.js";
import type { Precise, PreciseGet, PreciseHybridSearch, PreciseQuery, PreciseSearch } from "./precise.js";
import type { Filter } from "./references.js";
import type { KeyOf, QueryFor, VectorName } from "./schema.js";

/** What a request says by itself, and what the collection says for it. */
type Own = "dbName" | "collectionName" | "filter" | "exprParams" | "outputFields" | "annsField" | "data" | "id";

export interface Filtered<S> {
  /** Text, a condition, or a function of the fields. */
  readonly filter?: Filter<S>;
  /** Values of a filter that is a text. */
  readonly exprParams?: Readonly<Record<string, unknown>>;
}

interface Explained {
  /** Tells how it was done, beside the rows. */
  readonly explain?: boolean;
}

interface Showing<Asked> {
  readonly outputFields?: readonly Asked[];
}

export interface TypedGet<S, Asked> extends Omit<PreciseGet, Own>, Showing<Asked> {
  readonly id: KeyOf<S> | readonly KeyOf<S>[];
}

export interface TypedQuery<S, Asked>
  extends Omit<PreciseQuery, Own | "groupByFields">,
    Filtered<S>,
    Showing<Asked>,
    Explained {}

/** A query that goes on until all rows have come. */
export interface TypedScan<S, Asked>
  extends Omit<TypedQuery<S, Asked>, "explain" | "limit" | "offset" | "orderByFields" | "groupByFields"> {
  /** Rows that are read at a time; default 1000. */
  readonly batchSize?: number;
  /** Most rows; default: all. */
  readonly limit?: number;
}

interface Searched<S> {
  /** May be left out where there is one vector field. */
  readonly annsField?: VectorName<S>;
}

export interface SearchTerms<S, Asked>
  extends Omit<PreciseSearch, Own | "searchAggregation">,
    Filtered<S>,
    Showing<Asked>,
    Searched<S> {}

export type Sought<S> =
  | { readonly data?: undefined; readonly ids: readonly KeyOf<S>[] }
  | {
      /** Query vectors, `[[...]]`, or texts for a field that is made of texts. */
      readonly data: readonly QueryFor<S>[];
      readonly ids?: undefined;
    };

export type TypedSearch<S, Asked> = SearchTerms<S, Asked> & Explained & Sought<S>;

type Page =
  | "limit"
  | "offset"
  | "groupingField"
  | "groupSize"
  | "strictGroupSize"
  | "functionScore"
  | "functionChains"
  | "orderByFields";

/** A search for one vector that goes on as far as it is followed. */
export interface TypedSearchScan<S, Asked> extends Omit<SearchTerms<S, Asked>, Page> {
  readonly data: readonly [QueryFor<S>];
  readonly batchSize?: number;
  readonly limit?: number;
}

interface TypedAnnSearch<S> extends Omit<Precise<AnnSearch>, Own | "vectors">, Filtered<S>, Searched<S> {
  readonly data: readonly QueryFor<S>[];
}

export interface TypedHybridSearch<S, Asked>
  extends Omit<PreciseHybridSearch, Own | "search">,
    Showing<Asked>,
    Explained {
  readonly search: readonly TypedAnnSearch<S>[];
}

/** By key, or by what a filter selects. */
export type TypedDelete<S> =
  | ({ readonly id: KeyOf<S> | readonly KeyOf<S>[]; readonly filter?: undefined } & PartitionOption)
  | ({ readonly id?: undefined; readonly filter: Filter<S> } & Pick<Filtered<S>, "exprParams"> & PartitionOption);

interface PartitionOption {
  readonly partitionName?: string;
}

export interface WriteOptions extends CallOptions, PartitionOption {}
