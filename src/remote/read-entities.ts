import type { SearchAggregation } from "../engine/contract/aggregation.js";
import type { QueryVectors, RecordBatch, SearchHits } from "../engine/contract/column.js";
import { contract, type OperationPath } from "../engine/contract/table.js";
import { failure } from "../errors.js";
import { isList } from "../values/js-value.js";
import { thrownText } from "../values/shown-text.js";
import type { AnswerEnvelope, WireRow } from "./answer.js";
import { JsonForms } from "./json-forms.js";
import { requestText } from "./request-text.js";
import { resultBuckets } from "./result-buckets.js";
import { hasStrangers } from "./result-columns.js";
import { type AskedSearch, keysOfHits, resultHits, resultRows } from "./result-hits.js";
import type { CollectionName, KnownField, KnownSchema, Schemas } from "./schemas.js";
import type { CallContext, Server } from "./server.js";

type Given = Readonly<Record<string, unknown>>;

/** Reads entities from a server: its rows become columns by what is known of the collection. */
export class ReadEntities {
  readonly #server: Server;
  readonly #schemas: Schemas;
  readonly #forms: JsonForms;

  constructor(server: Server, schemas: Schemas) {
    this.#server = server;
    this.#schemas = schemas;
    this.#forms = new JsonForms(() => server.printsValues());
  }

  /** Runs get, query, search or hybrid search. */
  async run(path: OperationPath, request: Given, context: CallContext): Promise<RecordBatch | SearchHits> {
    const named = request as Given & CollectionName;
    const schema = await this.#schemas.of(named, context);
    const envelope = await this.#ask(path, request, schema, context);
    const data = this.#rows(envelope);
    const asked = askedSearch(request);
    const aggregation = request["searchAggregation"] as SearchAggregation | undefined;
    const isHits = contract[path].result === "hits" && aggregation === undefined;
    const topks = isHits ? await this.#topks(path, request, envelope, schema, context) : undefined;
    const read = async (known: KnownSchema) => {
      if (aggregation !== undefined) return this.#facets(data, aggregation, known, asked);
      await this.#forms.settle(data, known);
      if (topks === undefined) return resultRows(data, known, this.#forms, asked);
      const primary = known.primary ?? guessedKey(data);
      return resultHits(data, topks, { ...known, primary }, this.#forms, asked);
    };
    const own = topks === undefined ? undefined : keysOfHits(asked);
    if (
      schema !== undefined &&
      (aggregation !== undefined || !hasStrangers(data, schema, { own, whole: asksForAll(path, request) }))
    ) {
      try {
        return await read(schema);
      } catch {
        // A value that is none of its type: the collection is another one by now.
      }
    }
    this.#schemas.forget();
    try {
      return await read((await this.#schemas.of(named, context)) ?? NOTHING_KNOWN);
    } catch (error) {
      const { text: address } = this.#server.client.address;
      throw failure(
        "AnswerUnreadable",
        { server: address, reason: `a row cannot be read: ${thrownText(error)}`, status: 200 },
        error,
      );
    }
  }

  /** @throws AnswerUnreadable */
  #rows({ data }: AnswerEnvelope): readonly WireRow[] {
    const rows = data ?? [];
    if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) return rows;
    const { text: server } = this.#server.client.address;
    throw failure("AnswerUnreadable", { server, reason: "the data of the answer are no rows", status: 200 });
  }

  #ask(path: OperationPath, request: Given, schema: KnownSchema | undefined, context: CallContext) {
    const body = requestText(path, request, schema);
    return this.#server.ask({ path, body, repeatable: true, doubles: "JsonDouble" }, context);
  }

  async #facets(
    data: readonly unknown[],
    aggregation: SearchAggregation,
    known: KnownSchema,
    asked: AskedSearch,
  ): Promise<SearchHits> {
    const { aggregated, hits } = resultBuckets(
      data as Parameters<typeof resultBuckets>[0],
      aggregation,
      known,
      this.#forms,
    );
    await this.#forms.settle(hits, known);
    const primary = known.primary ?? guessedKey(hits);
    const topks = aggregated.buckets.map(() => 0);
    return { ...resultHits(hits, topks, { ...known, primary }, this.#forms, asked), aggregated };
  }

  /** How many hits each query has. Servers before 2.6 do not say it, so what is not clear is asked for query by query. */
  async #topks(
    path: OperationPath,
    request: Given,
    { data, topks }: AnswerEnvelope,
    schema: KnownSchema | undefined,
    context: CallContext,
  ): Promise<readonly number[]> {
    if (Array.isArray(topks)) return topks.map(Number);
    const hits = Array.isArray(data) ? data.length : 0;
    const queries = queryCount(request);
    if (hits === 0 || queries === 1) return Array.from({ length: queries }, (_, i) => (i === 0 ? hits : 0));
    if (hits === queries * Number(request["limit"] ?? 100))
      return Array.from({ length: queries }, () => hits / queries);
    const counts: number[] = [];
    for (let query = 0; query < queries; query++) {
      const { data: own } = await this.#ask(path, oneQuery(request, query), schema, context);
      counts.push((own as readonly unknown[]).length);
    }
    return counts;
  }
}

function askedSearch({ annsField, filter, highlighter, timezone, searchParams }: Given): AskedSearch {
  const zone = timezone ?? (searchParams as Given | undefined)?.["timezone"];
  return {
    elements: String(annsField ?? "").includes("[") || /\belement_filter\s*\(/i.test(String(filter ?? "")),
    highlighted: highlighter !== undefined,
    timeZone: typeof zone === "string" && zone !== "" ? zone : undefined,
  };
}

/** Whether rows have all fields of the collection. */
function asksForAll(path: OperationPath, { outputFields }: Given): boolean {
  if (Array.isArray(outputFields)) return outputFields.includes("*");
  return contract[path].result === "rows";
}

/** The lists of query vectors of a request, all of one length. */
function queryCount({ data, ids, vectors, search }: Given): number {
  if (Array.isArray(search) && search.length > 0) return queryCount(search[0] as Given);
  const list = [data, ids, (vectors as QueryVectors | undefined)?.values].find(isList);
  return Math.max(1, list?.length ?? 1);
}

function oneQuery(request: Given, query: number): Given {
  const only = (list: unknown) => (isList(list) ? [list[query]] : list);
  const { data, ids, vectors, search } = request;
  return {
    ...request,
    ...(data !== undefined && { data: only(data) }),
    ...(ids !== undefined && { ids: only(ids) }),
    ...(vectors !== undefined && { vectors: { ...vectors, values: only((vectors as QueryVectors).values) } }),
    ...(Array.isArray(search) && { search: search.map((one: Given) => oneQuery(one, query)) }),
  };
}

/** For who may read rows, and may not ask what they are made of: values are shown as they came. */
const NOTHING_KNOWN: KnownSchema = {
  fields: [],
  byName: new Map(),
  structs: new Map(),
  primary: undefined,
  dynamic: true,
  timeZone: undefined,
};

function guessedKey(rows: readonly WireRow[]): KnownField {
  const type = typeof rows[0]?.["id"] === "string" ? "VarChar" : "Int64";
  return { id: 0, name: "id", type, params: {}, primaryKey: true, nullable: false, computed: false };
}
