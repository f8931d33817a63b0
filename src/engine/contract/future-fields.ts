import { failure } from "../../errors.js";
import { MAX_ITEMS } from "../../values/js-value.js";
import type { OperationPath } from "./table.js";

/** What has a field or a parameter of its own: among those that tune a search it would be lost. */
const MISPLACED_PARAMETERS: readonly string[] = [
  "group_by_field",
  "group_size",
  "strict_group_size",
  "json_path",
  "json_type",
  "iterator",
  "search_iter_v2",
  "orderByFields",
  "groupByFields",
  "searchAggregation",
  "functionChains",
  "search_aggregation",
  "function_chains",
  "highlighter",
];
const among = (place: string) => MISPLACED_PARAMETERS.map((key) => `${place}.${key}`);

const HYBRID_FIELDS = ["groupByFields", "search[].params.group_by_fields", ...among("search[].params")];

/**
 * Fields of Milvus 3.0 that have no effect here yet. A server of 2.6 ignores them as it ignores any unknown key, and answers
 * a wrong result or stores wrong rows with code 0; here every surface refuses them by name. A field leaves its list when it
 * works.
 *
 * Keys are paths into the request: `schema.fields[].externalField` is that key of any element of `schema.fields`.
 */
export const FUTURE_FIELDS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/search": ["groupByFields", ...among("searchParams"), ...among("searchParams.params")],
  "entities/hybrid_search": HYBRID_FIELDS,
  "entities/advanced_search": HYBRID_FIELDS,
  "entities/query": ["searchAggregation", "functionChains"],
  "collections/create": [
    "schema.externalSource",
    "schema.externalSpec",
    "schema.fields[].externalField",
    "schema.structFields[].fields[].externalField",
    "schema.structArrayFields[].fields[].externalField",
  ],
  "collections/fields/add": ["schema.externalField"],
  "collections/struct_fields/add": ["schema.fields[].externalField"],
  "collections/add_function_field": ["outputField.externalField"],
};

/**
 * What some calls on entities execute. The others would answer as if it were not there: rows without their order, or a delete of others
 * than were meant.
 */
const OF_OTHERS = [
  "orderByFields",
  "groupByFields",
  "searchAggregation",
  "functionChains",
  "functionScore",
  "highlighter",
  "groupingField",
  "groupSize",
  "strictGroupSize",
  "ids",
  "partialUpdate",
  "fieldOps",
  "namespace",
];
const othersThan = (...known: string[]) => OF_OTHERS.filter((key) => !known.includes(key));

const GROUPING = ["groupingField", "groupSize", "strictGroupSize"];
const OF_SEARCH = ["orderByFields", "groupByFields", "searchAggregation", "functionChains"];
const OTHERS_THAN_HYBRID = [
  ...othersThan("functionScore", ...GROUPING, ...OF_SEARCH),
  ...othersThan("groupingField").map((key) => `search[].${key}`),
];

/** Fields of other operations, and of other places in a request, that would be taken for executed where they stand. */
export const FOREIGN_FIELDS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/search": othersThan("functionScore", "highlighter", "ids", ...GROUPING, ...OF_SEARCH),
  "entities/hybrid_search": OTHERS_THAN_HYBRID,
  "entities/advanced_search": OTHERS_THAN_HYBRID,
  "entities/query": othersThan(...OF_SEARCH),
  "entities/get": OF_OTHERS,
  "entities/insert": OF_OTHERS,
  "entities/upsert": othersThan("partialUpdate", "fieldOps"),
  "entities/delete": OF_OTHERS,
  // Parts of the schema, and a property.
  "collections/create": [
    "structFields",
    "structArrayFields",
    "functions",
    "externalSource",
    "externalSpec",
    "ttlField",
    "ttl_field",
    "params.ttl_field",
  ],
};

const NOT_OF_HYBRID: Readonly<Record<string, string>> = {
  orderByFields: "order_by is not supported for hybrid search",
  functionChains: "functionChains is not supported for hybrid search yet",
  searchAggregation: "searchAggregation is not supported for hybrid search",
};

/** Fields that a server knows and refuses there, in words of its own. */
export const MISPLACED_FIELDS: { readonly [Path in OperationPath]?: Readonly<Record<string, string>> } = {
  "entities/hybrid_search": NOT_OF_HYBRID,
  "entities/advanced_search": NOT_OF_HYBRID,
};

/**
 * The same in the names of the RPC messages, by the operation that serves them.
 * `search_params`, `query_params` and `rank_params` are pairs, see `FUTURE_PARAMETERS`.
 */
export const FUTURE_MESSAGE_FIELDS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/search": ["namespace"],
  "entities/hybrid_search": ["namespace"],
  "entities/query": ["namespace"],
  "entities/insert": ["namespace"],
  "entities/upsert": ["namespace"],
  "entities/delete": ["namespace"],
  "collections/create": [
    "schema.external_source",
    "schema.external_spec",
    "schema.enable_namespace",
    "schema.fields[].external_field",
  ],
  "collections/fields/add": ["schema.external_field"],
};

/**
 * Fields of Milvus 3.0 that work where they are known. Surfaces that were there before (REST v1, port 9091) have no such keys, and
 * refuse them too.
 */
const NEWER_FIELDS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/search": ["orderByFields", "functionChains", "searchAggregation"],
  "entities/query": ["orderByFields", "groupByFields"],
  "entities/upsert": ["fieldOps"],
  "collections/create": ["schema.structFields", "schema.structArrayFields"],
};

const NEWER_MESSAGE_FIELDS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "entities/search": ["function_chains", "search_aggregation"],
  "collections/create": ["schema.struct_array_fields"],
};

/** @throws Unsupported naming the field, on a surface that is older than it */
export function refuseNewerFields(path: OperationPath, request: unknown): void {
  for (const key of NEWER_FIELDS[path] ?? []) if (holds(request, key)) throw notYet(key);
}

/** @throws Unsupported naming the field, on a surface that is older than it */
export function refuseNewerMessageFields(path: OperationPath, message: object): void {
  for (const key of NEWER_MESSAGE_FIELDS[path] ?? []) if (holds(message, key)) throw notYet(key);
}

/** What stands among parameters that tune a search, and has a place elsewhere in a message. */
export function misplacedParameters(tuning: Readonly<Record<string, unknown>>): readonly string[] {
  return MISPLACED_PARAMETERS.filter((key) => !isEmpty(tuning[key]));
}

/** @throws Unsupported naming what is misplaced among parameters that tune a search */
export function refuseMisplacedParameter(key: string): never {
  throw notYet(`params.${key}`);
}

/** Keys of the pairs `search_params`, `query_params` and `rank_params` of RPC messages. */
const FUTURE_PARAMETERS: readonly string[] = ["order_by_fields", "group_by_fields"];

/**
 * Refuses a message of the RPC protocol, as JSON, that has a field of the table with something in it.
 *
 * @param parameters keys of its pairs that the surface has no use for
 * @throws Unsupported naming the field
 */
export function refuseFutureMessageFields(
  path: OperationPath,
  message: object,
  parameters: readonly string[] = FUTURE_PARAMETERS,
): void {
  const steps = MESSAGE_STEPS.get(path);
  if (steps !== undefined && mayHold(message, steps)) {
    for (const key of FUTURE_MESSAGE_FIELDS[path] ?? []) if (holds(message, key)) throw notYet(key);
  }
  if (parameters.length === 0) return;
  const { search_params, query_params, rank_params } = message as Readonly<Record<string, unknown>>;
  for (const pair of [search_params, query_params, rank_params].flat()) {
    const { key, value } = (pair ?? {}) as { readonly key?: unknown; readonly value?: unknown };
    if (parameters.includes(key as string) && !isEmpty(value)) throw notYet(key as string);
  }
}

/**
 * Refuses a request that has a field of the table with something in it.
 *
 * @param request as it came, before unknown keys are dropped; keys match without regard to case
 * @throws Unsupported naming the field, InvalidParameter for one that a server refuses there
 */
export function refuseFutureFields(path: OperationPath, request: unknown): void {
  if (typeof request !== "object" || request === null) return;
  const misplaced = MISPLACED_FIELDS[path];
  if (misplaced !== undefined) {
    for (const [key, text] of Object.entries(misplaced)) {
      if (holds(request, key)) throw failure("InvalidParameter", { text });
    }
  }
  const steps = STEPS.get(path);
  if (steps === undefined || !mayHold(request, steps)) return;
  for (const key of FUTURE_FIELDS[path] ?? []) if (holds(request, key)) throw notYet(key);
  for (const key of FOREIGN_FIELDS[path] ?? []) {
    if (holds(request, key)) throw failure("Unsupported", { what: `${key} is not supported in ${path}` });
  }
}

/** The keys of a table as a tree, by their steps in lower case; a leaf has none. `[]` is a step of its own. */
type Steps = Map<string, Steps>;

/** Most requests have none of the keys, and looking for each of them would take as long as a small search. */
const STEPS = stepsByPath(FUTURE_FIELDS, FOREIGN_FIELDS);
const MESSAGE_STEPS = stepsByPath(FUTURE_MESSAGE_FIELDS);

function stepsByPath(...tables: (typeof FUTURE_FIELDS)[]): ReadonlyMap<string, Steps> {
  const paths = new Set(tables.flatMap((table) => Object.keys(table) as OperationPath[]));
  return new Map([...paths].map((path) => [path, stepsOf(tables.flatMap((table) => table[path] ?? []))]));
}

function stepsOf(keys: readonly string[]): Steps {
  const root: Steps = new Map();
  for (const key of keys) {
    let place = root;
    for (const step of key.toLowerCase().match(/\[\]|[^.[]+/g) ?? []) {
      const next: Steps = place.get(step) ?? new Map();
      place.set(step, next);
      place = next;
    }
  }
  return root;
}

/** False when nothing of a request can stand where a key of the table leads. */
function mayHold(value: unknown, steps: Steps): boolean {
  if (steps.size === 0) return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    const items = steps.get("[]");
    return items !== undefined && (value.length > MAX_ITEMS || value.some((item) => mayHold(item, items)));
  }
  for (const key of Object.keys(value)) {
    // A key may hold a dot itself.
    if (key.includes(".")) return true;
    const next = steps.get(key) ?? steps.get(key.toLowerCase());
    if (next !== undefined && mayHold((value as Record<string, unknown>)[key], next)) return true;
  }
  return false;
}

/** The refusal of a feature that is in no release yet. */
export function notYet(what: string): Error {
  return failure("Unsupported", { what: `${what} is not supported by the embedded engine` });
}

/** Whether there is something at the end of a path. */
function holds(value: unknown, path: string): boolean {
  if (path === "") return !isEmpty(value);
  if (path.startsWith("[]")) {
    // Longer lists are refused for their length.
    if (!Array.isArray(value) || value.length > MAX_ITEMS) return false;
    return value.some((item) => holds(item, path.slice(path.startsWith("[].") ? 3 : 2)));
  }
  if (typeof value !== "object" || value === null) return false;
  // A key may hold a dot itself (`namespace.mode`): the longest one that is there counts.
  return Object.keys(value).some((key) => {
    const step = path.slice(0, key.length);
    const rest = path.slice(key.length);
    if (step.toLowerCase() !== key.toLowerCase() || !/^(?:\.|\[\]|$)/.test(rest)) return false;
    return holds((value as Record<string, unknown>)[key], rest.startsWith(".") ? rest.slice(1) : rest);
  });
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
