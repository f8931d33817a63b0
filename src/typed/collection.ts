import type { CallOptions } from "../call-options.js";
import type { DeleteResult, InsertResult, UpsertResult } from "../engine/contract/entities.js";
import { failure } from "../errors.js";
import type { Namespaces, QueryRows, SearchHits } from "../namespaces.js";
import { refusal } from "../option-rules.js";
import { shownText } from "../values/shown-text.js";
import type { AggregateName, AggregateRow, GroupName, TypedAggregate } from "./aggregates.js";
import type { Found, SchemaDifference } from "./compare-fields.js";
import { differencesOf } from "./compare-schema.js";
import { Condition } from "./conditions.js";
import type { FilterText } from "./filter-text.js";
import type { SearchInput } from "./given-values.js";
import { type Filter, type MadeFilter, type Names, namesOf } from "./names.js";
import type { PreciseSearch } from "./precise.js";
import type {
  Filtered,
  SearchTerms,
  Sought,
  TypedDelete,
  TypedGet,
  TypedHybridSearch,
  TypedQuery,
  TypedScan,
  TypedSearch,
  TypedSearchScan,
  WriteOptions,
} from "./requests.js";
import { streamOf } from "./row-stream.js";
import type { FoundRow, HitWith, OutputName, PartialRow, RowInput, RowWith, ScannedName, VectorName } from "./rows.js";
import { createRequest, fieldsOf, Schema } from "./schema.js";

type Calls = Pick<Namespaces, "collections" | "entities" | "indexes">;

/** The hits of all queries, flat; `topks[i]` of them belong to query `i`. */
export type TypedHits<S, Asked extends string, Anns = never> = HitWith<S, Asked, Anns>[] &
  Pick<SearchHits, "topks" | "explanation">;

/** The rows of a query. */
export type TypedRows<S, Asked extends string> = FoundRow<S, Asked>[] & Pick<QueryRows, "explanation">;

export interface EnsureOptions extends CallOptions {
  /** Add what is missing and can be added: fields that are nullable or made, indexes, longer texts. Default false. */
  readonly add?: boolean;
}

export interface EnsureResult {
  readonly created: boolean;
  /** What was added, in words. */
  readonly added: readonly string[];
}

/** A collection whose rows, filters and hits follow from its schema. */
export class TypedCollection<S extends Schema> {
  readonly name: string;
  readonly schema: S;
  readonly #db: Calls;
  readonly #named: { readonly collectionName: string; readonly dbName?: string };
  readonly #names: Names<S>;
  #compared: Promise<void> | undefined;

  constructor(db: Calls, name: string, schema: S, dbName: string | undefined) {
    if (typeof name !== "string" || name === "") throw refusal("collection takes a name, and a schema");
    if (!Schema.is(schema)) throw refusal("collection takes a schema behind the name: schema({ ... })");
    this.#db = db;
    this.name = name;
    this.schema = schema;
    this.#named = { collectionName: name, ...(dbName !== undefined && { dbName }) };
    this.#names = namesOf(schema);
  }

  /**
   * Makes the collection, with its indexes and loaded, unless it is there; then it is compared with the schema.
   *
   * @throws SchemaDiffers, which names the differences, unless all of them were added
   */
  async ensure({ add = false, ...options }: EnsureOptions = {}): Promise<EnsureResult> {
    const { has } = await this.#db.collections.has(this.#named, options);
    if (!has) {
      const request = createRequest(this.name, this.schema);
      await this.#db.collections.create<typeof request>({ ...request, ...this.#named }, options);
      this.#compared = Promise.resolve();
      return { created: true, added: [] };
    }
    const added = await this.#add(add, options);
    this.#compared = Promise.resolve();
    return { created: false, added };
  }

  /** One difference after the other: somebody else may be at the same. @throws SchemaDiffers */
  async #add(wanted: boolean, options: CallOptions): Promise<readonly string[]> {
    const added: string[] = [];
    for (;;) {
      const found = await this.#differences(options);
      const [first] = found;
      if (first === undefined) return added;
      if (!wanted || !found.every(({ addable }) => addable) || added.includes(first.text)) throw this.#differs(found);
      try {
        await first.add?.(this.#db, this.#named);
        added.push(first.text);
      } catch (error) {
        const left = await this.#differences(options);
        if (left.some(({ text }) => text === first.text)) throw error;
      }
    }
  }

  /** In what the collection is not as the schema says; changes nothing. */
  async differences(options?: CallOptions): Promise<readonly SchemaDifference[]> {
    const found = await this.#differences(options);
    return found.map(({ add, ...difference }) => difference);
  }

  /** Inserts rows, all or none; a key that is there is overwritten. */
  async insert(data: RowInput<S> | readonly RowInput<S>[], options: WriteOptions = {}): Promise<InsertResult> {
    const { call, request } = await this.#write(options);
    return this.#db.entities.insert({ ...request, data }, call);
  }

  /** Replaces rows by key, or inserts them; all or none. */
  async upsert(data: RowInput<S> | readonly RowInput<S>[], options: WriteOptions = {}): Promise<UpsertResult> {
    const { call, request } = await this.#write(options);
    return this.#db.entities.upsert({ ...request, data }, call);
  }

  /** Changes the given fields of rows; a new key must bring all that are required. */
  async update(data: PartialRow<S> | readonly PartialRow<S>[], options: WriteOptions = {}): Promise<UpsertResult> {
    const { call, request } = await this.#write(options);
    return this.#db.entities.upsert({ ...request, data, partialUpdate: true }, call);
  }

  async delete<const Text extends string = string>(
    request: TypedDelete<S, Text>,
    options?: CallOptions,
  ): Promise<DeleteResult> {
    await this.#ready();
    return this.#db.entities.delete({ ...this.#named, ...this.#filtered(request) }, options);
  }

  /** Rows by their keys, in ascending order; unknown keys are absent. */
  async get<const Asked extends OutputName<S> = "*">(
    request: TypedGet<S, Asked>,
    options?: CallOptions,
  ): Promise<RowWith<S, Asked>[]> {
    await this.#ready();
    return (await this.#db.entities.get({ ...this.#named, ...request }, options)) as unknown as RowWith<S, Asked>[];
  }

  /** Rows that a filter selects. */
  async query<const Asked extends OutputName<S> = "*", const Text extends string = string>(
    request: TypedQuery<S, Asked, Text>,
    options?: CallOptions,
  ): Promise<TypedRows<S, Asked>> {
    await this.#ready();
    const rows = await this.#db.entities.query({ ...this.#named, ...this.#filtered(request) }, options);
    return rows as unknown as TypedRows<S, Asked>;
  }

  /** How many rows a filter selects; without one, all. */
  async count<const Text extends string = string>(
    filter?: FilterText<S, Text> | MadeFilter<S>,
    options?: CallOptions,
  ): Promise<number> {
    await this.#ready();
    const request = { ...this.#named, ...this.#filtered({ ...(filter !== undefined && { filter }) }) };
    const [row] = await this.#db.entities.query({ ...request, outputFields: ["count(*)"] }, options);
    return Number(row?.["count(*)"]);
  }

  /** What is computed of the rows that a filter selects: of each group of them, or of all. */
  async aggregate<
    const Asked extends AggregateName<S>,
    const By extends GroupName<S> = never,
    const Text extends string = string,
  >(request: TypedAggregate<S, By, Asked, Text>, options?: CallOptions): Promise<AggregateRow<S, By, Asked>[]> {
    await this.#ready();
    const { groupByFields = [], outputFields, ...others } = this.#filtered(request);
    const asked = { ...this.#named, ...others, groupByFields, outputFields: [...groupByFields, ...outputFields] };
    return (await this.#db.entities.query(asked, options)) as unknown as AggregateRow<S, By, Asked>[];
  }

  /** The rows nearest to each query, best first. */
  async search<
    const Asked extends OutputName<S> = never,
    const Text extends string = string,
    const Anns extends VectorName<S> = VectorName<S>,
  >(request: TypedSearch<S, Asked, Text, Anns>, options?: CallOptions): Promise<TypedHits<S, Asked, Anns>> {
    await this.#ready();
    const asked = { ...this.#named, ...this.#filtered(request) } as PreciseSearch & SearchInput;
    const hits = await this.#db.entities.search(asked, options);
    return hits as unknown as TypedHits<S, Asked, Anns>;
  }

  /** Several searches, ranked together. Hits are elements where all look for elements of one struct array, else rows. */
  async hybridSearch<const Asked extends OutputName<S> = never, const Text extends string = string>(
    { search, ...request }: TypedHybridSearch<S, Asked, Text>,
    options?: CallOptions,
  ): Promise<TypedHits<S, Asked, VectorName<S> | undefined>> {
    await this.#ready();
    const parts = search.map((part) => this.#filtered(part));
    const hits = await this.#db.entities.hybridSearch({ ...this.#named, ...request, search: parts }, options);
    return hits as unknown as TypedHits<S, Asked, VectorName<S> | undefined>;
  }

  /** Goes through the rows that a filter selects, by ascending key, one by one. */
  async *iterate<const Asked extends OutputName<S> = "*", const Text extends string = string>(
    request: TypedScan<S, Asked, Text> = {},
    options?: CallOptions,
  ): AsyncGenerator<RowWith<S, Asked>, void, void> {
    await this.#ready();
    const batches = this.#db.entities.queryIterator({ ...this.#named, ...this.#filtered(request) }, options);
    for await (const rows of batches) yield* rows as unknown as RowWith<S, Asked>[];
  }

  /** Goes through the rows nearest to one query, best first, as far as it is followed. */
  async *iterateHits<
    const Asked extends OutputName<S> = never,
    const Text extends string = string,
    const Anns extends ScannedName<S> = ScannedName<S>,
  >(
    request: TypedSearchScan<S, Asked, Text, Anns>,
    options?: CallOptions,
  ): AsyncGenerator<HitWith<S, Asked, Anns>, void, void> {
    await this.#ready();
    const batches = this.#db.entities.searchIterator({ ...this.#named, ...this.#filtered(request) }, options);
    for await (const hits of batches) yield* hits as unknown as HitWith<S, Asked, Anns>[];
  }

  /** The same rows as `iterate`, as a stream: rows are read as they are taken. */
  stream<const Asked extends OutputName<S> = "*", const Text extends string = string>(
    request: TypedScan<S, Asked, Text> = {},
    options?: CallOptions,
  ): ReadableStream<RowWith<S, Asked>> {
    return streamOf(this.iterate(request, options));
  }

  /** The rows that a filter selects, to be queried, searched, counted or deleted. */
  where<const Text extends string = string>(filter: FilterText<S, Text> | MadeFilter<S>): TypedSelection<S> {
    return new TypedSelection(this, filter);
  }

  /** The first call looks whether the collection is what the schema says. @throws SchemaDiffers */
  #ready(): Promise<void> {
    this.#compared ??= this.#compare();
    return this.#compared;
  }

  async #compare(): Promise<void> {
    try {
      const found = await this.#differences();
      if (found.length > 0) throw this.#differs(found);
    } catch (error) {
      // The next call looks again.
      this.#compared = undefined;
      throw error;
    }
  }

  async #write({ partitionName, ...call }: WriteOptions) {
    await this.#ready();
    return { call, request: { ...this.#named, ...(partitionName !== undefined && { partitionName }) } };
  }

  async #differences(options?: CallOptions): Promise<readonly Found[]> {
    const stored = await this.#db.collections.describe(this.#named, options);
    const types = new Map<string, string>();
    const fields = new Map(fieldsOf(this.schema));
    for (const { fieldName, indexName } of stored.indexes) {
      if (fields.get(fieldName)?.parts.index?.type === undefined) continue;
      const [index] = await this.#db.indexes.describe({ ...this.#named, indexName }, options);
      if (index !== undefined) types.set(fieldName, index.indexType);
    }
    return differencesOf(this.schema, stored, types);
  }

  #differs(found: readonly SchemaDifference[]): Error {
    return failure("SchemaDiffers", { collection: this.name, differences: found.map(({ text }) => text) });
  }

  /** A request whose filter is a text, with its values beside it. */
  #filtered<Request extends { readonly filter?: Filter<S> | undefined }>(request: Request) {
    const { filter, ...others } = request;
    if (filter === undefined) return others;
    if (typeof filter === "string") return { ...others, filter };
    if ((others as Filtered<S>).exprParams !== undefined) {
      throw refusal("exprParams are for a filter that is a text: a condition has its values");
    }
    const condition: unknown = typeof filter === "function" ? filter(this.#names) : filter;
    if (!Condition.is(condition)) {
      throw refusal(`a filter is a text, a condition or a function that answers one, not ${shownText(condition, 60)}`);
    }
    return { ...others, ...condition.request };
  }
}

/** What a filter selects of a collection. */
export class TypedSelection<S extends Schema> {
  readonly #collection: TypedCollection<S>;
  readonly #filter: Filter<S>;

  constructor(collection: TypedCollection<S>, filter: Filter<S>) {
    this.#collection = collection;
    this.#filter = filter;
  }

  query<const Asked extends OutputName<S> = "*">(
    request: Omit<TypedQuery<S, Asked>, keyof Filtered<S>> = {},
    options?: CallOptions,
  ): Promise<TypedRows<S, Asked>> {
    return this.#collection.query<Asked>({ ...request, filter: this.#filter }, options);
  }

  search<const Asked extends OutputName<S> = never, const Anns extends VectorName<S> = VectorName<S>>(
    request: Omit<SearchTerms<S, Asked, string, Anns>, keyof Filtered<S>> &
      Pick<TypedSearch<S, Asked>, "explain"> &
      Sought<S, Anns>,
    options?: CallOptions,
  ): Promise<TypedHits<S, Asked, Anns>> {
    return this.#collection.search<Asked, string, Anns>({ ...request, filter: this.#filter }, options);
  }

  count(options?: CallOptions): Promise<number> {
    return this.#collection.count(this.#filter, options);
  }

  aggregate<const Asked extends AggregateName<S>, const By extends GroupName<S> = never>(
    request: Omit<TypedAggregate<S, By, Asked>, keyof Filtered<S>>,
    options?: CallOptions,
  ): Promise<AggregateRow<S, By, Asked>[]> {
    return this.#collection.aggregate<Asked, By>({ ...request, filter: this.#filter }, options);
  }

  delete(options?: CallOptions): Promise<DeleteResult> {
    return this.#collection.delete({ filter: this.#filter }, options);
  }

  iterate<const Asked extends OutputName<S> = "*">(
    request: Omit<TypedScan<S, Asked>, keyof Filtered<S>> = {},
    options?: CallOptions,
  ): AsyncGenerator<RowWith<S, Asked>, void, void> {
    return this.#collection.iterate<Asked>({ ...request, filter: this.#filter }, options);
  }

  stream<const Asked extends OutputName<S> = "*">(
    request: Omit<TypedScan<S, Asked>, keyof Filtered<S>> = {},
    options?: CallOptions,
  ): ReadableStream<RowWith<S, Asked>> {
    return this.#collection.stream<Asked>({ ...request, filter: this.#filter }, options);
  }
}
