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
  /** The store is opening, closing or closed. */
  NotReady: entry<{ reason: string }>(1, (d) => `service not ready: ${d.reason}`, { legacy: 56 }),
  /**
   * The database file cannot be used: in use, damaged, newer, of another application, read-only, or gone; or the port of a server is taken.
   */
  Unavailable: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
  /** What the file holds cannot be read, or is no database. */
  FileDamaged: entry<{ reason: string }>(2, (d) => `service unavailable: ${d.reason}`),
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
  /** A fault of Elanus itself; `cause` holds what happened. Please report it. */
  Internal: entry<{ reason: string }>(5, (d) => `service internal error: ${d.reason}`),
  /** The disk is full; nothing of the call was written. */
  DiskFull: entry<{ reason: string }>(7, (d) => `disk limit exceeded: ${d.reason}`, { legacy: 54 }),
  /** Reading or writing the file failed, or what is in it is damaged. */
  IoFailed: entry<{ reason: string }>(1001, (d) => `IO failed: ${d.reason}`),
  /** The call did not end within its deadline (`Request-Timeout`). */
  Timeout: entry<void>(10001, () => "request timeout"),
  /** An operation or a feature of Milvus that is not there, or a write to a store that is open read-only. */
  Unsupported: entry<{ what: string }>(3000, (d) => `unsupported operation: ${d.what}`),

  // --- request shape ---------------------------------------------------------------------------------------
  /** A REST request without a body. */
  EmptyBody: entry<void>(
    1801,
    () => "can only accept json format request, the request body should be nil, however {} is valid",
    { legacy: 5 },
  ),
  /** The request is no JSON, or a value in it has the wrong JSON type. */
  MalformedRequest: entry<{ detail: string }>(1801, (d) => `can only accept json format request, error: ${d.detail}`, {
    legacy: 5,
  }),
  /** A required key of the request is missing. */
  MissingParameters: entry<{ detail: string }>(1802, (d) => `missing required parameters, error: ${d.detail}`, {
    legacy: 5,
  }),
  /** REST v1 names all that are required, not the one that is missing. */
  MissingV1Parameters: entry<{ required: readonly string[] }>(
    1802,
    (d) => `missing required parameters, required parameters: [${d.required.join(", ")}]`,
    { legacy: 5 },
  ),
  /** A row of an insert or upsert does not fit the schema. */
  BadRow: entry<{ detail: string }>(1804, (d) => `fail to deal the insert data, error: ${d.detail}`, { legacy: 5 }),
  /** A primary key of the request is no key of the collection's type. */
  BadPrimaryKey: entry<{ detail: string }>(
    1806,
    (d) => `please check the primary key and its' type can only in [int, string], error: ${d.detail}`,
    { legacy: 5 },
  ),
  /** More calls than the server was told to take. */
  RejectedByLimiter: entry<{ detail: string }>(1807, (d) => `request is rejected by limiter, error: ${d.detail}`),
  /** gRPC's word for too many calls at once: its clients wait and repeat. */
  RateLimitExceeded: entry<{ rate: number }>(8, (d) => `rate limit exceeded[rate=${d.rate}]`, { legacy: 49 }),
  /** The body of a request is larger than `maxBodyBytes`. */
  BodyTooLarge: entry<{ limit: number }>(1102, (d) => `request body exceeds ${d.limit} bytes: parameter too large`),
  /** No credentials, or wrong ones, where `auth` asks for them. */
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
  /** There is no database of this name. */
  DatabaseNotFound: entry<{ database: string }>(800, (d) => `database not found[database=${d.database}]`),
  /** There is a database of this name already. */
  DatabaseExists: plain<{ database: string }>((d) => `database already exist: ${d.database}`),
  /** No more databases can be made. */
  DatabaseLimit: entry<{ limit: number }>(801, (d) => `exceeded the limit number of database[limit=${d.limit}]`),
  /** A name that no database can have; `rule` says why. */
  DatabaseNameInvalid: entry<{ rule: string; database: string }>(
    802,
    (d) => `${d.rule}: invalid database name[database=${d.database}]`,
  ),
  /** The database `default` stays. */
  DefaultDatabaseDrop: plain<void>(() => "can not drop default database"),
  /** Only a database without collections can be dropped. */
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
  /** What only a loaded collection answers was asked of a released one; load it first. */
  CollectionNotLoaded: entry<{ collection: number | string }>(
    101,
    (d) => `collection not loaded[collection=${d.collection}]`,
  ),
  /** A list of what is loaded is asked for by name (9091). */
  NamedCollectionNotLoaded: plain<{ collection: string }>((d) => `collection not loaded[collection=${d.collection}]`),
  /** An operation that needs a released collection met a loaded one. */
  CollectionAlreadyLoaded: entry<{ collection: string }>(
    104,
    (d) => `collection already loaded[collection=${d.collection}]`,
  ),
  /** There is a collection of this name with another definition. */
  CollectionExists: plain<{ collection: string }>(
    (d) => `create duplicate collection with different parameters, collection: ${d.collection}`,
  ),
  /** No more collections can be made in this database. */
  CollectionLimit: entry<{ database: string; limit: number }>(
    102,
    (d) => `exceeded the limit number of collections[dbName=${d.database}][limit=${d.limit}]`,
  ),

  /** A collection is dropped by its own name only. */
  CollectionDropByAlias: plain<{ alias: string }>((d) => `cannot drop the collection via alias = ${d.alias}`),
  /** A collection is dropped after its aliases. */
  CollectionHasAliases: plain<{ collection: string; aliases: readonly string[] }>(
    (d) =>
      `unable to drop the collection [${d.collection}] because it has associated aliases [${d.aliases.join(" ")}], please remove all aliases before dropping the collection`,
  ),
  /** A collection is renamed by its own name only. */
  CollectionRenameByAlias: plain<{ alias: string }>(
    (d) => `unsupported use an alias to rename collection, alias:${d.alias}`,
  ),
  /** The database that a collection is to move to does not exist. */
  RenameDatabaseNotFound: plain<{ database: string }>((d) => `target database:${d.database} not found`),
  /** The new name belongs to a collection or an alias already. */
  RenameNameTaken: plain<{ database: string; collection: string }>(
    (d) => `duplicated new collection name ${d.database}:${d.collection} with other collection name or alias`,
  ),
  /** A collection with aliases cannot move to another database. */
  RenameWithAliases: plain<void>(
    () => "fail to rename db name, must drop all aliases of this collection before rename",
  ),
  /** More shards than a collection may have. */
  ShardLimit: plain<{ limit: number }>((d) => `maximum shards's number should be limited to ${d.limit}`),

  // --- partitions ------------------------------------------------------------------------------------------------
  /** There is no partition of this name in the collection. */
  PartitionNotFound: entry<{ partition: string }>(200, (d) => `partition not found[partition=${d.partition}]`, {
    legacy: 15,
  }),
  /** Unknown `partitionNames` of search, query and get. */
  PartitionNameNotFound: entry<{ partition: string }>(65535, (d) => `partition name ${d.partition} not found`, {
    head: 200,
  }),
  /** A named partition is released; load it first. */
  PartitionNotLoaded: entry<{ partition: number | string }>(
    201,
    (d) => `partition not loaded[partition=${d.partition}]`,
  ),
  /** A loaded partition cannot be dropped; release it first. */
  PartitionLoaded: plain<void>(() => "partition cannot be dropped, partition is loaded, please release it first"),
  /** The partition `_default` stays. */
  DefaultPartitionDrop: plain<void>(() => "default partition cannot be deleted"),
  /** `action`: create partition, drop partition, load partitions, release partitions. */
  PartitionKeyMode: plain<{ action: string }>((d) => `disable ${d.action} if partition key mode is used`),
  /** A partition key chooses the partitions: they cannot be named. */
  PartitionKeyNames: plain<void>(
    () => "not support manually specifying the partition names if partition key mode is used",
  ),
  /** The same in a query, for which the server has another code. */
  PartitionKeyQueryNames: invalid<void>(
    () => "not support manually specifying the partition names if partition key mode is used",
  ),
  /** A name that no partition can have; `rule` says why. */
  PartitionNameInvalid: plain<{ rule: string; partition: string }>(
    (d) => `Invalid partition name: ${d.partition}. ${d.rule}`,
  ),
  /** No more partitions can be made in this collection. */
  PartitionLimit: plain<{ count: number; limit: number; collection: string }>(
    (d) => `partition number (${d.count}) exceeds max configuration (${d.limit}), collection: ${d.collection}`,
  ),
  /** A number of partitions is given, but no partition key. */
  PartitionCountWithoutKey: plain<void>(
    () => "num_partitions should only be specified with partition key field enabled",
  ),
  /** A partition key needs at least one partition. */
  PartitionCountTooSmall: plain<void>(
    () => "the specified partitions should be greater than 0 if partition key is used",
  ),
  /** A load of partitions names none. */
  LoadNoPartition: plain<void>(() => "failed to load partition, due to no partition specified"),
  /** A release of partitions names none. */
  ReleaseNoPartition: entry<void>(
    1100,
    () => "invalid parameter[expected=any partition][actual=empty partition list]",
    { legacy: 5 },
  ),
  /** The load constraints of Milvus 2.0-2.2 (`loadRules: "legacy"`). */
  LoadParameterMismatch: invalid<{ text: string }>((d) => d.text),

  // --- indexes -----------------------------------------------------------------------------------------------------
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
  IndexOnLoadedCollection: plain<void>(() => "index cannot be dropped, collection is loaded, please release it first"),
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

  // --- aliases -------------------------------------------------------------------------------------------------------
  /** There is no alias of this name. */
  AliasNotFound: entry<{ database: string; alias: string }>(
    1600,
    (d) => `alias not found[database=${d.database}][alias=${d.alias}]`,
  ),
  /** An alias cannot have the name of a collection. */
  AliasConflict: entry<{ database: string; alias: string }>(
    1601,
    (d) => `alias and collection name conflict[database=${d.database}][alias=${d.alias}]`,
  ),
  /** The alias belongs to another collection. */
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

  // --- functions of the application ---------------------------------------------------------------------------------
  /** A model that the application lends (`functions` of `Elanus.open`) has thrown; `cause` holds what. */
  FunctionFailed: plain<{ function: string; reason: string }>(
    (d) => `the function ${d.function} of the application failed: ${d.reason}`,
  ),
  /** A model that the application lends gave back something else than one vector or one score per text. */
  FunctionResult: invalid<{ function: string; text: string }>((d) => `${d.function}: ${d.text}`),

  // --- fields ----------------------------------------------------------------------------------------------------------
  /** There is no field of this name. */
  FieldNotFound: entry<{ field: string }>(1700, (d) => `field not found[field=${d.field}]`),
  /** A name that no field can have; `rule` says why. */
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
  /** More fields than a collection may have. */
  FieldLimit: plain<{ limit: number }>((d) => `maximum field's number should be limited to ${d.limit}`),
  /** More vector fields than a collection may have. */
  VectorFieldLimit: plain<{ limit: number }>((d) => `maximum vector field's number should be limited to ${d.limit}`),
  /** Two fields of a definition have one name. */
  FieldRepeated: plain<{ field: string }>((d) => `duplicated field name ${d.field} found`),
  /** The type String of old servers: a text field is a VarChar. */
  StringTypeDeclared: plain<void>(() => "string data type not supported yet, please use VarChar type instead"),
  /** A definition that travels as bytes inside of a gRPC request. */
  SchemaUnreadable: plain<{ detail: string }>((d) => d.detail),
  /** A definition without a primary key. */
  PrimaryKeyMissing: plain<void>(() => "primary key is not specified"),
  /** A definition with two primary keys. */
  PrimaryKeyRepeated: plain<{ fields: readonly [string, string] }>(
    (d) => `there are more than one primary key, field name = ${d.fields.join(", ")}`,
  ),
  /** The primary key is neither Int64 nor VarChar. */
  PrimaryKeyType: plain<void>(() => "the data type of primary key should be Int64 or VarChar"),
  /** Only the primary key can have automatic ids. */
  AutoIdNotPrimary: plain<{ field: string }>(
    (d) => `only primary field can speficy AutoID with true, field name = ${d.field}`,
  ),
  /** A definition with two partition keys. */
  PartitionKeyRepeated: plain<{ fields: readonly [string, string] }>(
    (d) => `there are more than one partition key, field name = ${d.fields.join(", ")}`,
  ),
  /** The primary key cannot be the partition key too. */
  PartitionKeyIsPrimary: plain<void>(() => "the partition key field must not be primary field"),
  /** The partition key is neither Int64 nor VarChar. */
  PartitionKeyType: plain<void>(() => "the data type of partition key should be Int64 or VarChar"),
  /** A dense vector field without a dimension. */
  DimensionMissing: plain<{ field: string }>(
    (d) =>
      `dimension is not defined in field type params of field ${d.field}, check type param \`dim\` for vector field`,
  ),
  /** A sparse vector field with a dimension. */
  DimensionOnSparse: plain<{ field: string; fieldId: number }>(
    (d) => `dim should not be specified for sparse vector field ${d.field}(${d.fieldId})`,
  ),
  /** No number, or too small for every vector type. */
  DimensionInvalid: plain<{ dimension: string; min: number; max: number }>(
    (d) => `invalid dimension: ${d.dimension}. should be in range ${d.min} ~ ${d.max}`,
  ),
  /** The dimension of a binary vector is no multiple of 8. */
  DimensionNotInBytes: plain<{ field: string; dimension: string }>(
    (d) => `invalid dimension: ${d.dimension} of field ${d.field}. binary vector dimension should be multiple of 8. `,
  ),
  /** `vectors`: float vector, binary vector and so on. */
  DimensionTooLarge: plain<{ field: string; dimension: string; vectors: string; min: number; max: number }>(
    (d) =>
      `invalid dimension: ${d.dimension} of field ${d.field}. ${d.vectors} dimension should be in range ${d.min} ~ ${d.max}`,
  ),
  /** A VarChar field without `max_length`. */
  MaxLengthMissing: plain<{ field: string; collection: string }>(
    (d) => `type param(max_length) should be specified for varChar field(${d.field}) of collection ${d.collection}`,
  ),
  /** An Array field without `max_capacity`. */
  MaxCapacityMissing: plain<{ field: string; collection: string }>(
    (d) => `type param(max_capacity) should be specified for array field ${d.field} of collection ${d.collection}`,
  ),
  /** An upsert would put more elements into an array than it may have. */
  ArrayBeyondCapacity: plain<{ length: number; limit: number }>(
    (d) => `array length ${d.length} exceeds max_capacity ${d.limit}`,
  ),
  /** `max_capacity` is zero, negative or too large. */
  MaxCapacityOutOfRange: plain<{ limit: number }>(
    (d) => `the maximum capacity specified for a Array should be in (0, ${d.limit}]`,
  ),

  // --- columns ---------------------------------------------------------------------------------------------------------
  /** `vectors`: float16, bfloat16. */
  VectorNotFinite: plain<{ vectors: string }>((d) => `${d.vectors} vector contain nan or infinity value.`),
  /** Query vectors of another type than the field's, sent as bytes. */
  QueryVectorType: plain<{ field: string; query: string }>(
    (d) => `vector type must be the same: field type ${d.field}, search type ${d.query}`,
  ),
  /** A float32 query of a float16 field with a number that float16 has no room for; `value` as the server prints it. */
  BeyondFloat16: plain<{ dimension: number; value: string }>(
    (d) => `value at dimension ${d.dimension} (${d.value}) exceeds float16 range [-65504, 65504]`,
  ),
  /** The same, for a number too close to 0. */
  BelowFloat16: plain<{ dimension: number; value: string }>(
    (d) =>
      `value at dimension ${d.dimension} (${d.value}) underflows float16 precision (min abs value: 6.103515625e-05)`,
  ),
  /** `data`: float, binary. */
  VectorDataLength: plain<{ length: number; data: string; dimension: number }>(
    (d) => `the length(${d.length}) of ${d.data} data should divide the dim(${d.dimension})`,
  ),

  // --- search and query --------------------------------------------------------------------------------------------------
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
  /** A search of the older protocols without `topk`. */
  TopkMissing: plain<void>(() => "topk is required"),
  /** `count(*)` with a limit or an offset. */
  CountPagination: invalid<void>(() => "count entities with pagination is not allowed"),
  /** An iterator's token that this store has not given. */
  IteratorTokenInvalid: plain<{ token: string }>((d) => `invalid token format: ${d.token}`),
  /** An iterator that goes on in another collection of the same name. */
  CollectionChanged: invalid<{ asked: number; actual: number }>(
    (d) =>
      `collection id:${d.asked} in the request is not consistent to that in the search context,alias or database may have been changed: ${d.actual}`,
  ),
  /** A search that names no vector field, in a collection with several. */
  AnnsFieldAmbiguous: plain<void>(() => "multiple anns_fields exist, please specify a anns_field in search_params"),
  /** A search of the older protocol without any. */
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

  // --- resource groups ---------------------------------------------------------------------------------------------------
  /** There is no resource group of this name. */
  ResourceGroupNotFound: entry<{ group: string }>(300, (d) => `resource group not found[rg=${d.group}]`),

  // --- metrics, users and roles ------------------------------------------------------------------------------------------
  /** There is no metric of this name. */
  MetricNotFound: entry<{ metric: string }>(1200, (d) => `metric not found[metric=${d.metric}]`),
  /** There is no role of this name. */
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
  /** Help for people, where the message leaves something to say. Typed calls and the command line have it, no wire does. */
  declare readonly hint?: string;

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

const CALLER_DEPTH = 40;

/** Makes the error of a catalogue entry. Throw what it returns. */
export function failure<K extends ErrorKind>(kind: K, details?: ErrorDetails<K>, cause?: unknown): ElanusError {
  const text = (ErrorCatalogue[kind].text as (d: unknown) => string)(details);
  const context = (details as { context?: string } | undefined)?.context;
  const { stackTraceLimit } = Error;
  // The line that made a call lies deeper than the ten frames that are usually kept.
  if (stackTraceLimit > 0) Error.stackTraceLimit = Math.max(stackTraceLimit, CALLER_DEPTH);
  try {
    return new ElanusError(kind, context === undefined ? text : `${context}: ${text}`, { ...details }, cause);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The error with a hint beside its message. */
export function withHint(error: ElanusError, hint: string | undefined): ElanusError {
  return hint === undefined ? error : Object.assign(error, { hint });
}

/** True for an error of this package (also one from a second copy of it), of the given kind if named. */
export function isElanusError(error: unknown, kind?: ErrorKind): error is ElanusError {
  return (
    error instanceof Error &&
    error.name === "ElanusError" &&
    (kind === undefined || (error as ElanusError).kind === kind)
  );
}
