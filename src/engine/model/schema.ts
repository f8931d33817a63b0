import type { DataType, ItemType } from "./data-type.js";
import type { FunctionSchema } from "./functions.js";
import type { StructSchema } from "./structs.js";
import type { StoredScalar } from "./types/field-type.js";
import { elementOfList, vectorType } from "./types/table.js";

/** A primary key as the engine handles it; int64 keys are always bigint inside. */
export type PrimaryKey = bigint | string;

export interface FieldSchema {
  /** 100 and up in schema order; never reused in a collection. The column of the field is `f_<id>`. */
  readonly id: number;
  readonly name: string;
  readonly type: DataType;
  readonly description: string;
  readonly primaryKey: boolean;
  readonly autoId: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly nullable: boolean;
  /** Array and ArrayOfVector fields only. */
  readonly elementType?: ItemType;
  readonly defaultValue?: StoredScalar;
  /** Type parameters as given, every value a string: `dim`, `max_length`, `max_capacity`, `enable_match`, ... */
  readonly params: Readonly<Record<string, string>>;
}

export interface CollectionSchema {
  /** The fields of structs among them, each as a list with one value per element: see `structs.ts`. */
  readonly fields: readonly FieldSchema[];
  /** What groups some of the fields. */
  readonly structs: readonly StructSchema[];
  /** What computes some of the fields. */
  readonly functions: readonly FunctionSchema[];
  /** Unknown keys of a row are kept as JSON in the hidden column `meta`. */
  readonly dynamic: boolean;
}

/** The hidden dynamic field as filters and output fields name it. */
export const DYNAMIC_FIELD = "$meta";

export function primaryField(schema: CollectionSchema): FieldSchema {
  const field = schema.fields.find((f) => f.primaryKey);
  if (field === undefined) throw new Error("schema without primary key");
  return field;
}

export function fieldByName(schema: CollectionSchema, name: string): FieldSchema | undefined {
  return schema.fields.find((f) => f.name === name);
}

/** What one vector of a field takes, stored and in memory; 0 where they differ. */
export function bytesPerVector(field: FieldSchema): number {
  const type = vectorType(field.type);
  return type.family === "dense" ? type.bytesPerVector(dimensionOf(field)) : 0;
}

/** What one vector takes of a field that holds lists of them. */
export function bytesPerElement(field: FieldSchema): number {
  return elementOfList(field).bytesPerVector(dimensionOf(field));
}

/** The dimension of a dense vector field; 0 of a sparse one. */
export function dimensionOf(field: FieldSchema): number {
  return Number(field.params["dim"] ?? 0);
}
