import type { CallOptions } from "../call-options.js";
import type { AnnSearch } from "../engine/contract/entities.js";
import type { FilterText } from "./filter-text.js";
import type { MadeFilter } from "./names.js";
import type { Precise, PreciseGet, PreciseHybridSearch, PreciseQuery, PreciseSearch } from "./precise.js";
import type { KeyOf, QueryFor, ScannedName, VectorName } from "./rows.js";

/** What a request says by itself, and what the collection says for it. */
type Own = "dbName" | "collectionName" | "filter" | "exprParams" | "outputFields" | "annsField" | "data" | "id";

export interface Filtered<S, Text extends string = string> {
  /** Text, a condition, or a function of the fields. */
  readonly filter?: FilterText<S, Text> | MadeFilter<S>;
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

export interface TypedQuery<S, Asked, Text extends string = string>
  extends Omit<PreciseQuery, Own | "groupByFields">,
    Filtered<S, Text>,
    Showing<Asked>,
    Explained {}

/** A query that goes on until all rows have come. */
export interface TypedScan<S, Asked, Text extends string = string>
  extends Omit<TypedQuery<S, Asked, Text>, "explain" | "limit" | "offset" | "orderByFields" | "groupByFields"> {
  /** Rows that are read at a time; default 1000. */
  readonly batchSize?: number;
  /** Most rows; default: all. */
  readonly limit?: number;
}

interface Searched<Anns> {
  /** May be left out where there is one vector field. Of elements: `struct[field]`. */
  readonly annsField?: Anns;
}

export interface SearchTerms<S, Asked, Text extends string = string, Anns = VectorName<S>>
  extends Omit<PreciseSearch, Own | "searchAggregation">,
    Filtered<S, Text>,
    Showing<Asked>,
    Searched<Anns> {}

export type Sought<S, Anns = VectorName<S>> =
  | { readonly data?: undefined; readonly ids: readonly KeyOf<S>[] }
  | {
      /** Query vectors, `[[...]]`, texts for a field that is made of texts, or lists of vectors for one whose lists are compared. */
      readonly data: readonly QueryFor<S, NoInfer<Anns>>[];
      readonly ids?: undefined;
    };

export type TypedSearch<S, Asked, Text extends string = string, Anns = VectorName<S>> = SearchTerms<
  S,
  Asked,
  Text,
  Anns
> &
  Explained &
  Sought<S, Anns>;

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
export interface TypedSearchScan<S, Asked, Text extends string = string, Anns = ScannedName<S>>
  extends Omit<SearchTerms<S, Asked, Text, Anns>, Page> {
  readonly data: readonly [QueryFor<S, NoInfer<Anns>>];
  readonly batchSize?: number;
  readonly limit?: number;
}

interface TypedAnnSearch<S, Text extends string>
  extends Omit<Precise<AnnSearch>, Own | "vectors" | "limit">,
    Filtered<S, Text>,
    Searched<VectorName<S>> {
  /** How many of this search are ranked with those of the others. */
  readonly limit: number;
  readonly data: readonly QueryFor<S>[];
}

export interface TypedHybridSearch<S, Asked, Text extends string = string>
  extends Omit<PreciseHybridSearch, Own | "search">,
    Showing<Asked>,
    Explained {
  readonly search: readonly TypedAnnSearch<S, Text>[];
}

/** By key, or by what a filter selects. */
export type TypedDelete<S, Text extends string = string> =
  | ({ readonly id: KeyOf<S> | readonly KeyOf<S>[]; readonly filter?: undefined } & PartitionOption)
  | ({ readonly id?: undefined; readonly filter: FilterText<S, Text> | MadeFilter<S> } & Pick<
      Filtered<S>,
      "exprParams"
    > &
      PartitionOption);

interface PartitionOption {
  readonly partitionName?: string;
}

export interface WriteOptions extends CallOptions, PartitionOption {}
