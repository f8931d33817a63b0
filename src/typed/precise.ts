import type { GetRequest, HybridSearchRequest, QueryRequest, SearchRequest } from "../engine/contract/entities.js";
import type { FieldParams, SearchParams } from "../engine/contract/known-keys.js";
import type { ConsistencyLevel } from "../engine/model/collection.js";
import type { DataType, DenseVectorType, ItemType } from "../engine/model/data-type.js";
import type { IndexType } from "../engine/model/index-types.js";
import type { MetricName } from "../engine/model/types/field-type.js";
import type { IndexParams } from "../engine/model/validate-index.js";

export type { ConsistencyLevel, DataType, IndexType, MetricName };

/** What the words of requests are: the contract takes any text and lets the operation complain, the compiler does so earlier. */
interface Words {
  readonly dataType: DataType | "ArrayOfStruct";
  readonly elementDataType: ItemType | "Struct";
  readonly metricType: MetricName;
  readonly indexType: IndexType;
  readonly consistencyLevel: ConsistencyLevel;
  readonly idType: "Int64" | "VarChar";
  readonly vectorFieldType: Exclude<DenseVectorType, "Int8Vector"> | "SparseFloatVector";
}

/** Open objects whose keys are known. */
interface KnownObjects {
  readonly elementTypeParams: FieldParams;
  readonly typeParams: FieldParams;
  readonly searchParams: SearchParams;
}

type Told = Words & KnownObjects;

/** A request with its words spelled out. */
export type Precise<Request> = Request extends readonly (infer Item)[]
  ? readonly Precise<Item>[]
  : Request extends object
    ? {
        [Key in keyof Request]: Key extends keyof Told
          ? Told[Key]
          : Key extends "params"
            ? ParamsOf<Request, Key>
            : Precise<Request[Key]>;
      }
    : Request;

/** `params` means another thing in each object. */
type ParamsOf<Request, Key extends keyof Request> = "indexName" extends keyof Request
  ? IndexParams
  : "annsField" extends keyof Request
    ? SearchParams
    : Request[Key];

export interface PreciseGet extends Precise<GetRequest> {}
export interface PreciseQuery extends Precise<QueryRequest> {}
export interface PreciseSearch extends Omit<Precise<SearchRequest>, "data" | "ids" | "vectors"> {}
export interface PreciseHybridSearch extends Precise<HybridSearchRequest> {}

/** Parts of a definition that words stand in. */
type Inner = "schema" | "fields" | "structFields" | "structArrayFields" | "indexParams" | "outputField";

/**
 * Whether a request holds a word that the compiler does not know, only that it is a text: made elsewhere, put together when
 * the program runs.
 */
type IsDynamic<Request> = Request extends readonly (infer Item)[]
  ? IsDynamic<Item>
  : {
      [Key in keyof Request]-?: Key extends keyof Words
        ? string extends Request[Key]
          ? true
          : false
        : Key extends Inner
          ? IsDynamic<Request[Key]>
          : false;
    }[keyof Request];

/**
 * A definition as a caller gives it: its words are checked where the compiler can see them, else the engine checks them. The
 * branch that never holds is where `Given` is inferred.
 */
export type Definition<Given, Request> = Given extends never
  ? Given
  : true extends IsDynamic<Given>
    ? Request
    : Precise<Request>;
