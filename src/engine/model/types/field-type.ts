import type { DataType, DenseVectorType, ItemType, ScalarType, VectorListType, VectorType } from "../data-type.js";

/**
 * What the rows of the table of field types are made of. A row is all that the engine knows of a type; to add one is to
 * write its row, and a kernel where it is a vector.
 */

/**
 * One scalar as SQLite holds it and as columns carry it: Bool as 0 or 1; integers as number where that is exact, else
 * bigint; Float (rounded to float32) and Double as number; VarChar and Geometry (WKT) as text; Timestamptz as microseconds
 * since 1970 UTC; JSON and Array as JSON text.
 */
export type StoredScalar = number | bigint | string;

/** What the rules of a type look at in a field. */
export interface TypedField {
  readonly name: string;
  readonly type: DataType;
  readonly elementType?: ItemType;
  /** Type parameters, every value a string: `dim`, `max_length`, ... */
  readonly params: Readonly<Record<string, string>>;
}

/** Where a value goes: the field, and how faults are told. */
export interface Target {
  readonly field: TypedField;
  /** Of the collection, for timestamps without an offset; default UTC. */
  readonly timeZone: string | undefined;
  /**
   * Tells of a fault that counts only when no row of the batch has an earlier kind of fault: the server checks all shapes
   * first (1804), then lengths and capacities (1100).
   */
  late(error: Error): void;
}

/** How a stored value is shown. */
export interface Shown {
  /** Array columns only. */
  readonly elementType?: ItemType | undefined;
  /** IANA name or offset for Timestamptz; default UTC. */
  readonly timeZone?: string | undefined;
  /** JSON text only: Int64 values, alone or in an Array, as decimal strings (`Accept-Type-Allow-Int64: false`). */
  readonly int64AsText?: boolean | undefined;
}

/** A default value as `describe` shows it: `{ LongData: 5 }` and so on. */
export type DescribedDefault = Readonly<Record<string, boolean | number | bigint | string>>;

/** Order rows by values, group rows by them, add them up, find the least and the greatest. */
export type QueryUse = "sort" | "group" | "sum" | "compare";

interface AnyType {
  /** As in the wire protocol. */
  readonly number: number;
  /** Index types that a field of it can have, as they are spelled; `AUTOINDEX` stands apart. */
  readonly indexTypes: readonly string[];
  /**
   * Checks the type parameters of a new field.
   *
   * @param collection name of its collection, for messages
   * @param fieldId the id it has or will get, for messages
   */
  checkParams(field: TypedField, collection: string, fieldId: number): void;
}

export interface ScalarFieldType extends AnyType {
  readonly family: "scalar";
  readonly name: ScalarType;
  /** The storage class of its column in a STRICT table. */
  readonly column: "INTEGER" | "REAL" | "TEXT";
  /** May name the groups of a search. */
  readonly groups: boolean;
  /** What queries may do with its values, beside filtering and counting. */
  readonly queries: readonly QueryUse[];
  /** May be declared as what an Array holds. */
  readonly element: boolean;
  /**
   * The stored form of a JSON or JavaScript value other than null and undefined.
   *
   * @param row its position in the batch, for messages
   * @throws BadRow when the value does not fit
   */
  encode(value: unknown, target: Target, row: number): StoredScalar;
  /**
   * The stored form of an entry of an input column (`contract/column.ts`).
   *
   * @throws BadRow when the value does not fit
   */
  encodeCell(value: unknown, target: Target, row: number): StoredScalar;
  /** The JavaScript value of a stored one. */
  decode(stored: StoredScalar, shown: Shown): unknown;
  /** The JSON text of a stored value. */
  json(stored: StoredScalar, shown: Shown): string;
  /**
   * The stored form of the `defaultValue` of a field definition.
   *
   * @throws ParameterMismatch for a value of the wrong JSON type, InvalidParameter for a type without defaults,
   *   OutOfRange for an integer that does not fit
   */
  readDefault(value: unknown, timeZone: string | undefined): StoredScalar;
  describeDefault(stored: StoredScalar, timeZone: string | undefined): DescribedDefault;
}

/** Distances between vectors, in the server's spelling. */
export type PlainMetric = "L2" | "IP" | "COSINE" | "HAMMING" | "JACCARD" | "MHJACCARD" | "BM25";

/** The same, and those of lists of vectors; `MAX_SIM` is `MAX_SIM_COSINE`. */
export type Metric =
  | PlainMetric
  | "MAX_SIM"
  | "MAX_SIM_COSINE"
  | "MAX_SIM_IP"
  | "MAX_SIM_L2"
  | "MAX_SIM_HAMMING"
  | "MAX_SIM_JACCARD";

/** A metric as requests write it: in either case. */
export type MetricName = Metric | Lowercase<Metric>;

/** Which code compares the stored bytes of a vector type. */
export type VectorKernel = "float32" | "float16" | "bfloat16" | "int8" | "bits" | "sparse";

/** What the vectors of a field may be compared by. */
export interface Comparison {
  /** The default first. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Milvus compares the type by these too, the engine does not. */
  readonly foreignMetrics: readonly string[];
  /** What the server says of an index with a metric that the type does not have. */
  refuseMetric(metric: string): string;
}

interface AnyVectorType extends AnyType {
  readonly name: VectorType;
  /** Whether the engine can search in it: fields of other types are refused. A type is served once its kernel is there. */
  readonly served: boolean;
}

interface SingleVectorType extends AnyVectorType, Comparison {
  readonly kernel: VectorKernel;
}

/** How the vectors of a dense type become bytes and are shown again. Bytes are little-endian, row-major. */
export interface DenseCodec {
  /**
   * Writes vectors into the bytes of a batch, each at its row. For a value that is missing, too.
   *
   * @param bytes room for all rows of the batch; begins at the start of its buffer
   * @returns writes one vector; throws BadRow for a wrong shape or length, and tells of NaN and infinities late
   */
  writer(bytes: Uint8Array, target: Target): (value: unknown, row: number) => void;
  /** Checks the values of vectors that came as bytes; what is wrong is told late. */
  checkBytes(bytes: Uint8Array, target: Target): void;
  /**
   * The bytes of a query vector.
   * @throws MalformedRequest for a wrong shape or length, and what NaN and infinities are refused with
   */
  encodeQuery(value: unknown, field: TypedField): Uint8Array;
  /** The JavaScript value of one stored vector. */
  decode(bytes: Uint8Array): unknown;
  /** The JSON text of one stored vector. */
  json(bytes: Uint8Array): string;
}

export interface DenseFieldType extends SingleVectorType {
  readonly family: "dense";
  readonly name: DenseVectorType;
  bytesPerVector(dimension: number): number;
  readonly codec: DenseCodec;
}

/** How sparse vectors become bytes: pairs of uint32 index and float32 value, little-endian, ascending by index. */
export interface SparseCodec {
  /** @throws BadRow */
  encode(value: unknown, target: Target, row: number): Uint8Array;
  /** The same for bytes that came as such, in any order of the indices. @throws BadRow */
  encodeCell(bytes: Uint8Array, target: Target, row: number): Uint8Array;
  /** @throws MalformedRequest */
  encodeQuery(value: unknown, field: TypedField): Uint8Array;
  decode(bytes: Uint8Array): unknown;
  json(bytes: Uint8Array): string;
}

export interface SparseFieldType extends SingleVectorType {
  readonly family: "sparse";
  readonly codec: SparseCodec;
}

/** How the lists of vectors of a field become bytes: the vectors of a row in the bytes of their own type, one after the other. */
export interface ListCodec {
  /** @throws BadRow */
  encode(value: unknown, target: Target, row: number): Uint8Array;
  /** The same for bytes that came as such. @throws BadRow */
  encodeCell(bytes: Uint8Array, target: Target, row: number): Uint8Array;
  /** A list of query vectors. @throws MalformedRequest */
  encodeQuery(value: unknown, field: TypedField): Uint8Array;
}

/** What its fields are compared by, and the types of their indexes, follow from what they hold: `comparisonOf`. */
export interface ListFieldType extends AnyVectorType {
  readonly family: "list";
  readonly name: VectorListType;
  readonly codec: ListCodec;
}

export type VectorFieldType = DenseFieldType | SparseFieldType | ListFieldType;
export type FieldType = ScalarFieldType | VectorFieldType;
