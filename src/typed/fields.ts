import type { FunctionDefinition } from "../engine/contract/collections.js";
import type { FieldDefinition } from "../engine/contract/fields.js";
import type { DataType, DenseVectorType, ElementType } from "../engine/model/data-type.js";
import type { IndexType } from "../engine/model/index-types.js";
import type { MetricName } from "../engine/model/types/field-type.js";
import type { IndexParams } from "../engine/model/validate-index.js";
import type { DenseVector, SparseVector } from "./given-values.js";

/** What can be said of a field in a filter. */
export type FieldKind =
  | "key"
  | "text"
  | "number"
  | "bool"
  | "time"
  | "json"
  | "array"
  | "geometry"
  | "vector"
  | "sparse";

/** The kinds of all fields. `vectors`: one of a struct array whose vectors are compared list by list, so that lists are searched for. */
type AnyKind = FieldKind | "vectors";

/** What an index makes of a vector, by its metric. */
type Indexed<Kind extends AnyKind, Metric> = Kind extends "vector"
  ? [Metric] extends [`MAX_SIM${string}` | `max_sim${string}`]
    ? "vectors"
    : "vector"
  : Kind;

/**
 * What a field is to who writes and reads rows: `key` and `required` must be given, `optional` may be; `made` comes from the
 * engine and is shown, `hidden` comes from it and is not.
 */
export type FieldUse = "key" | "made-key" | "required" | "optional" | "made" | "hidden";

/** An index that a field is to have. */
export interface FieldIndex<Metric extends MetricName = MetricName> {
  readonly type?: IndexType;
  readonly metric?: Metric;
  readonly params?: IndexParams;
}

/** A field without its name. */
interface FieldParts {
  readonly definition: Omit<FieldDefinition, "fieldName" | "dataType"> & { readonly dataType: DataType };
  readonly index?: FieldIndex;
  /** What makes it out of another field; the output is the field itself. */
  readonly maker?: Omit<FunctionDefinition, "name" | "outputFieldNames">;
}

/** One field of a schema. Each method answers another field; none changes the one it is called on. */
export class Field<Kind extends AnyKind, Given, Shown, Use extends FieldUse = "required"> {
  readonly parts: FieldParts;
  /** Never there: what the compiler knows of it. */
  declare readonly types: readonly [Kind, Given, Shown, Use] | undefined;

  constructor(parts: FieldParts) {
    this.parts = parts;
  }

  /** The primary key. */
  primary(this: Field<"key" | "text", Given, Shown, Use>): Field<Kind, Given, Shown, "key"> {
    return this.#with({ isPrimary: true });
  }

  /** The primary key, given out by the engine. */
  autoId(this: Field<"key" | "text", Given, Shown, Use>): Field<Kind, Given, Shown, "made-key"> {
    return this.#with({ isPrimary: true, autoID: true });
  }

  /** Rows may do without it. */
  nullable(): Field<Kind, Given | null, Shown | null, "optional"> {
    return this.#with({ nullable: true });
  }

  /** What rows have that do not give it. */
  default(defaultValue: NonNullable<Given>): Field<Kind, Given, Shown, "optional"> {
    return this.#with({ defaultValue });
  }

  partitionKey(this: Field<"key" | "text", Given, Shown, Use>): Field<Kind, Given, Shown, Use> {
    return this.#with({ isPartitionKey: true });
  }

  clusteringKey(): Field<Kind, Given, Shown, Use> {
    return this.#with({ isClusteringKey: true });
  }

  describe(description: string): Field<Kind, Given, Shown, Use> {
    return this.#with({ description });
  }

  /** An index: of a vector its metric (default COSINE, of bits HAMMING, of sparse vectors IP) and its type (default AUTOINDEX). */
  index<const Metric extends MetricName = MetricName>(
    index: FieldIndex<Metric> = {},
  ): Field<Indexed<Kind, Metric>, Given, Shown, Use> {
    return new Field({ ...this.parts, index });
  }

  /** Its words can be searched: `match` and `phrase` in filters, and `bm25` of another field. */
  words(
    this: Field<"text", Given, Shown, Use>,
    analyzer?: Readonly<Record<string, unknown>>,
  ): Field<Kind, Given, Shown, Use> {
    const analyzed = analyzer === undefined ? {} : { analyzer_params: analyzer };
    return this.#with({}, { enable_analyzer: true, enable_match: true, ...analyzed });
  }

  /** Made of the words of a text field that has `words()`, for full-text search. */
  bm25(this: Field<"sparse", SparseVector, Shown, Use>, text: string): Field<Kind, Given, Shown, "hidden"> {
    return new Field({ ...this.parts, index: { metric: "BM25" }, maker: { type: "BM25", inputFieldNames: [text] } });
  }

  /** Made of a text field by the model of the application (`functions.embed` of `Elanus.open`). */
  embeds(
    this: Field<"vector", DenseVector, Shown, Use>,
    text: string,
    params: EmbeddingParams,
  ): Field<Kind, Given, Shown, "made"> {
    const { model, provider = "local", ...others } = params;
    return new Field({
      ...this.parts,
      maker: {
        type: "TextEmbedding",
        inputFieldNames: [text],
        params: { provider, model_name: model, ...others },
      },
    });
  }

  #with<K extends AnyKind, G, S, U extends FieldUse>(
    more: Partial<FieldDefinition>,
    params: object = {},
  ): Field<K, G, S, U> {
    const { definition } = this.parts;
    const elementTypeParams = { ...definition.elementTypeParams, ...params };
    return new Field({
      ...this.parts,
      definition: {
        ...definition,
        ...more,
        ...(Object.keys(elementTypeParams).length > 0 && { elementTypeParams }),
        dataType: definition.dataType,
      },
    });
  }
}

/** Which model makes the vectors of a field. Kept in the schema; another model is refused by its name. */
export interface EmbeddingParams {
  readonly model: string;
  /** Default `local`: the application. */
  readonly provider?: string;
  readonly [param: string]: string | number | undefined;
}

export type AnyField = Field<FieldKind, unknown, unknown, FieldUse>;

/** What the compiler knows of a field, or of a struct array. */
type Typed<F> = F extends {
  readonly types: readonly [infer Kind, infer Given, infer Shown, infer Use] | undefined;
}
  ? { readonly kind: Kind; readonly given: Given; readonly shown: Shown; readonly use: Use }
  : never;

export type KindOf<F> = Typed<F>["kind"];
/** What is written. */
export type GivenOf<F> = Typed<F>["given"];
/** What is read. */
export type ShownOf<F> = Typed<F>["shown"];
export type UseOf<F> = Typed<F>["use"];

type Scalar<Kind extends FieldKind, Given, Shown = Given> = Field<Kind, Given, Shown>;

function scalar<Kind extends FieldKind, Given, Shown = Given>(
  dataType: DataType,
  elementTypeParams?: FieldDefinition["elementTypeParams"],
): Scalar<Kind, Given, Shown> {
  return new Field({ definition: { dataType, ...(elementTypeParams && { elementTypeParams }) } });
}

/** `number` where it is exact, else `bigint`. */
export const int64 = (): Scalar<"key", number | bigint> => scalar("Int64");
export const int32 = (): Scalar<"number", number> => scalar("Int32");
export const int16 = (): Scalar<"number", number> => scalar("Int16");
export const int8 = (): Scalar<"number", number> => scalar("Int8");
/** Single precision. */
export const float = (): Scalar<"number", number> => scalar("Float");
export const double = (): Scalar<"number", number> => scalar("Double");
export const bool = (): Scalar<"bool", boolean> => scalar("Bool");
/** At most `length` bytes of UTF-8. */
export const varchar = (length: number): Scalar<"text", string> => scalar("VarChar", { max_length: length });
/** A moment: a Date or ISO 8601 text is written, text is read. */
export const timestamptz = (): Scalar<"time", Date | string, string> => scalar("Timestamptz");
/** A figure as WKT. */
export const geometry = (): Scalar<"geometry", string> => scalar("Geometry");
/** Any JSON value; what it is made of is for the caller to say. */
export const json = <Value = unknown>(): Scalar<"json", Value> => scalar("JSON");

/** What an array holds. */
type Item<Value> = Field<FieldKind, Value, unknown, "required"> & {
  readonly parts: { readonly definition: { readonly dataType: string } };
};

/** At most `capacity` values of one type: `array(varchar(30), 8)`. */
export function array<Value>(item: Item<Value>, capacity: number): Scalar<"array", readonly Value[], Value[]> {
  const { dataType, elementTypeParams } = item.parts.definition;
  return new Field({
    definition: {
      dataType: "Array",
      elementDataType: dataType as ElementType,
      elementTypeParams: { ...elementTypeParams, max_capacity: capacity },
    },
  });
}

function dense<Shown>(dataType: DenseVectorType, dimension: number): Field<"vector", DenseVector, Shown> {
  return new Field({ definition: { dataType, elementTypeParams: { dim: dimension } } });
}

export const floatVector = (dimension: number) => dense<number[]>("FloatVector", dimension);
export const float16Vector = (dimension: number) => dense<Float32Array>("Float16Vector", dimension);
export const bfloat16Vector = (dimension: number) => dense<Float32Array>("BFloat16Vector", dimension);
export const int8Vector = (dimension: number) => dense<Int8Array>("Int8Vector", dimension);
/** `dimension` bits, given and read as bytes. */
export const binaryVector = (dimension: number) => dense<Uint8Array>("BinaryVector", dimension);
export const sparseVector = (): Field<"sparse", SparseVector, Record<string, number>> =>
  new Field({ definition: { dataType: "SparseFloatVector" } });
