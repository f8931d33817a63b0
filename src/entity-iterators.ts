import { MAX_PAGE, pageTuning, smallerIsNearer, withCondition } from "./api/search-pages.js";
import type { CallOptions } from "./call-options.js";
import { beginsAsAggregate } from "./engine/contract/aggregate-name.js";
import type { CollectionDescription } from "./engine/contract/collections.js";
import type { QueryRequest, SearchRequest } from "./engine/contract/entities.js";
import { failure, invalidParameter } from "./errors.js";
import type { QueryVector } from "./typed/given-values.js";
import type { Precise } from "./typed/precise.js";
import { now } from "./values/clock.js";

/**
 * A row of query and get: Int64 values are `number` where exact, else `bigint`; a FloatVector `number[]`, other dense vectors
 * typed arrays, sparse ones objects; JSON plain values.
 */
export type Row = Readonly<Record<string, unknown>>;

/** A hit: its key and its score, then the output fields. */
export type SearchRow = Row & {
  readonly id: number | bigint | string;
  readonly distance: number;
  /** With a `highlighter`: parts of the texts with words marked, by field. */
  readonly highlight?: Readonly<Record<string, readonly string[]>>;
};

interface Paging {
  /** Rows that are read at a time, 1 to 16384; default 1000. */
  readonly batchSize?: number;
  /** Most rows of all batches together; default: all. */
  readonly limit?: number;
}

/** A search for one query vector; neither ranked nor grouped. */
export interface SearchIteratorRequest
  extends Omit<
      Precise<SearchRequest>,
      | "data"
      | "limit"
      | "offset"
      | "groupingField"
      | "groupSize"
      | "strictGroupSize"
      | "functionScore"
      | "functionChains"
      | "orderByFields"
      | "searchAggregation"
      | "vectors"
    >,
    Paging {
  readonly data?: readonly QueryVector[];
}

export interface QueryIteratorRequest
  extends Omit<Precise<QueryRequest>, "limit" | "offset" | "groupByFields" | "orderByFields">,
    Paging {}

export interface EntityIterators {
  /**
   * Goes through the rows nearest to a query vector, best first, in batches, as far as the caller goes. Every row is found, by
   * a graph as well, and none comes twice, whatever is written meanwhile; what is written behind the place that was reached
   * is not seen. Which rows have expired is settled at the beginning.
   *
   * @throws InvalidParameter, CollectionChanged when the collection is another one by now, and what a search throws
   */
  searchIterator(request: SearchIteratorRequest, options?: CallOptions): AsyncGenerator<SearchRow[], void, void>;
  /**
   * Goes through the rows that a filter selects in ascending order of the primary key, in batches. Rows that are written
   * meanwhile are seen where their keys lie ahead. Which rows have expired is settled at the beginning.
   *
   * @throws InvalidParameter, CollectionChanged when the collection is another one by now, and what a query throws
   */
  queryIterator(request: QueryIteratorRequest, options?: CallOptions): AsyncGenerator<Row[], void, void>;
}

/** A typed call: an operation and its request. @param asOf when rows must live that expire; absent: now */
type Call = (path: string, request: object, asOf?: number) => Promise<unknown>;
type CallWithOptions = (path: string, request: object, options?: CallOptions, asOf?: number) => Promise<unknown>;

const DEFAULT_BATCH = 1000;

export function createIterators(callWith: CallWithOptions): EntityIterators {
  /** Each call of an iterator has its options. */
  const calling = (options?: CallOptions): Call => {
    return (path, request, asOf) => callWith(path, request, options, asOf);
  };
  return {
    async *searchIterator(request, options) {
      const call = calling(options);
      const { batchSize, limit, ...search } = readPaging("searchIterator", request, SEARCH_REFUSED);
      checkSearch(search);
      const collection = await followed(call, search.collectionName, search.dbName);
      const ascending = isAscending(collection.description, search.annsField);
      const pages = new SearchPages(search, ascending, collection.keyName);
      const asOf = now();
      for (let left = limit; left > 0; ) {
        const most = Math.min(batchSize, left);
        const page = pages.request(most);
        const hits = (await call("entities/search", page, asOf)) as SearchRow[];
        await collection.check();
        const rows = pages.take(hits, most);
        if (rows.length > 0) yield rows;
        if (hits.length < page.limit) return;
        left -= rows.length;
      }
    },
    async *queryIterator(request, options) {
      const call = calling(options);
      const { batchSize, limit, ...query } = readPaging("queryIterator", request, QUERY_REFUSED);
      if (query.outputFields?.some(beginsAsAggregate) === true) {
        throw invalidParameter("queryIterator does not count: query does");
      }
      if (/\belement_filter\s*\(/i.test(query.filter ?? ""))
        throw invalidParameter("queryIterator does not take element_filter");
      const collection = await followed(call, query.collectionName, query.dbName);
      const asOf = now();
      let last: unknown;
      for (let left = limit; left > 0; ) {
        const most = Math.min(batchSize, left);
        const after = last === undefined ? query : withCondition(query, `${collection.keyName} >`, last);
        const rows = (await call("entities/query", { ...after, limit: most }, asOf)) as Row[];
        await collection.check();
        if (rows.length > 0) yield rows;
        if (rows.length < most) return;
        left -= rows.length;
        last = rows.at(-1)?.[collection.keyName];
      }
    },
  };
}

/** Where a search stands: what it has given, and the score that it has reached. */
class SearchPages {
  readonly #search: Omit<SearchIteratorRequest, keyof Paging>;
  readonly #ascending: boolean;
  readonly #keyName: string;
  /** A field of a struct: hits are elements of rows. */
  readonly #elements: boolean;
  readonly #given = new Set<SearchRow["id"]>();
  #start: number | undefined;
  /** What was given at the score where the next page begins. */
  readonly #atStart = new Set<SearchRow["id"]>();

  constructor(search: Omit<SearchIteratorRequest, keyof Paging>, ascending: boolean, keyName: string) {
    this.#search = search;
    this.#ascending = ascending;
    this.#keyName = keyName;
    this.#elements = search.annsField?.includes("[") === true;
  }

  request(most: number): { readonly limit: number } {
    const { searchParams = {}, ...search } = this.#search;
    const { params, ...own } = searchParams;
    const tuning = pageTuning({ ...(params as object | undefined), ...own }, this.#start, this.#ascending);
    const known = this.#atStart.size;
    const request = { ...search, searchParams: tuning };
    if (most + known <= MAX_PAGE) return { ...request, limit: most + known };
    if (this.#elements) throw invalidParameter(`searchIterator cannot go on through ${known} elements of one score`);
    // More rows of one score than a search can give: those that were given are left out.
    return { ...withCondition(request, `${this.#keyName} not in`, [...this.#atStart]), limit: most };
  }

  /** @returns at most `most` hits that were not given yet */
  take(hits: readonly SearchRow[], most: number): SearchRow[] {
    const rows: SearchRow[] = [];
    for (const hit of hits) {
      // A write may have moved a row that was given to a worse score.
      const one = this.#elements ? `${hit.id} ${hit["offset"]}` : hit.id;
      const isFresh = !this.#given.has(one);
      if (isFresh && rows.length === most) break;
      const score = Math.fround(hit.distance);
      if (score !== this.#start) this.#atStart.clear();
      this.#start = score;
      this.#atStart.add(one);
      this.#given.add(one);
      if (isFresh) rows.push(hit);
    }
    return rows;
  }
}

/** The collection of an iterator, which must stay the same. */
async function followed(call: Call, collectionName: string, dbName: string | undefined) {
  const asked = { collectionName, ...(dbName === undefined ? {} : { dbName }) };
  const describe = async () => (await call("collections/describe", asked)) as CollectionDescription;
  const description = await describe();
  return {
    description,
    keyName: description.fields.find(({ primaryKey }) => primaryKey)?.name ?? "",
    /** @throws CollectionChanged */
    async check() {
      const { collectionID: actual } = await describe();
      const { collectionID: known } = description;
      if (actual !== known) throw failure("CollectionChanged", { asked: known, actual });
    },
  };
}

/** Whether the smallest scores are best in the searched field. Where it has no index, the search itself will complain. */
function isAscending({ fields, indexes }: CollectionDescription, annsField = ""): boolean {
  const name = annsField === "" ? fields.find(({ type }) => type.endsWith("Vector"))?.name : annsField;
  const metric = indexes.find(({ fieldName }) => fieldName === name)?.metricType ?? "";
  return smallerIsNearer(metric);
}

const SEARCH_REFUSED = [
  "offset",
  "groupingField",
  "groupSize",
  "strictGroupSize",
  "functionScore",
  "functionChains",
  "orderByFields",
  "searchAggregation",
  "vectors",
];
const PARAMS_REFUSED = ["round_decimal", "order_by_fields", "group_by_fields"];
const QUERY_REFUSED = ["offset", "groupByFields", "orderByFields"];

/** @throws InvalidParameter */
function readPaging<T extends Paging & { readonly collectionName: string }>(
  name: string,
  request: T,
  refused: readonly string[],
): T & Required<Paging> {
  const { batchSize = DEFAULT_BATCH, limit = Number.POSITIVE_INFINITY } = request;
  for (const key of refused) {
    if ((request as Readonly<Record<string, unknown>>)[key] !== undefined)
      throw invalidParameter(`${name} does not take ${key}`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_PAGE) {
    throw invalidParameter(`batchSize of ${name} must be an integer from 1 to ${MAX_PAGE}, not ${String(batchSize)}`);
  }
  if (limit !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw invalidParameter(`limit of ${name} must be an integer from 0 on, or Infinity, not ${String(limit)}`);
  }
  return { ...request, batchSize, limit };
}

/** @throws InvalidParameter */
function checkSearch({ data, ids, searchParams: params }: Omit<SearchIteratorRequest, keyof Paging>): void {
  const searchParams: Readonly<Record<string, unknown>> | undefined = params;
  const queries = data?.length ?? ids?.length ?? 0;
  if (queries > 1) throw invalidParameter(`search iterator does not support nq > 1, got ${queries}`);
  const nested = searchParams?.["params"] as Readonly<Record<string, unknown>> | undefined;
  const refused = PARAMS_REFUSED.find((name) => (searchParams?.[name] ?? nested?.[name]) !== undefined);
  if (refused !== undefined) {
    throw invalidParameter(`searchIterator does not take ${refused}: its batches go by the exact scores`);
  }
}
