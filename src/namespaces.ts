import { bucketObjects, type ShownAggregation } from "./api/rows/bucket-objects.js";
import { plainRows } from "./api/rows/lazy-rows.js";
import { type CallOptions, limited } from "./call-options.js";
import type { UpsertRequest, WriteRequest } from "./engine/contract/entities.js";
import type { Explanation } from "./engine/contract/explanation.js";
import type { EntityData } from "./engine/contract/reply.js";
import { contract, isOperation, type Operations, operationPaths, type RequestOf } from "./engine/contract/table.js";
import type { Engine } from "./engine/index.js";
import { createIterators, type EntityIterators, type Row, type SearchRow } from "./entity-iterators.js";
import { isElanusError, withHint } from "./errors.js";
import { hintFor } from "./hints.js";
import { isOptions, refusal } from "./option-rules.js";
import { readCallOptions } from "./options.js";
import type { SearchInput, Written } from "./typed/given-values.js";
import type { Definition, PreciseGet, PreciseHybridSearch, PreciseQuery, PreciseSearch } from "./typed/precise.js";
import { typedRequest } from "./typed-request.js";

/** The hits of all query vectors, flat; `topks[i]` of them belong to query `i`. */
export type SearchHits = SearchRow[] & {
  readonly topks: readonly number[];
  /** With `searchAggregation`: the facets of each query; there are no hits then but those in buckets. */
  readonly aggregations?: readonly ShownAggregation[];
  /** With `explain: true`. */
  readonly explanation?: Explanation;
};

/** The rows of a query. */
export type QueryRows = Row[] & {
  /** With `explain: true`. */
  readonly explanation?: Explanation;
};

/** Of a search or a query: tells how it was done, beside the rows. Of typed calls alone: a server has no such thing. */
interface Explained {
  readonly explain?: boolean;
}

/** What a method resolves to where that is not the result of the contract as it stands. */
interface Shown {
  "entities/get": Row[];
  "entities/query": QueryRows;
  "entities/search": SearchHits;
  "entities/hybrid_search": SearchHits;
  "entities/advanced_search": SearchHits;
}

/** Requests whose words the compiler checks where it can see them. */
type Defining =
  | "collections/create"
  | "collections/fields/add"
  | "collections/struct_fields/add"
  | "collections/add_function_field"
  | "indexes/create";

/** What a method takes where the contract says less than a caller can be told. */
interface Asked {
  "entities/insert": Written<WriteRequest>;
  "entities/upsert": Written<UpsertRequest>;
  "entities/get": PreciseGet;
  "entities/query": PreciseQuery & Explained;
  "entities/search": PreciseSearch & Explained & SearchInput;
  "entities/hybrid_search": PreciseHybridSearch & Explained;
  "entities/advanced_search": PreciseHybridSearch & Explained;
}

type Parts<Method> = Method extends (...given: infer Given) => infer Result ? [Given, Result] : never;
type Given<Path extends keyof Operations> = Path extends keyof Asked
  ? [request: Asked[Path]]
  : Parts<Operations[Path]>[0];
type Answer<Path extends keyof Operations> = Promise<
  Path extends keyof Shown ? Shown[Path] : Parts<Operations[Path]>[1]
>;
type Call<Path extends keyof Operations> = Path extends Defining
  ? <const Written>(request: Definition<Written, RequestOf<Path>>, options?: CallOptions) => Answer<Path>
  : (...given: [...request: Given<Path>, options?: CallOptions]) => Answer<Path>;

/** `get_load_state` -> `getLoadState` */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** The methods of all paths that begin with `Prefix`: the next step of a path is a key, its last one a method. */
type Tree<Prefix extends string> = {
  readonly [Path in keyof Operations as Path extends `${Prefix}${infer Rest}`
    ? CamelCase<Rest extends `${infer Step}/${string}` ? Step : Rest>
    : never]: Path extends `${Prefix}${infer Rest}`
    ? Rest extends `${infer Step}/${string}`
      ? Tree<`${Prefix}${Step}/`>
      : Call<Path>
    : never;
};

/**
 * One namespace per REST group, one method per action, both in camelCase; the request fields are those of REST v2.
 * Each resolves to the `data` of the envelope and rejects with ElanusError.
 */
export interface Namespaces extends Omit<Tree<"">, "entities"> {
  readonly entities: Tree<"entities/"> & EntityIterators;
}

/** `get_load_state` -> `getLoadState` */
function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

interface TypedEngine extends Pick<Engine, "execute" | "requireOpen"> {
  /** For what hints look up; absent: `execute`. */
  readonly look?: Engine["execute"];
}

/** Builds the namespaces out of the contract: every row is a method. */
export function createNamespaces(engine: TypedEngine): Namespaces {
  const root: Record<string, unknown> = Object.create(null);
  for (const path of operationPaths) {
    const steps = path.split("/").map(camelCase);
    const action = steps.pop() as string;
    let place = root;
    for (const step of steps) {
      place[step] ??= namespace(step);
      place = place[step] as Record<string, unknown>;
    }
    place[action] = (request: unknown = {}, options?: CallOptions) => call(engine, path, request, options);
  }
  const iterators = createIterators((path, request, options, asOf) => call(engine, path, request, options, asOf));
  Object.assign(root["entities"] as object, iterators);
  return root as unknown as Namespaces;
}

async function call(
  engine: TypedEngine,
  path: string,
  request: unknown,
  options?: CallOptions,
  asOf?: number,
): Promise<unknown> {
  engine.requireOpen();
  // A server may know what the engine does not.
  if (!isOperation(path)) return (await engine.execute(path, Object(request))).data;
  const explain = EXPLAINED.has(path) ? explainOf(path, request) : undefined;
  const decoded = typedRequest(path, explain === undefined ? request : withoutExplain(request as object));
  const { writes, result: kind } = contract[path];
  try {
    const { data, explanation } = await limited(readCallOptions(options), writes, (limits) =>
      engine.execute(
        path,
        decoded,
        explain === true || asOf !== undefined
          ? { ...limits, ...(asOf !== undefined && { asOf }), ...(explain === true && { explain }) }
          : limits,
      ),
    );
    if (kind !== "rows" && kind !== "hits") return data;
    const rows = await shownRows(data as EntityData);
    return explanation === undefined ? rows : Object.assign(rows, { explanation });
  } catch (error) {
    if (!isElanusError(error)) throw error;
    throw withHint(
      error,
      await hintFor({ engine: { execute: engine.look ?? engine.execute }, path, request: decoded, error }),
    );
  }
}

const EXPLAINED: ReadonlySet<string> = new Set([
  "entities/query",
  "entities/search",
  "entities/hybrid_search",
  "entities/advanced_search",
]);

/** Whether a request asks how it is done; undefined where it does not say. @throws InvalidParameter */
function explainOf(path: string, given: unknown): boolean | undefined {
  const explain = isOptions(given) ? given["explain"] : undefined;
  if (explain === undefined || typeof explain === "boolean") return explain;
  throw refusal(`"explain" of ${path} must be true or false`);
}

/** The request as a server would be asked. */
function withoutExplain({ explain, ...asked }: { readonly explain?: unknown }): object {
  return asked;
}

/** The method of a path: `partitions/get_stats` is `db.partitions.getStats`. */
export function methodOf(db: Namespaces, path: string): (request: unknown, options?: CallOptions) => Promise<unknown> {
  const method = path
    .split("/")
    .map(camelCase)
    .reduce<unknown>((place, step) => (place as Record<string, unknown>)[step], db);
  return method as (request: unknown, options?: CallOptions) => Promise<unknown>;
}

/** Without the keys of every object: each name is a method or none. It has a text, as everything that may be printed. */
function namespace(name: string): object {
  return Object.create(null, { toString: { value: () => `[namespace ${name}]` } });
}

/** Without a promise where there is nothing to wait for: small answers are many. */
function shownRows(data: EntityData): Row[] | SearchHits | Promise<Row[] | SearchHits> {
  if ("topks" in data && data.aggregated !== undefined) {
    const aggregations = bucketObjects(data, data.aggregated, "number");
    return Object.assign([] as SearchRow[], { topks: data.topks.map(() => 0), aggregations });
  }
  const rows = plainRows(data, "number");
  if (!("topks" in data)) return rows;
  return rows instanceof Promise ? rows.then((made) => withTopks(made, data.topks)) : withTopks(rows, data.topks);
}

function withTopks(rows: Row[], topks: readonly number[]): SearchHits {
  const hits = rows as SearchRow[] & { topks: readonly number[] };
  hits.topks = topks;
  return hits;
}
