import { entry, invalid, plain } from "./entry.js";

/** Fields, functions and rows: what a collection is made of. */
export const schemaErrors = {
  /** There is no field of this name. */
  FieldNotFound: entry<{ field: string }>(1700, (d) => `field not found[field=${d.field}]`),
  /** A collection is not as the schema of `db.collection` says. `differences`: one text each, beginning with what is meant. */
  SchemaDiffers: invalid<{ collection: string; differences: readonly string[] }>(
    (d) => `collection ${d.collection} differs from its schema: ${d.differences.join("; ")}`,
  ),
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
  /** A definition with two clustering keys. */
  ClusteringKeyRepeated: invalid<{ fields: readonly [string, string] }>(
    (d) => `there are more than one clustering key, field name = ${d.fields.join(", ")}`,
  ),
  /** Servers cluster by vectors only where that has been switched on. */
  ClusteringKeyIsVector: entry<{ collection: string }>(
    107,
    (d) => `vector clustering key not allowed[collection=${d.collection}]`,
  ),
  /** A dense vector field without a dimension. */
  DimensionMissing: plain<{ field: string }>(
    (d) =>
      `dimension is not defined in field type params of field ${d.field}, check type param \`dim\` for vector field`,
  ),
  /** A sparse vector field with a dimension. */
  DimensionOnSparse: plain<{ field: string; fieldId: number }>(
    (d) => `dim should not be specified for sparse vector field ${d.field}(${d.fieldId})`,
  ),
  /** A dimension that is no integer. */
  DimensionNoInteger: plain<{ dimension: string }>(
    (d) => `strconv.ParseInt: parsing ${JSON.stringify(d.dimension)}: invalid syntax`,
  ),
  /** Too small for every vector type. */
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
    (d) => `the length (${d.length}) of array exceeds max capacity (${d.limit})`,
  ),
  /** A field of a struct holds what no list can. */
  ElementTypeUnsupported: plain<{ elementType: string }>((d) => `element type ${d.elementType} is not supported`),
  /** `max_capacity` is zero, negative or too large. */
  MaxCapacityOutOfRange: plain<{ limit: number }>(
    (d) => `the maximum capacity specified for a Array should be in (0, ${d.limit}]`,
  ),
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
  /** A float32 query of a float16 field with a number that is too close to 0 for float16. */
  BelowFloat16: plain<{ dimension: number; value: string }>(
    (d) =>
      `value at dimension ${d.dimension} (${d.value}) underflows float16 precision (min abs value: 6.103515625e-05)`,
  ),
  /** `data`: float, binary. */
  VectorDataLength: plain<{ length: number; data: string; dimension: number }>(
    (d) => `the length(${d.length}) of ${d.data} data should divide the dim(${d.dimension})`,
  ),
  /** What BM25 and MinHash have computed goes with them. */
  FunctionNeedsField: invalid<{ function: string }>(
    (d) =>
      `detaching a function without dropping its output field is not supported; drop_function always removes the function together with its output field: ${d.function}`,
  ),
  /** A model that the application lends (`functions` of `Elanus.open`) has thrown; `cause` holds what. */
  FunctionFailed: plain<{ function: string; reason: string }>(
    (d) => `the function ${d.function} of the application failed: ${d.reason}`,
  ),
  /** The application lends no model, and a text would have to be embedded. Vectors are written and searched for without one. */
  EmbedModelMissing: invalid<{ provider: string; model: string }>(
    (d) => `text embedding model provider [${d.provider}] is disabled`,
  ),
  /** The application lends another model than the one that makes the vectors of a field. */
  EmbedModelDiffers: invalid<{ collection: string; field: string; model: string; text: string }>(
    (d) => `field ${d.field} of collection ${d.collection} is made by the model ${d.model}: ${d.text}`,
  ),
  /** A model that the application lends gave back something else than one vector or one score per text. */
  FunctionResult: invalid<{ function: string; text: string }>((d) => `${d.function}: ${d.text}`),
} as const;
