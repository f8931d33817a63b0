/** What the filter language needs to know of a schema. The engine implements it. */

export type FilterType =
  | "Bool"
  | "Int8"
  | "Int16"
  | "Int32"
  | "Int64"
  | "Float"
  | "Double"
  | "VarChar"
  | "Text"
  | "JSON"
  | "Array"
  | "Timestamptz"
  | "Geometry"
  | "BinaryVector"
  | "FloatVector"
  | "Float16Vector"
  | "BFloat16Vector"
  | "SparseFloatVector"
  | "Int8Vector"
  | "ArrayOfVector";

export interface ResolvedField {
  /** As declared; `$meta` for the dynamic field. */
  readonly name: string;
  readonly type: FilterType;
  readonly elementType?: FilterType;
  /** The SQL column, minted by the engine (`f_101`, `meta`): never user text. */
  readonly column: string;
  readonly nullable: boolean;
  readonly primaryKey: boolean;
  /** The dynamic JSON column. */
  readonly dynamic: boolean;
  /** VarChar with `enable_match` and `enable_analyzer`. */
  readonly enableMatch: boolean;
  /** `analyzer_params` of a text field: JSON text; absent: the standard analyzer. */
  readonly analyzerParams?: string;
}

/** A struct array: each of its fields is a list with one value per element. */
export interface ResolvedStruct {
  readonly name: string;
  /** By their own names: Array or ArrayOfVector. */
  readonly fields: ReadonlyMap<string, ResolvedField>;
}

/** What a filter may be: a server of Milvus 3.0 says yes to all of it, one of 2.6 no. */
export interface Dialect {
  /** `true` and `false` are filters, and may stand in larger ones. */
  readonly truthValues: boolean;
  /** `null` is told to be no value; else it is looked for among the fields. */
  readonly nullIsNoName: boolean;
}

export interface Scope {
  /** Default: neither. */
  readonly dialect?: Dialect;
  /** A declared field by name, or `$meta`. */
  resolve(name: string): ResolvedField | undefined;
  /** A struct array by name. */
  struct?(name: string): ResolvedStruct | undefined;
  /** The dynamic field, when the collection has one: names that are not declared are its keys. */
  readonly dynamicField: ResolvedField | undefined;
  /** IANA or offset time zone for timestamps without offset; default UTC. */
  readonly timeZone?: string;
  /** JSON paths with an index (`["a","b"]` of a column): their literals are written into the SQL text so that the index is used. */
  readonly indexedPaths?: readonly {
    readonly column: string;
    readonly path: readonly string[];
    readonly castType: string;
  }[];
}
