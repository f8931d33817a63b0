import { entry, invalid, plain } from "./entry.js";

/** Searches, queries and filters. */
export const entityErrors = {
  /** An output field that the collection does not have. */
  OutputFieldNotFound: plain<{ field: string }>((d) => `field ${d.field} not exist`),
  /** Neither a field nor one dynamic key. */
  OutputFieldUnreadable: plain<{ field: string }>((d) => `parse output field name failed: ${d.field}`),
  /** An answer larger than any client takes, seen before the work or on the way. */
  ReplyTooLarge: plain<{ limit: number }>((d) => `query results exceed the maxOutputSize Limit ${d.limit}`),
  /** Scores are rounded to 0 to 6 decimals, or not at all (-1). */
  RoundDecimalOutOfRange: plain<{ value: string }>(
    (d) => `round_decimal [${d.value}] is invalid, should be -1 or an integer in range [0, 6]`,
  ),
  /** A group of a grouped search is too large, or its size is negative. */
  GroupSizeOutOfRange: plain<{ value: number; limit: number }>((d) =>
    d.value > 0
      ? `input group size:${d.value} exceeds configured max group size:${d.limit}`
      : `input group size:${d.value} is negative, failed to do search_groupby`,
  ),
  /** `what`: topk, offset, offset+topk. */
  SearchWindow: plain<{ what: string; value: number; limit: number }>(
    (d) => `${d.what} [${d.value}] is invalid, it should be in range [1, ${d.limit}], but got ${d.value}`,
  ),
  /** `offset + limit` of a query is out of bounds. */
  QueryWindow: plain<{ value: number; limit: number }>(
    (d) => `invalid max query result window, (offset+limit) should be in range [1, ${d.limit}], but got ${d.value}`,
  ),
  /** A limit or an offset of a gRPC query that is out of bounds by itself. */
  QueryWindowPart: plain<{ name: string; value: number; rule: string }>(
    (d) => `invalid max query result window, ${d.name} [${d.value}] is invalid, should be ${d.rule} 0`,
  ),
  /** Query vectors that came as bytes. Sizes in bytes. */
  QueryVectorSize: entry<{ expected: number; actual: number }>(
    2000,
    (d) => `vector dimension mismatch, expected vector size(byte) ${d.expected}, actual ${d.actual}.: segcore error`,
  ),
  /** Query vectors of a gRPC request. */
  PlaceholdersUnreadable: invalid<{ detail: string }>((d) => `failed to parse the query vectors: ${d.detail}`),
  /** A parameter of a gRPC request, which is always a text. */
  ParameterUnreadable: plain<{ name: string; value: string }>((d) => `${d.name} [${d.value}] is invalid`),
  /** A search over gRPC without `topk`. */
  TopkMissing: plain<void>(() => "topk is required"),
  /** `count(*)` with a limit or an offset. */
  CountPagination: invalid<void>(() => "count entities with pagination is not allowed"),
  /** Parameters of a search iterator (its second form) that are missing or unreadable. */
  IteratorUnreadable: plain<{ detail: string }>((d) => `parse iterator v2 info failed: ${d.detail}`),
  /** An iterator that goes on in another collection of the same name. */
  CollectionChanged: invalid<{ asked: number; actual: number }>(
    (d) =>
      `collection id:${d.asked} in the request is not consistent to that in the search context,alias or database may have been changed: ${d.actual}`,
  ),
  /** A search that names no vector field, in a collection with several. */
  AnnsFieldAmbiguous: plain<void>(() => "multiple anns_fields exist, please specify a anns_field in search_params"),
  /** A search over the API of port 9091 without query vectors. */
  QueryVectorsMissing: plain<void>(
    () => "nq [0] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got 0",
  ),
  /** REST and in process: a search that says neither what to look for nor near which rows. */
  SearchInputMissing: entry<void>(
    1802,
    () => "either 'ids' (for primary key search) or 'data' (for vector search) must be provided",
  ),
  /** REST and in process: a search that says both. */
  SearchInputTwice: entry<void>(
    1100,
    () =>
      "primary keys (ids) and query vectors (data) are mutually exclusive. Please provide either 'ids' or 'data', not both",
  ),
  /** A key of a search by keys that the primary field cannot have. */
  SearchIdInvalid: entry<{ detail: string }>(1100, (d) => `invalid parameter, error: ${d.detail}`),
  /** A search without a query vector, or with too many. */
  QueryVectorCount: plain<{ count: number; limit: number }>(
    (d) => `nq (number of search vector per search request) should be in range [1, ${d.limit}], but got ${d.count}`,
  ),
  /** `plan`: query (also search), delete. `detail` is the text of the parser or checker. */
  InvalidExpression: entry<{
    plan: "query" | "delete";
    expression: string;
    detail: string;
    /** 0-based half-open character range in `expression`, where known. */
    range?: { start: number; end: number };
    line?: number;
    column?: number;
  }>(
    1100,
    (d) =>
      `failed to create ${d.plan} plan: cannot parse expression: ${d.expression}, error: ${d.detail}: invalid parameter`,
    { legacy: 5 },
  ),
  /** The whole filter has a value but is no predicate. */
  NotAPredicate: entry<{ plan: "query" | "delete"; expression: string; dataType: string }>(
    1100,
    (d) =>
      `failed to create ${d.plan} plan: predicate is not a boolean expression: ${d.expression}, data type: ${d.dataType}: invalid parameter`,
    { legacy: 5 },
  ),
  /** A spatial function would have to keep or compare too much: two shapes, or one with itself, cross too often. */
  GeometryTooComplex: invalid<{ detail: string }>((d) => `the geometry is too complex: ${d.detail}`),
  /** A delete whose filter is empty or always true. */
  AlwaysTrueDelete: invalid<{ expression: string }>(
    (d) => `delete plan can't be empty or always true : ${d.expression}`,
  ),
  /** Ids and a filter were given; one of them chooses the rows. */
  IdAndFilter: invalid<void>(() => "id and filter can not be set at the same time"),
  /** An empty filter where one is needed. */
  EmptyExpression: plain<void>(() => "empty expression should be used with limit"),
} as const;
