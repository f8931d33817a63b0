import { failure } from "../../errors.js";
import { parameterText } from "../../values/json-number.js";
import { type DataType, DataTypeNumber, type ElementType, isVectorType, type VectorType } from "./data-type.js";
import { convertDefaultValue } from "./default-value.js";
import {
  MAX_ARRAY_CAPACITY,
  MAX_DIMENSION,
  MAX_FIELDS,
  MAX_VARCHAR_LENGTH_BYTES,
  MAX_VECTOR_FIELDS,
  MIN_DIMENSION,
} from "./limits.js";
import type { FieldSchema } from "./schema.js";
import { checkFieldName } from "./validate-names.js";

/** A field of a definition that has no id yet. */
export type NewField = Omit<FieldSchema, "id">;

/** One field as a request defines it; everything but the name and the type may be absent. */
export interface FieldDefinition {
  readonly fieldName?: string;
  /** Case-sensitive: `Int64`, `VarChar`, `FloatVector`, ... */
  readonly dataType?: string;
  /** What an Array holds. */
  readonly elementDataType?: string;
  readonly description?: string;
  readonly isPrimary?: boolean;
  readonly autoID?: boolean;
  readonly isPartitionKey?: boolean;
  readonly isClusteringKey?: boolean;
  readonly nullable?: boolean;
  readonly defaultValue?: unknown;
  /** `dim`, `max_length`, `max_capacity`, `enable_match`, ...: numbers or strings. */
  readonly elementTypeParams?: Readonly<Record<string, unknown>>;
}

const supportedTypes: ReadonlySet<string> = new Set<DataType>([
  "Bool",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "Float",
  "Double",
  "VarChar",
  "JSON",
  "Array",
  "FloatVector",
  "Timestamptz",
  "Geometry",
]);

/** Names that Milvus knows beside those of `DataTypeNumber`. */
const otherTypes: ReadonlySet<string> = new Set(["Text", "ArrayOfStruct", "ArrayOfVector", "Struct"]);

const elementTypes: ReadonlySet<string> = new Set<ElementType>([
  "Bool",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "Float",
  "Double",
  "VarChar",
]);

/** A plain object of parameters with every value as text. */
export function parameterTexts(params: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const given = Object.entries(params ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, parameterText(value)]));
}

function readDataType(name: string): DataType {
  if (name === "String") {
    throw failure("StringTypeDeclared");
  }
  if (supportedTypes.has(name)) return name as DataType;
  if (Object.hasOwn(DataTypeNumber, name) || otherTypes.has(name)) {
    throw failure("Unsupported", { what: `data type ${name} is not supported by the embedded engine` });
  }
  throw failure("DataTypeInvalid", { what: "data type", dataType: name });
}

function readElementType(name: string): ElementType {
  if (!elementTypes.has(name)) throw failure("DataTypeInvalid", { what: "element data type", dataType: name });
  return name as ElementType;
}

/**
 * Reads one field of a request: types, default value and parameters. What depends on the rest of the schema is left
 * to `validateSchema`.
 *
 * @param schemaAutoId `schema.autoID`, which speaks of the primary field
 * @throws DataTypeInvalid, Unsupported, StringTypeDeclared, and the errors of `convertDefaultValue`
 */
export function readField(definition: FieldDefinition, schemaAutoId = false): NewField {
  const type = readDataType(definition.dataType ?? "");
  const primaryKey = definition.isPrimary ?? false;
  const { defaultValue } = definition;
  const hasDefault = defaultValue !== undefined && defaultValue !== null;
  return {
    name: (definition.fieldName ?? "").trim(),
    type,
    description: definition.description ?? "",
    primaryKey,
    autoId: (definition.autoID ?? false) || (primaryKey && schemaAutoId),
    partitionKey: definition.isPartitionKey ?? false,
    clusteringKey: definition.isClusteringKey ?? false,
    nullable: definition.nullable ?? false,
    ...(type === "Array" ? { elementType: readElementType(definition.elementDataType ?? "") } : {}),
    ...(hasDefault ? { defaultValue: convertDefaultValue(type, defaultValue) } : {}),
    params: parameterTexts(definition.elementTypeParams),
  };
}

/**
 * Checks the fields of a new collection in the server's order.
 *
 * @param collection its name, for messages
 * @throws FieldLimit, VectorFieldLimit, FieldRepeated, the kinds about keys, and the errors of `validateField`
 */
export function validateSchema(collection: string, fields: readonly NewField[]): void {
  if (fields.length > MAX_FIELDS) throw failure("FieldLimit", { limit: MAX_FIELDS });
  const vectors = fields.filter((f) => isVectorType(f.type));
  if (vectors.length > MAX_VECTOR_FIELDS) {
    throw failure("VectorFieldLimit", { limit: MAX_VECTOR_FIELDS });
  }
  if (vectors.length === 0) throw failure("InvalidParameter", { text: "schema does not contain vector field" });
  checkDuplicates(fields);
  checkPrimaryKey(fields);
  checkAutoId(fields);
  checkPartitionKey(fields);
  for (const [position, field] of fields.entries()) validateField(collection, field, 100 + position);
}

/**
 * Checks one field by itself: name, parameters, null and default.
 *
 * @param collection name of its collection, for messages
 * @param fieldId the id it has or will get, for messages
 * @throws FieldNameInvalid, InvalidParameter, ParameterMismatch, and the kinds about dimension, length and capacity
 */
export function validateField(collection: string, field: NewField, fieldId: number): void {
  checkFieldName(field.name);
  if (isVectorType(field.type)) checkDimension(field.name, field.type, field.params["dim"], fieldId);
  if (field.type === "VarChar" || field.elementType === "VarChar") checkMaxLength(collection, field);
  if (field.type === "Array") checkMaxCapacity(collection, field);
  checkNullAndDefault(field);
}

function checkDuplicates(fields: readonly NewField[]): void {
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name)) throw failure("FieldRepeated", { field: name });
    names.add(name);
  }
}

function checkPrimaryKey(fields: readonly NewField[]): void {
  const [first, second] = fields.filter((f) => f.primaryKey);
  if (first === undefined) throw failure("PrimaryKeyMissing");
  if (second !== undefined) {
    throw failure("PrimaryKeyRepeated", { fields: [first.name, second.name] });
  }
  if (first.type !== "Int64" && first.type !== "VarChar") {
    throw failure("PrimaryKeyType");
  }
}

function checkAutoId(fields: readonly NewField[]): void {
  const wrong = fields.find((f) => f.autoId && !f.primaryKey);
  if (wrong !== undefined) throw failure("AutoIdNotPrimary", { field: wrong.name });
}

function checkPartitionKey(fields: readonly NewField[]): void {
  const [key, second] = fields.filter((f) => f.partitionKey);
  if (key === undefined) return;
  if (second !== undefined) {
    throw failure("PartitionKeyRepeated", { fields: [key.name, second.name] });
  }
  if (key.primaryKey) throw failure("PartitionKeyIsPrimary");
  if (key.type !== "Int64" && key.type !== "VarChar") {
    throw failure("PartitionKeyType");
  }
  if (key.nullable) throw failure("InvalidParameter", { text: "partition key field not support nullable" });
}

const vectorNames: Readonly<Record<VectorType, string>> = {
  FloatVector: "float vector",
  BinaryVector: "binary vector",
  Float16Vector: "float16 vector",
  BFloat16Vector: "bfloat16 vector",
  Int8Vector: "int8 vector",
  SparseFloatVector: "sparse vector",
};

/**
 * Checks the dimension of a vector field.
 *
 * @param given the parameter `dim` as text
 * @throws DimensionMissing, DimensionInvalid, DimensionTooLarge, DimensionNotInBytes, DimensionOnSparse
 */
export function checkDimension(field: string, type: VectorType, given: string | undefined, fieldId: number): void {
  if (type === "SparseFloatVector") {
    if (given !== undefined) throw failure("DimensionOnSparse", { field, fieldId });
    return;
  }
  if (given === undefined) {
    throw failure("DimensionMissing", { field });
  }
  const dimension = readInteger(given);
  if (dimension === undefined || dimension < MIN_DIMENSION)
    throw failure("DimensionInvalid", { dimension: given, min: MIN_DIMENSION, max: MAX_DIMENSION });
  const max = type === "BinaryVector" ? MAX_DIMENSION * 8 : MAX_DIMENSION;
  if (type === "BinaryVector") {
    if (dimension % 8 !== 0) {
      throw failure("DimensionNotInBytes", { field, dimension: given });
    }
  }
  if (dimension > max) {
    const vectors = vectorNames[type];
    throw failure("DimensionTooLarge", { field, dimension: given, vectors, min: MIN_DIMENSION, max });
  }
}

/** A decimal integer in the safe range, else undefined. */
export function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Checks `max_length` of a VarChar field, or of an Array of VarChar.
 *
 * @throws MaxLengthMissing when it is absent, InvalidParameter when it is out of range
 */
export function checkMaxLength(collection: string, field: Pick<NewField, "name" | "params">): void {
  const given = field.params["max_length"];
  if (given === undefined) {
    throw failure("MaxLengthMissing", { field: field.name, collection });
  }
  const length = readInteger(given);
  if (length === undefined) {
    throw failure("InvalidParameter", { text: `the value for max_length of field ${field.name} must be an integer` });
  }
  if (length < 1 || length > MAX_VARCHAR_LENGTH_BYTES) {
    throw failure("InvalidParameter", {
      text: `the maximum length specified for a VarChar field(${field.name}) should be in (0, ${MAX_VARCHAR_LENGTH_BYTES}], but got ${given} instead`,
    });
  }
}

/**
 * Checks `max_capacity` of an Array field.
 *
 * @throws MaxCapacityMissing, MaxCapacityOutOfRange, InvalidParameter
 */
export function checkMaxCapacity(collection: string, field: Pick<NewField, "name" | "params">): void {
  const given = field.params["max_capacity"];
  if (given === undefined) {
    throw failure("MaxCapacityMissing", { field: field.name, collection });
  }
  const capacity = readInteger(given);
  if (capacity === undefined) {
    throw failure("InvalidParameter", { text: `the value for max_capacity of field ${field.name} must be an integer` });
  }
  if (capacity < 1 || capacity > MAX_ARRAY_CAPACITY) {
    throw failure("MaxCapacityOutOfRange", { limit: MAX_ARRAY_CAPACITY });
  }
}

function checkNullAndDefault(field: NewField): void {
  if (field.nullable && field.primaryKey) {
    throw failure("InvalidParameter", { text: "primary field not support null" });
  }
  if (field.nullable && isVectorType(field.type)) {
    throw failure("InvalidParameter", { text: `vector type not support null, type:${field.type}, name:${field.name}` });
  }
  if (field.defaultValue === undefined) return;
  if (field.primaryKey) throw failure("InvalidParameter", { text: "primary field not support default_value" });
  if (field.type === "VarChar") {
    const bytes = Buffer.byteLength(String(field.defaultValue));
    const max = Number(field.params["max_length"]);
    if (bytes > max) {
      throw failure("ParameterMismatch", {
        text: `the length (${bytes}) of string exceeds max length (${max})`,
        expected: "valid length string",
        actual: "string length exceeds max length",
      });
    }
  }
}
