import type { IntegerType } from "../../values/int64.js";

/** The names of the field types, as the REST API spells them (case-sensitive). What each one means is its row in `types/`. */

/** What an Array field may hold. */
export type ElementType = IntegerType | "Bool" | "Float" | "Double" | "VarChar";
export type ScalarType = ElementType | "JSON" | "Array" | "Geometry" | "Timestamptz" | "Text";
/** Every vector takes the same number of bytes. */
export type DenseVectorType = "FloatVector" | "Float16Vector" | "BFloat16Vector" | "Int8Vector" | "BinaryVector";
/** Fields of structs only: as many vectors of one dense type as the struct has elements. */
export type VectorListType = "ArrayOfVector";
export type VectorType = DenseVectorType | "SparseFloatVector" | VectorListType;
/** What an Array or an ArrayOfVector holds. */
export type ItemType = ElementType | DenseVectorType;
export type DataType = ScalarType | VectorType;

/** Those that words can be searched in. */
export function isTextType(type: DataType): type is "VarChar" | "Text" {
  return type === "VarChar" || type === "Text";
}

export function isVectorType(type: DataType): type is VectorType {
  return type.endsWith("Vector");
}
