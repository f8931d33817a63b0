import { failure, invalidParameter } from "../../errors.js";
import type { DenseVectorType } from "./data-type.js";
import { parameterTexts } from "./parameter-texts.js";
import type { ServerTraits } from "./server-version.js";
import { type StructSchema, subFieldName } from "./structs.js";
import { ELEMENT_TYPES } from "./types/array.js";
import { isListElement, typeNumber } from "./types/table.js";
import type { FieldDefinition, NewField } from "./validate-fields.js";
import { checkFieldName } from "./validate-names.js";

/** What a field may be that has no place in a struct. */
type Roles = Pick<FieldDefinition, "isPrimary" | "autoID" | "isPartitionKey" | "isClusteringKey" | "defaultValue">;

/** One struct as a request defines it; what it names of the roles is refused. */
export interface StructDefinition extends Roles {
  readonly fieldName?: string;
  /** Where it says so: `ArrayOfStruct`, or `Array` with the element type `Struct`. */
  readonly dataType?: string;
  readonly elementDataType?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  /** `max_capacity`; under either name, or with each field. */
  readonly typeParams?: Readonly<Record<string, unknown>>;
  readonly elementTypeParams?: Readonly<Record<string, unknown>>;
  readonly fields?: readonly FieldDefinition[];
}

/** A struct without ids. */
export interface NewStruct extends Omit<StructSchema, "id"> {
  /** By their full names. */
  readonly fields: readonly NewField[];
}

/**
 * Reads one struct of a request, all but what each type says of its parameters.
 *
 * @throws InvalidParameter, ElementTypeUnsupported, FieldNameInvalid
 */
export function readStruct(definition: StructDefinition, server: ServerTraits): NewStruct {
  const name = checkFieldName(definition.fieldName ?? "");
  refuseRole(name, definition);
  const nullable = definition.nullable ?? false;
  const params = parameterTexts({ ...definition.elementTypeParams, ...definition.typeParams });
  const definitions = definition.fields ?? [];
  if (definitions.length === 0) throw invalidParameter(`struct field ${name} must contain at least one sub-field`);
  const fields = definitions.map((field) => readSubField(name, field));
  for (const field of definitions) if (!nullable && field.nullable === true) throw nullableAlone(name, field, server);
  const capacity = capacityOf(name, [params, ...fields.map((field) => field.params)]);
  return {
    name,
    description: definition.description ?? "",
    nullable,
    params,
    fields: fields.map((field) => ({
      ...field,
      nullable,
      params: { ...field.params, ...(capacity === undefined ? {} : { max_capacity: capacity }) },
    })),
  };
}

function readSubField(struct: string, definition: FieldDefinition): NewField {
  const name = checkFieldName(definition.fieldName ?? "");
  refuseRole(name, definition);
  return {
    name: subFieldName(struct, name),
    ...readType(name, definition),
    description: definition.description ?? "",
    primaryKey: false,
    autoId: false,
    partitionKey: false,
    clusteringKey: false,
    nullable: false,
    params: parameterTexts(definition.elementTypeParams),
  };
}

/** Declared as a list of something, or as that something. */
function readType(
  name: string,
  definition: FieldDefinition,
): Pick<NewField, "type"> & { elementType: NonNullable<NewField["elementType"]> } {
  const { dataType = "", elementDataType = "" } = definition;
  const listed = dataType === "Array" || dataType === "ArrayOfVector";
  const element = listed ? elementDataType : dataType;
  if (dataType !== "Array" && isListElement(element))
    return { type: "ArrayOfVector", elementType: element as DenseVectorType };
  if (dataType === "ArrayOfVector" || element.endsWith("Vector")) {
    throw invalidParameter(
      `unsupported element type ${element} of ArrayOfVector field ${name}, only fixed dimension vector types are supported`,
    );
  }
  if (Object.hasOwn(ELEMENT_TYPES, element))
    return { type: "Array", elementType: element as keyof typeof ELEMENT_TYPES };
  if (typeNumber(element) === undefined) throw failure("DataTypeInvalid", { what: "data type", dataType: element });
  throw failure("ElementTypeUnsupported", { elementType: element });
}

function refuseRole(name: string, definition: Roles): void {
  const { isPrimary, autoID, isPartitionKey, isClusteringKey, defaultValue } = definition;
  const roles: readonly (readonly [string, boolean])[] = [
    ["primary key", isPrimary === true],
    ["autoID", autoID === true],
    ["partition key", isPartitionKey === true],
    ["clustering key", isClusteringKey === true],
    ["default value", defaultValue !== undefined && defaultValue !== null],
  ];
  const role = roles.find(([, has]) => has);
  if (role !== undefined) throw invalidParameter(`${role[0]} is not supported for struct field, field name = ${name}`);
}

function nullableAlone(struct: string, { fieldName = "" }: FieldDefinition, server: ServerTraits): Error {
  return invalidParameter(
    server.nullableStructs
      ? `sub-field in non-nullable struct cannot be nullable individually, set nullable on the struct instead: structName=${struct}, subFieldName=${fieldName}`
      : `nullable is not supported for fields in struct array now, fieldName = ${fieldName}`,
  );
}

/** One for the struct and all of its fields, told in any place. */
function capacityOf(struct: string, places: readonly Readonly<Record<string, string>>[]): string | undefined {
  const told = places.map((params) => params["max_capacity"]).filter((capacity) => capacity !== undefined);
  const [first] = told;
  const other = told.find((capacity) => capacity !== first);
  if (other !== undefined) {
    throw invalidParameter(`max_capacity of struct array field ${struct} is given as ${first} and as ${other}`);
  }
  return first;
}
