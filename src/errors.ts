/**
 * The one error catalogue. A leaf: imports nothing.
 *
 * Codes and texts are those of a Milvus 2.6 server (envelopes: code 1100 means "invalid parameter", 65535 a plain error).
 * Where the 3.0 line answers another code for the same failure it stands beside it as `head`.
 */

interface ErrorEntry<D> {
  /** Milvus 2.6 code. */
  readonly code: number;
  /** Code of the 3.0 line, where it differs; its text then ends in `: invalid parameter`. */
  readonly head?: number;
  /** `error_code` of the pre-2.3 protocol, still used by the 9091 surface; 1 where absent. */
  readonly legacy?: number;
  readonly text: (details: D) => string;
}

type More = { readonly head?: number; readonly legacy?: number };

function entry<D>(code: number, text: (details: D) => string, more: More = {}): ErrorEntry<D> {
  return { code, text, ...more };
}

/** Message-only parameter errors (code 1100): the text, then the base text. */
function invalid<D>(text: (details: D) => string): ErrorEntry<D> {
  return entry<D>(1100, (details) => `${text(details)}: invalid parameter`, { legacy: 5 });
}

/** Failures for which the server has no number of its own (code 65535, 1100 on the 3.0 line). */
function plain<D>(text: (details: D) => string): ErrorEntry<D> {
  return entry<D>(65535, text, { head: 1100 });
}

/** Details every kind accepts: `context` is put in front of the text (`failed to search: ...`). */
type WithContext<D> = D & { readonly context?: string };

export const ErrorCatalogue = {
  // --- service -------------------------------------------------------------------------------------------
  NotReady: entry<{ reason: string }>(1, (d) => `service not ready: ${d.reason}`, { legacy: 56 }),
  Unavailable: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
  /** The SQLite addon cannot be loaded, whatever file it is for. */
  DriverUnusable: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
  /** The package of the vector index that was asked for is missing or does not load. */
  IndexPackageUnusable: entry<{ index: string; package: string; reason: string }>(
    2,
    (d) =>
      `service unavailable: vectorIndex "${d.index}" needs the package ${d.package} (npm i ${d.package}): ${d.reason}`,
  ),
  /** Before anything native is loaded: an addon built for a newer runtime would end the process. */
  RuntimeTooOld: entry<{ needed: string; found: string }>(
    2,
    (d) => `service unavailable: Elanus needs Node ${d.needed} or newer, this is Node ${d.found}`,
  ),
  /** `worker: true` where no thread can be started. */
  NoWorker: entry<{ reason: string }>(2, (d) => `service unavailable: no worker thread can be started: ${d.reason}`),
  Internal: entry<{ reason: string }>(5, (d) => `service internal error: ${d.reason}`),
  DiskFull: entry<{ reason: string }>(7, (d) => `disk limit exceeded: ${d.reason}`, { legacy: 54 }),
  IoFailed: entry<{ reason: string }>(1001, (d) => `IO failed: ${d.reason}`),
  Timeout: entry<void>(10001, () => "request timeout"),
  Unsupported: entry<{ what: string }>(3000, (d) => `unsupported operation: ${d.what}`),

  // --- request shape ---------------------------------------------------------------------------------------
  EmptyBody: entry<void>(
    1801,
    () => "can only accept json format request, the request body should be nil, however {} is valid",
    { legacy: 5 },
  ),
  MalformedRequest: entry<{ detail: string }>(1801, (d) => `can only accept json format request, error: ${d.detail}`, {
    legacy: 5,
  }),
  MissingParameters: entry<{ detail: string }>(1802, (d) => `missing required parameters, error: ${d.detail}`, {
    legacy: 5,
  }),
  /** REST v1 names all that are required, not the one that is missing. */
  MissingV1Parameters: entry<{ required: readonly string[] }>(
    1802,
    (d) => `missing required parameters, required parameters: [${d.required.join(", ")}]`,
    { legacy: 5 },
  ),
  BadRow: entry<{ detail: string }>(1804, (d) => `fail to deal the insert data, error: ${d.detail}`, { legacy: 5 }),
  BadPrimaryKey: entry<{ detail: string }>(
    1806,
    (d) => `please check the primary key and its' type can only in [int, string], error: ${d.detail}`,
    { legacy: 5 },
  ),
  RejectedByLimiter: entry<{ detail: string }>(1807, (d) => `request is rejected by limiter, error: ${d.detail}`),
  /** gRPC's word for too many calls at once: its clients wait and repeat. */
  RateLimitExceeded: entry<{ rate: number }>(8, (d) => `rate limit exceeded[rate=${d.rate}]`, { legacy: 49 }),
  BodyTooLarge: entry<{ limit: number }>(1102, (d) => `request body exceeds ${d.limit} bytes: parameter too large`),
  NotAuthenticated: entry<void>(1800, () => "user hasn't authenticated"),

  // --- generic parameter errors ------------------------------------------------------------------------------
  /** Any 1100 whose text has no entry of its own. */
  InvalidParameter: invalid<{ text: string }>((d) => d.text),
  /** 1100 in the `expected / actual` form; `text` goes in front. */
  ParameterMismatch: entry<{ text?: string; expected: string; actual: string }>(
    1100,
    (d) => `${d.text === undefined ? "" : `${d.text}: `}invalid parameter[expected=${d.expected}][actual=${d.actual}]`,
    { legacy: 5 },
  ),

  /** Something that must be there is not (gRPC and newer REST). */
  MissingParameter: entry<{ text: string }>(1101, (d) => `${d.text}: missing parameter`, { legacy: 5 }),

  // --- databases -----------------------------------------------------------------------------------------------
  DatabaseNotFound: entry<{ database: string }>(800, (d) => `database not found[database=${d.database}]`),
  DatabaseExists: plain<{ database: string }>((d) => `database already exist: ${d.database}`),
  DatabaseLimit: entry<{ limit: number }>(801, (d) => `exceeded the limit number of database[limit=${d.limit}]`),
  DatabaseNameInvalid: entry<{ rule: string; database: string }>(
    802,
    (d) => `${d.rule}: invalid database name[database=${d.database}]`,
  ),
  DefaultDatabaseDrop: plain<void>(() => "can not drop default database"),
  DatabaseNotEmpty: plain<{ database: string }>(
    (d) => `database:${d.database} not empty, must drop all collections before drop database`,
  ),

  // --- collections ---------------------------------------------------------------------------------------------
  /** The usual form: `can't find collection[database=..][collection=..]`. */
  CollectionNotFound: entry<{ database: string; collection: string }>(
    100,
    (d) => `can't find collection[database=${d.database}][collection=${d.collection}]`,
    { legacy: 4 },
  ),
  /** The short form of some endpoints; `database` is printed when given. */
  CollectionMissing: entry<{ database?: string; collection: string }>(
    100,
    (d) =>
      `collection not found${d.database === undefined ? "" : `[database=${d.database}]`}[collection=${d.collection}]`,
    { legacy: 4 },
  ),
  /** REST v1 dropping what does not exist. */
  V1CollectionNotFound: entry<{ database: string; collection: string }>(
    100,
    (d) => `collection not found, database: ${d.database}, collection: ${d.collection}`,
    { legacy: 4 },
  ),
  /** A write that was made up for a schema which has changed since. */
  SchemaMismatch: entry<{ collection: string }>(109, (d) => `collection schema mismatch[collection=${d.collection}]`, {
    legacy: 62,
  }),
  CollectionNotLoaded: entry<{ collection: number | string }>(
    101,
    (d) => `collection not loaded[collection=${d.collection}]`,
  ),
  /** A list of what is loaded is asked for by name (9091). */
  NamedCollectionNotLoaded: plain<{ collection: string }>((d) => `collection not loaded[collection=${d.collection}]`),
  CollectionAlreadyLoaded: entry<{ collection: string }>(
    104,
    (d) => `collection already loaded[collection=${d.collection}]`,
  ),
  CollectionExists: plain<{ collection: string }>(
    (d) => `create duplicate collection with different parameters, collection: ${d.collection}`,
  ),
  CollectionLimit: entry<{ database: string; limit: number }>(
    102,
    (d) => `exceeded the limit number of collections[dbName=${d.database}][limit=${d.limit}]`,
  ),

  CollectionDropByAlias: plain<{ alias: string }>((d) => `cannot drop the collection via alias = ${d.alias}`),
  CollectionHasAliases: plain<{ collection: string; aliases: readonly string[] }>(
    (d) =>
      `unable to drop the collection [${d.collection}] because it has associated aliases [${d.aliases.join(" ")}], please remove all aliases before dropping the collection`,
  ),
  CollectionRenameByAlias: plain<{ alias: string }>(
    (d) => `unsupported use an alias to rename collection, alias:${d.alias}`,
  ),
  RenameDatabaseNotFound: plain<{ database: string }>((d) => `target database:${d.database} not found`),
  RenameNameTaken: plain<{ database: string; collection: string }>(
    (d) => `duplicated new collection name ${d.database}:${d.collection} with other collection name or alias`,
  ),
  RenameWithAliases: plain<void>(
    () => "fail to rename db name, must drop all aliases of this collection before rename",
  ),
  ShardLimit: plain<{ limit: number }>((d) => `maximum shards's number should be limited to ${d.limit}`),

  // --- partitions ------------------------------------------------------------------------------------------------
  PartitionNotFound: entry<{ partition: string }>(200, (d) => `partition not found[partition=${d.partition}]`, {
    legacy: 15,
  }),
  /** Unknown `partitionNames` of search, query and get. */
  PartitionNameNotFound: entry<{ partition: string }>(65535, (d) => `partition name ${d.partition} not found`, {
    head: 200,
  }),
  PartitionNotLoaded: entry<{ partition: number | string }>(
    201,
    (d) => `partition not loaded[partition=${d.partition}]`,
  ),
  PartitionLoaded: plain<void>(() => "partition cannot be dropped, partition is loaded, please release it first"),
  DefaultPartitionDrop: plain<void>(() => "default partition cannot be deleted"),
  /** `action`: create partition, drop partition, load partitions, release partitions. */
  PartitionKeyMode: plain<{ action: string }>((d) => `disable ${d.action} if partition key mode is used`),
  PartitionKeyNames: plain<void>(
    () => "not support manually specifying the partition names if partition key mode is used",
  ),
  PartitionNameInvalid: plain<{ rule: string; partition: string }>(
    (d) => `Invalid partition name: ${d.partition}. ${d.rule}`,
  ),
  PartitionLimit: plain<{ count: number; limit: number; collection: string }>(
    (d) => `partition number (${d.count}) exceeds max configuration (${d.limit}), collection: ${d.collection}`,
  ),
  PartitionCountWithoutKey: plain<void>(
    () => "num_partitions should only be specified with partition key field enabled",
  ),
  PartitionCountTooSmall: plain<void>(
    () => "the specified partitions should be greater than 0 if partition key is used",
  ),
  LoadNoPartition: plain<void>(() => "failed to load partition, due to no partition specified"),
  ReleaseNoPartition: entry<void>(
    1100,
    () => "invalid parameter[expected=any partition][actual=empty partition list]",
    { legacy: 5 },
  ),
  /** The load constraints of Milvus 2.0-2.2 (`loadRules: "legacy"`). */
  LoadParameterMismatch: invalid<{ text: string }>((d) => d.text),

  // --- indexes -----------------------------------------------------------------------------------------------------
  IndexNotFound: entry<{ index: string }>(700, (d) => `index not found[indexName=${d.index}]`, { legacy: 25 }),
  IndexMissing: entry<{ collection: string }>(700, (d) => `index not found[collection=${d.collection}]`, {
    legacy: 25,
  }),
  VectorIndexMissing: plain<{ fields: readonly string[] }>(
    (d) => `there is no vector index on field: [${d.fields.join(" ")}], please create index firstly`,
  ),
  /** An alteration that neither sets nor removes anything, or does both. `what`: collection, field, index. */
  AlterNothing: invalid<{ what: string }>(
    (d) => `the ${d.what} properties to alter and keys to delete must not be empty at the same time`,
  ),
  AlterBoth: invalid<void>(() => "can not provide properties and deletekeys at the same time"),
  /** `params` of gRPC: a JSON text. */
  IndexParamsUnreadable: invalid<{ params: string }>((d) => `index params are no JSON object: ${d.params}`),
  IndexDistinct: plain<void>(() => "CreateIndex failed: at most one distinct index is allowed per field"),
  IndexOnLoadedCollection: plain<void>(() => "index cannot be dropped, collection is loaded, please release it first"),
  IndexNameInvalid: plain<{ rule: string; index: string }>((d) => `Invalid index name: ${d.index}. ${d.rule}`),
  IndexFieldNotFound: plain<{ field: string }>((d) => `cannot create index on non-exist field: ${d.field}`),
  AutoIndexParameters: plain<void>(() => "only metric type can be passed when use AutoIndex"),
  MetricTypeMismatch: entry<{ expected: string; actual: string }>(
    1100,
    (d) => `metric type not match: invalid parameter[expected=${d.expected}][actual=${d.actual}]`,
    { legacy: 5 },
  ),

  // --- aliases -------------------------------------------------------------------------------------------------------
  AliasNotFound: entry<{ database: string; alias: string }>(
    1600,
    (d) => `alias not found[database=${d.database}][alias=${d.alias}]`,
  ),
  AliasConflict: entry<{ database: string; alias: string }>(
    1601,
    (d) => `alias and collection name conflict[database=${d.database}][alias=${d.alias}]`,
  ),
  AliasExists: entry<{ database: string; alias: string; collection: string }>(
    1602,
    (d) =>
      `${d.alias} is alias to another collection: ${d.collection}: alias already exist[database=${d.database}][alias=${d.alias}]`,
  ),

  /** A new collection takes the name of an alias. */
  CollectionNameIsAlias: entry<{ collection: string }>(
    1601,
    (d) => `collection name [${d.collection}] conflicts with an existing alias, please choose a unique name`,
  ),

  // --- fields ----------------------------------------------------------------------------------------------------------
  FieldNotFound: entry<{ field: string }>(1700, (d) => `field not found[field=${d.field}]`),
  FieldNameInvalid: entry<{ rule: string; field: string }>(
    1701,
    (d) => `${d.rule}: field name invalid[field=${d.field}]`,
  ),

  /** `what`: `data type`, `element data type`. */
  DataTypeInvalid: entry<{ what: string; dataType: string }>(
    1100,
    (d) => `invalid parameter, ${d.what} ${d.dataType} is invalid(case sensitive).`,
    { legacy: 5 },
  ),
  /** A value outside its bounds, both of them allowed. */
  OutOfRange: entry<{ value: string; min: string; max: string }>(
    1100,
    (d) => `invalid parameter[${d.value} out of range ${d.min} <= value <= ${d.max}]`,
    { legacy: 5 },
  ),

  // --- schemas -----------------------------------------------------------------------------------------------------------
  FieldLimit: plain<{ limit: number }>((d) => `maximum field's number should be limited to ${d.limit}`),
  VectorFieldLimit: plain<{ limit: number }>((d) => `maximum vector field's number should be limited to ${d.limit}`),
  FieldRepeated: plain<{ field: string }>((d) => `duplicated field name ${d.field} found`),
  StringTypeDeclared: plain<void>(() => "string data type not supported yet, please use VarChar type instead"),
  /** A definition that travels as bytes inside of a gRPC request. */
  SchemaUnreadable: plain<{ detail: string }>((d) => d.detail),
  PrimaryKeyMissing: plain<void>(() => "primary key is not specified"),
  PrimaryKeyRepeated: plain<{ fields: readonly [string, string] }>(
    (d) => `there are more than one primary key, field name = ${d.fields.join(", ")}`,
  ),
  PrimaryKeyType: plain<void>(() => "the data type of primary key should be Int64 or VarChar"),
  AutoIdNotPrimary: plain<{ field: string }>(
    (d) => `only primary field can speficy AutoID with true, field name = ${d.field}`,
  ),
  PartitionKeyRepeated: plain<{ fields: readonly [string, string] }>(
    (d) => `there are more than one partition key, field name = ${d.fields.join(", ")}`,
  ),
  PartitionKeyIsPrimary: plain<void>(() => "the partition key field must not be primary field"),
  PartitionKeyType: plain<void>(() => "the data type of partition key should be Int64 or VarChar"),
  DimensionMissing: plain<{ field: string }>(
    (d) =>
      `dimension is not defined in field type params of field ${d.field}, check type param \`dim\` for vector field`,
  ),
  DimensionOnSparse: plain<{ field: string; fieldId: number }>(
    (d) => `dim should not be specified for sparse vector field ${d.field}(${d.fieldId})`,
  ),
  /** No number, or too small for every vector type. */
  DimensionInvalid: plain<{ dimension: string; min: number; max: number }>(
    (d) => `invalid dimension: ${d.dimension}. should be in range ${d.min} ~ ${d.max}`,
  ),
  DimensionNotInBytes: plain<{ field: string; dimension: string }>(
    (d) => `invalid dimension: ${d.dimension} of field ${d.field}. binary vector dimension should be multiple of 8. `,
  ),
  /** `vectors`: float vector, binary vector and so on. */
  DimensionTooLarge: plain<{ field: string; dimension: string; vectors: string; min: number; max: number }>(
    (d) =>
      `invalid dimension: ${d.dimension} of field ${d.field}. ${d.vectors} dimension should be in range ${d.min} ~ ${d.max}`,
  ),
  MaxLengthMissing: plain<{ field: string; collection: string }>(
    (d) => `type param(max_length) should be specified for varChar field(${d.field}) of collection ${d.collection}`,
  ),
  MaxCapacityMissing: plain<{ field: string; collection: string }>(
    (d) => `type param(max_capacity) should be specified for array field ${d.field} of collection ${d.collection}`,
  ),
  MaxCapacityOutOfRange: plain<{ limit: number }>(
    (d) => `the maximum capacity specified for a Array should be in (0, ${d.limit}]`,
  ),

  // --- columns ---------------------------------------------------------------------------------------------------------
  /** `vectors`: float16, bfloat16. */
  VectorNotFinite: plain<{ vectors: string }>((d) => `${d.vectors} vector contain nan or infinity value.`),
  /** `data`: float, binary. */
  VectorDataLength: plain<{ length: number; data: string; dimension: number }>(
    (d) => `the length(${d.length}) of ${d.data} data should divide the dim(${d.dimension})`,
  ),

  // --- search and query --------------------------------------------------------------------------------------------------
  OutputFieldNotFound: plain<{ field: string }>((d) => `field ${d.field} not exist`),
  /** Neither a field nor one dynamic key. */
  OutputFieldUnreadable: plain<{ field: string }>((d) => `parse output field name failed: ${d.field}`),
  /** An answer larger than any client takes, seen before the work or on the way. */
  ReplyTooLarge: plain<{ limit: number }>((d) => `query results exceed the maxOutputSize Limit ${d.limit}`),
  RoundDecimalOutOfRange: plain<{ value: string }>(
    (d) => `round_decimal [${d.value}] is invalid, should be -1 or an integer in range [0, 6]`,
  ),
  GroupSizeOutOfRange: plain<{ value: number; limit: number }>((d) =>
    d.value > 0
      ? `input group size:${d.value} exceeds configured max group size:${d.limit}`
      : `input group size:${d.value} is negative, failed to do search_groupby`,
  ),
  /** `what`: topk, offset, offset+topk. */
  SearchWindow: plain<{ what: string; value: number; limit: number }>(
    (d) => `${d.what} [${d.value}] is invalid, it should be in range [1, ${d.limit}], but got ${d.value}`,
  ),
  QueryWindow: plain<{ value: number; limit: number }>(
    (d) => `invalid max query result window, (offset+limit) should be in range [1, ${d.limit}], but got ${d.value}`,
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
  TopkMissing: plain<void>(() => "topk is required"),
  CountPagination: invalid<void>(() => "count entities with pagination is not allowed"),
  IteratorTokenInvalid: plain<{ token: string }>((d) => `invalid token format: ${d.token}`),
  /** An iterator that goes on in another collection of the same name. */
  CollectionChanged: invalid<{ asked: number; actual: number }>(
    (d) =>
      `collection id:${d.asked} in the request is not consistent to that in the search context,alias or database may have been changed: ${d.actual}`,
  ),
  AnnsFieldAmbiguous: plain<void>(() => "multiple anns_fields exist, please specify a anns_field in search_params"),
  /** A search of the older protocol without any. */
  QueryVectorsMissing: plain<void>(
    () => "nq [0] is invalid, nq (number of search vector per search request) should be in range [1, 16384], but got 0",
  ),
  QueryVectorCount: plain<{ count: number; limit: number }>(
    (d) => `nq (number of search vector per search request) should be in range [1, ${d.limit}], but got ${d.count}`,
  ),

  // --- resource groups ---------------------------------------------------------------------------------------------------
  ResourceGroupNotFound: entry<{ group: string }>(300, (d) => `resource group not found[rg=${d.group}]`),

  // --- metrics, users and roles ------------------------------------------------------------------------------------------
  MetricNotFound: entry<{ metric: string }>(1200, (d) => `metric not found[metric=${d.metric}]`),
  RoleNotFound: plain<void>(() => "not found the role, maybe the role isn't existed or internal system error"),

  // --- filters -----------------------------------------------------------------------------------------------------------
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
  /** A spatial function would have to keep too many points where the two shapes, or one with itself, cross. */
  GeometryTooComplex: invalid<{ limit: number }>(
    (d) => `the geometry is too complex: it crosses itself or the other more than ${d.limit} times`,
  ),
  AlwaysTrueDelete: invalid<{ expression: string }>(
    (d) => `delete plan can't be empty or always true : ${d.expression}`,
  ),
  IdAndFilter: invalid<void>(() => "id and filter can not be set at the same time"),
  EmptyExpression: plain<void>(() => "empty expression should be used with limit"),
} as const;

export type ErrorKind = keyof typeof ErrorCatalogue;
export type ErrorDetails<K extends ErrorKind> =
  (typeof ErrorCatalogue)[K] extends ErrorEntry<infer D>
    ? D extends undefined
      ? { readonly context?: string } | undefined
      : WithContext<D>
    : never;

/**
 * Every failure that Elanus reports. `code` and `message` are what a Milvus server puts on the wire;
 * `kind` is the catalogue key: tell errors apart by it, never by text.
 */
export class ElanusError extends Error {
  override readonly name: string = "ElanusError";
  readonly kind: ErrorKind;
  readonly code: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, details: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = ErrorCatalogue[kind].code;
    this.details = details;
  }

  /** `error_code` of the 9091 surface. */
  get legacyCode(): number {
    const entry: ErrorEntry<never> = ErrorCatalogue[this.kind] as ErrorEntry<never>;
    return entry.legacy ?? 1;
  }
}

/** Makes the error of a catalogue entry. Throw what it returns. */
export function failure<K extends ErrorKind>(kind: K, details?: ErrorDetails<K>, cause?: unknown): ElanusError {
  const text = (ErrorCatalogue[kind].text as (d: unknown) => string)(details);
  const context = (details as { context?: string } | undefined)?.context;
  return new ElanusError(kind, context === undefined ? text : `${context}: ${text}`, { ...details }, cause);
}

/** True for an error of this package (also one from a second copy of it), of the given kind if named. */
export function isElanusError(error: unknown, kind?: ErrorKind): error is ElanusError {
  return (
    error instanceof Error &&
    error.name === "ElanusError" &&
    (kind === undefined || (error as ElanusError).kind === kind)
  );
}

/** For switches over closed sets: unreachable by type, loud if reached. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
