import { failure } from "../../errors.js";
import { type DataType, isVectorType } from "./data-type.js";
import { MAX_VECTOR_FIELDS } from "./limits.js";
import { parameterTexts } from "./parameter-texts.js";
import type { FieldSchema } from "./schema.js";
import { checkFieldCount, type ServerTraits } from "./server-version.js";
import { fieldCount, splitSubField, structOf } from "./structs.js";
import { strayList } from "./types/array-of-vector.js";
import { noDefault } from "./types/faults.js";
import type { StoredScalar } from "./types/field-type.js";
import { FIELD_TYPES, readDataType, readElementType } from "./types/table.js";
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

/**
 * Reads one field of a request: types, default value and parameters. What depends on the rest of the schema is left
 * to `validateSchema`.
 *
 * @param schemaAutoId `schema.autoID`, which speaks of the primary field
 * @param timeZone of the collection, for default values that are timestamps without an offset
 * @throws DataTypeInvalid, Unsupported, StringTypeDeclared, FieldNameInvalid for the name of a field of a struct, and those of
 * `readDefault`
 */
export function readField(definition: FieldDefinition, schemaAutoId = false, timeZone?: string): NewField {
  const type = readDataType(definition.dataType ?? "");
  if (type === "ArrayOfVector") throw strayList(definition.fieldName ?? "");
  const primaryKey = definition.isPrimary ?? false;
  const { defaultValue } = definition;
  const hasDefault = defaultValue !== undefined && defaultValue !== null;
  const name = (definition.fieldName ?? "").trim();
  // It would be taken for a field of a struct, which come by themselves.
  if (splitSubField(name) !== undefined) checkFieldName(name);
  return {
    name,
    type,
    description: definition.description ?? "",
    primaryKey,
    autoId: (definition.autoID ?? false) || (primaryKey && schemaAutoId),
    partitionKey: definition.isPartitionKey ?? false,
    clusteringKey: definition.isClusteringKey ?? false,
    nullable: definition.nullable ?? false,
    ...(type === "Array" ? { elementType: readElementType(definition.elementDataType ?? "") } : {}),
    ...(hasDefault ? { defaultValue: readDefault(type, defaultValue, timeZone) } : {}),
    params: parameterTexts(definition.elementTypeParams),
  };
}

function readDefault(name: DataType, value: unknown, timeZone: string | undefined): StoredScalar {
  const type = FIELD_TYPES[name];
  if (type.family !== "scalar") throw noDefault(name);
  return type.readDefault(value, timeZone);
}

/** The fields of a new collection: those of structs behind the others. */
interface NewFields {
  readonly fields: readonly NewField[];
  readonly structs: readonly { readonly name: string }[];
}

/**
 * Checks the fields of a new collection in the server's order.
 *
 * @param collection its name, for messages
 * @param server whose limits hold
 * @throws FieldLimit, VectorFieldLimit, FieldRepeated, the kinds about keys, and the errors of `validateField`
 */
export function validateSchema(collection: string, schema: NewFields, server: ServerTraits): void {
  const { fields, structs } = schema;
  checkFieldCount(fieldCount(schema), server);
  const vectors = fields.filter((f) => isVectorType(f.type));
  if (vectors.length > MAX_VECTOR_FIELDS) {
    throw failure("VectorFieldLimit", { limit: MAX_VECTOR_FIELDS });
  }
  if (vectors.length === 0) throw failure("InvalidParameter", { text: "schema does not contain vector field" });
  checkDuplicates([...fields, ...structs]);
  checkPrimaryKey(fields);
  checkAutoId(fields);
  checkPartitionKey(fields);
  checkClusteringKey(collection, fields);
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
  // The names of a struct and of its fields are looked at where they are put together.
  if (structOf(field) === undefined) checkFieldName(field.name);
  FIELD_TYPES[field.type].checkParams(field, collection, fieldId);
  checkNullAndDefault(field);
}

function checkDuplicates(fields: readonly { readonly name: string }[]): void {
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

function checkClusteringKey(collection: string, fields: readonly NewField[]): void {
  const [key, second] = fields.filter((f) => f.clusteringKey);
  if (key === undefined) return;
  if (isVectorType(key.type)) throw failure("ClusteringKeyIsVector", { collection });
  if (second !== undefined) throw failure("ClusteringKeyRepeated", { fields: [key.name, second.name] });
}

function checkNullAndDefault(field: NewField): void {
  if (field.nullable && field.primaryKey) {
    throw failure("InvalidParameter", { text: "primary field not support null" });
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
