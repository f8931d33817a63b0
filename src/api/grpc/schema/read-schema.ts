import type { FunctionDefinition, SchemaRequest } from "../../../engine/contract/collections.js";
import type { StructDefinition } from "../../../engine/contract/fields.js";
import { refuseFutureMessageFields } from "../../../engine/contract/future-fields.js";
import type { RequestOf } from "../../../engine/contract/table.js";
import { typeName } from "../../../engine/model/types/table.js";
import { failure } from "../../../errors.js";
import { formatTimestamptz } from "../../../values/timestamptz.js";
import { subFieldName } from "../columns/struct-names.js";
import { recordOf } from "../handlers/parts.js";
import { FunctionType } from "../messages/enums.js";
import { decode, type Received } from "../messages/table.js";
import { MalformedMessage } from "../wire/failure.js";

type FieldRequest = RequestOf<"collections/fields/add">["schema"];

/** A definition that travels inside of a request as bytes. @throws SchemaUnreadable */
export function decodeSchema<Name extends "CollectionSchema" | "FieldSchema">(
  name: Name,
  bytes: Uint8Array,
): Received<Name> {
  try {
    return decode(name, bytes);
  } catch (error) {
    if (error instanceof MalformedMessage) throw failure("SchemaUnreadable", { detail: error.message });
    throw error;
  }
}

/** @throws Unsupported for what the engine does not have */
export function readSchema(schema: Received<"CollectionSchema">): SchemaRequest {
  refuseFutureMessageFields("collections/create", { schema });
  return {
    enableDynamicField: schema.enable_dynamic_field,
    fields: schema.fields.map(readField),
    structFields: schema.struct_array_fields.map(readStruct),
    functions: schema.functions.map(readFunction),
  };
}

/** @throws Unsupported */
export function readField(field: Received<"FieldSchema">): FieldRequest {
  refuseFutureMessageFields("collections/fields/add", { schema: field });
  // `$meta` is not for users to define: named so, it is refused by its name.
  const elementType = field.element_type === 0 ? undefined : typeOf(field.element_type);
  const defaultValue = readDefault(field.default_value);
  return {
    fieldName: field.name,
    dataType: typeOf(field.data_type),
    description: field.description,
    isPrimary: field.is_primary_key,
    autoID: field.autoID,
    isPartitionKey: field.is_partition_key,
    isClusteringKey: field.is_clustering_key,
    nullable: field.nullable,
    elementTypeParams: normalized(recordOf(field.type_params)),
    ...(elementType !== undefined && { elementDataType: elementType }),
    ...(defaultValue !== undefined && { defaultValue }),
  };
}

/** Sub-fields go by their own names, or by `struct[field]`. @throws Unsupported */
export function readStruct(struct: Received<"StructArrayFieldSchema">): StructDefinition {
  return {
    fieldName: struct.name,
    description: struct.description,
    nullable: struct.nullable,
    typeParams: recordOf(struct.type_params),
    fields: struct.fields.map((field) => ({ ...readField(field), fieldName: subFieldName(struct.name, field.name) })),
  };
}

function typeOf(number: number): string {
  return typeName(number) ?? String(number);
}

/** Python writes `True`. */
function normalized(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, /^(?:true|false)$/i.test(value) ? value.toLowerCase() : value]),
  );
}

/** The member that is set, whichever it is: the engine says whether it suits the field. */
function readDefault(value: Received<"ValueField"> | undefined): unknown {
  if (value === undefined) return undefined;
  const { timestamptz_data: micros, ...others } = value;
  if (micros !== undefined) return formatTimestamptz(BigInt(micros));
  return Object.values(others).find((member) => member !== undefined);
}

const FUNCTION_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(FunctionType).map(([name, number]) => [number, name]),
);

export function readFunction(definition: Received<"FunctionSchema">): FunctionDefinition {
  return {
    name: definition.name,
    description: definition.description,
    type: FUNCTION_NAMES[definition.type] ?? String(definition.type),
    inputFieldNames: definition.input_field_names,
    outputFieldNames: definition.output_field_names,
    params: recordOf(definition.params),
  };
}
