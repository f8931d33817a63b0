/** Field types by the spelling of the REST API (case-sensitive) with the numbers of the wire protocol. */
export const DataTypeNumber = {
  Bool: 1,
  Int8: 2,
  Int16: 3,
  Int32: 4,
  Int64: 5,
  Float: 10,
  Double: 11,
  VarChar: 21,
  Array: 22,
  JSON: 23,
  Geometry: 24,
  Timestamptz: 26,
  BinaryVector: 100,
  FloatVector: 101,
  Float16Vector: 102,
  BFloat16Vector: 103,
  SparseFloatVector: 104,
  Int8Vector: 105,
} as const;

export type DataType = keyof typeof DataTypeNumber;
export type VectorType = Extract<DataType, `${string}Vector`>;
/** What an Array field may hold. */
export type ElementType = "Bool" | "Int8" | "Int16" | "Int32" | "Int64" | "Float" | "Double" | "VarChar";

export function isVectorType(type: DataType): type is VectorType {
  return type.endsWith("Vector");
}

export function isIntegerType(type: DataType): type is "Int8" | "Int16" | "Int32" | "Int64" {
  return type === "Int8" || type === "Int16" || type === "Int32" || type === "Int64";
}
