import { failure } from "../../../errors.js";
import type { DataType, DenseVectorType, ElementType, ItemType, ScalarType, VectorType } from "../data-type.js";
import { array, ELEMENT_TYPES } from "./array.js";
import { arrayOfVector, comparisonOfLists } from "./array-of-vector.js";
import { binaryVector } from "./binary-vector.js";
import type {
  Comparison,
  DenseFieldType,
  FieldType,
  QueryUse,
  ScalarFieldType,
  TypedField,
  VectorFieldType,
} from "./field-type.js";
import { floatVector } from "./float-vector.js";
import { geometry } from "./geometry.js";
import { bfloat16Vector, float16Vector } from "./half-vectors.js";
import { int8Vector } from "./int8-vector.js";
import { json } from "./json.js";
import { sparseFloatVector } from "./sparse-float-vector.js";
import { text } from "./text.js";
import { timestamptz } from "./timestamptz.js";

const SCALAR_TYPES: Readonly<Record<ScalarType, ScalarFieldType>> = {
  ...ELEMENT_TYPES,
  Array: array,
  JSON: json,
  Geometry: geometry,
  Timestamptz: timestamptz,
  Text: text,
};

const DENSE_TYPES: Readonly<Record<DenseVectorType, DenseFieldType>> = {
  BinaryVector: binaryVector,
  FloatVector: floatVector,
  Float16Vector: float16Vector,
  BFloat16Vector: bfloat16Vector,
  Int8Vector: int8Vector,
};

const VECTOR_TYPES: Readonly<Record<VectorType, VectorFieldType>> = {
  ...DENSE_TYPES,
  SparseFloatVector: sparseFloatVector,
  ArrayOfVector: arrayOfVector(DENSE_TYPES),
};

/**
 * THE table of field types, by name.
 *
 * What a value becomes, whoever sends it (JSON has fewer kinds than JavaScript, and each means the same there). What is not
 * named is refused: BadRow (1804), lengths and NaN in vectors 1100. The same table as a test:
 * `test/engine/javascript-values.test.ts`.
 *
 * | value                          | becomes                                                                                |
 * | ------------------------------ | -------------------------------------------------------------------------------------- |
 * | null, undefined                | the default, else null, in every column; a dynamic key is left out                      |
 * | boolean                        | Bool; VarChar its text; JSON                                                           |
 * | number                         | Float and Double; Int when it is a safe integer in range; VarChar its text; JSON, where an |
 * |                                | integer beyond the safe range is a double. Never NaN, never infinite                   |
 * | bigint                         | the same, exact; JSON up to 400 digits                                                  |
 * | Number object (`1.0` of a body) | Float, Double, VarChar, JSON as a double; never an Int                                 |
 * | string                         | VarChar, JSON; Bool, Int, Float and Double when it says one; Timestamptz; Geometry. A lone   |
 * |                                | surrogate becomes U+FFFD                                                               |
 * | array, typed array             | vectors, Array, JSON. Holes and undefined are null: JSON keeps them, the others refuse   |
 * | Date                           | Timestamptz; JSON its ISO text. Never an invalid one                                   |
 * | object with `toJSON`           | what that gives                                                                        |
 * | other plain object             | JSON: its own enumerable keys, undefined ones left out                                  |
 * | Map, Set, DataView, function, symbol, Error, ... | nothing                                                               |
 *
 * The realm of a value does not matter. A getter or a Proxy that throws refuses its row.
 */
export const FIELD_TYPES: Readonly<Record<DataType, FieldType>> = { ...SCALAR_TYPES, ...VECTOR_TYPES };

/** Names that Milvus knows and no field here can have, with their numbers in the wire protocol. */
const OTHER_TYPES: Readonly<Record<string, number>> = {
  String: 20,
  ArrayOfStruct: 200,
  Struct: 201,
};

/** Types of 3.0 that are only announced: its servers refuse them too. */
const COMING_TYPES: Readonly<Record<string, number>> = { Mol: 27, Date: 28, Time: 29, Decimal: 30 };

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...Object.values(FIELD_TYPES).map((type): [string, number] => [type.name, type.number]),
  ...Object.entries(OTHER_TYPES),
  ...Object.entries(COMING_TYPES),
]);
const NAMES: ReadonlyMap<number, string> = new Map([...NUMBERS].map(([name, number]) => [number, name]));

/** The name of a type in the wire protocol; undefined for a number that Milvus does not know. */
export function typeName(number: number): string | undefined {
  return NAMES.get(number);
}

/** The number of a type in the wire protocol; undefined for a name that Milvus does not know. */
export function typeNumber(name: string): number | undefined {
  return NUMBERS.get(name);
}

/**
 * The type of a field from the name in its definition.
 *
 * @throws StringTypeDeclared, InvalidParameter for a type that is only announced, Unsupported for one that the engine does not
 * serve, DataTypeInvalid for no type at all
 */
export function readDataType(name: string): DataType {
  if (name === "String") throw failure("StringTypeDeclared");
  const type = Object.hasOwn(FIELD_TYPES, name) ? FIELD_TYPES[name as DataType] : undefined;
  if (type !== undefined && (type.family === "scalar" || type.served)) return type.name;
  if (Object.hasOwn(COMING_TYPES, name)) {
    throw failure("InvalidParameter", { text: `field data type: ${name} is not supported` });
  }
  if (NUMBERS.has(name)) {
    throw failure("Unsupported", { what: `data type ${name} is not supported by the embedded engine` });
  }
  throw failure("DataTypeInvalid", { what: "data type", dataType: name });
}

/** Whether a field of a struct may be a list of vectors of a type. */
export function isListElement(name: string): name is DenseVectorType {
  return Object.hasOwn(DENSE_TYPES, name);
}

/** @throws DataTypeInvalid */
export function readElementType(name: string): ElementType {
  if (Object.hasOwn(ELEMENT_TYPES, name)) return name as ElementType;
  throw failure("DataTypeInvalid", { what: "element data type", dataType: name });
}

/** The row of a type that is known to be scalar. */
export function scalarType(type: DataType): ScalarFieldType {
  const row = FIELD_TYPES[type];
  if (row.family !== "scalar") throw new Error(`${type} is no scalar type`);
  return row;
}

/** The row of a vector type. */
export function vectorType(type: DataType): VectorFieldType {
  const row = FIELD_TYPES[type];
  if (row.family === "scalar") throw new Error(`${type} is no vector type`);
  return row;
}

/** The row of a vector type that is known to be dense. */
export function denseType(type: ItemType | DataType): DenseFieldType {
  const row = FIELD_TYPES[type];
  if (row.family !== "dense") throw new Error(`${type} is no dense vector type`);
  return row;
}

/** Whether a query may do that with the values of a type. */
export function mayBe(use: QueryUse, type: DataType): boolean {
  const row = FIELD_TYPES[type];
  return row.family === "scalar" && row.queries.includes(use);
}

/** What the vectors of a field are compared by, and what indexes it can have. */
export function comparisonOf(field: TypedField): Comparison & Pick<FieldType, "indexTypes"> {
  const row = vectorType(field.type);
  if (row.family !== "list") return row;
  const element = elementOfList(field);
  return { ...comparisonOfLists(element), indexTypes: element.indexTypes };
}

/** The row of what a list of vectors holds. */
export function elementOfList({ elementType }: Pick<TypedField, "elementType">): DenseFieldType {
  return denseType(elementType as DenseVectorType);
}
