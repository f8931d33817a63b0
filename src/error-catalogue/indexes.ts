import { entry, invalid, plain } from "./entry.js";

/** Indexes and their parameters. */
export const indexErrors = {
  /** There is no index of this name. */
  IndexNotFound: entry<{ index: string }>(700, (d) => `index not found[indexName=${d.index}]`, { legacy: 25 }),
  /** The collection has no index. */
  IndexMissing: entry<{ collection: string }>(700, (d) => `index not found[collection=${d.collection}]`, {
    legacy: 25,
  }),
  /** A collection is loaded only when each of its vector fields has an index. */
  VectorIndexMissing: plain<{ fields: readonly string[] }>(
    (d) => `there is no vector index on field: [${d.fields.join(" ")}], please create index firstly`,
  ),
  /** A vector field that is searched was added to a loaded collection, and has no index. */
  FieldNotLoaded: plain<{ field: string }>((d) => `field ${d.field} is not loaded, please reload the collection`),
  /** An alteration that neither sets nor removes anything, or does both. `what`: collection, field, index. */
  AlterNothing: invalid<{ what: string }>(
    (d) => `the ${d.what} properties to alter and keys to delete must not be empty at the same time`,
  ),
  /** Properties are set or removed in one alteration, not both. */
  AlterBoth: invalid<void>(() => "can not provide properties and deletekeys at the same time"),
  /** `params` of gRPC: a JSON text. */
  IndexParamsUnreadable: invalid<{ params: string }>((d) => `index params are no JSON object: ${d.params}`),
  /** The field has an index of another name or with other parameters already. */
  IndexDistinct: plain<void>(() => "CreateIndex failed: at most one distinct index is allowed per field"),
  /** The index of a loaded collection cannot be dropped; release it first. */
  IndexOnLoadedCollection: plain<{ collection: number }>(
    () => "index cannot be dropped, collection is loaded, please release it first",
    (d) => `vector index cannot be dropped on loaded collection: ${d.collection}`,
  ),
  /** Something that an index depends on cannot be changed while it is there. */
  IndexDuplicate: entry<{ text: string; field: string }>(
    702,
    (d) => `${d.text}: index duplicates[indexName=${d.field}]`,
  ),
  /** A name that no index can have; `rule` says why. */
  IndexNameInvalid: plain<{ rule: string; index: string }>((d) => `Invalid index name: ${d.index}. ${d.rule}`),
  /** The field that is to be indexed does not exist. */
  IndexFieldNotFound: plain<{ field: string }>((d) => `cannot create index on non-exist field: ${d.field}`),
  /** AUTOINDEX takes no parameters but the metric. */
  AutoIndexParameters: plain<void>(() => "only metric type can be passed when use AutoIndex"),
  /** A metric that the type of the index does not have, where another type for the same vectors does. */
  MetricOfOtherIndex: plain<{ metric: string; metrics: readonly string[] }>(
    (d) => `metric type ${d.metric} not found or not supported, supported: [${d.metrics.join(" ")}]`,
  ),
  /** A search names another metric than the index has. */
  MetricTypeMismatch: entry<{ expected: string; actual: string }>(
    1100,
    (d) => `metric type not match: invalid parameter[expected=${d.expected}][actual=${d.actual}]`,
    { legacy: 5 },
  ),
} as const;
