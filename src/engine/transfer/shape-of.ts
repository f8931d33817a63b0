import type { FileField, FileShape } from "../../files/file-shape.js";
import type { Collection } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import { dimensionOf, type FieldSchema } from "../model/schema.js";
import { splitSubField } from "../model/structs.js";
import { isOn } from "../model/types/parameters.js";
import { ALLOW_INSERT_AUTO_ID_PROPERTY } from "../model/validate-properties.js";
import { outputMayBeGiven } from "../write/function-outputs.js";

/** What the rows of a collection look like in a file. */
export function shapeOf(collection: Collection): FileShape {
  const { schema } = collection;
  return {
    fields: schema.fields.map((field) => fieldOf(collection, field)),
    structs: schema.structs.map(({ name }) => name),
    dynamic: schema.dynamic,
  };
}

/** What computes a field. */
export function computing({ schema }: Collection, field: FieldSchema): FunctionSchema | undefined {
  return schema.functions.find(({ outputFieldNames }) => outputFieldNames.includes(field.name));
}

function fieldOf(collection: Collection, field: FieldSchema): FileField {
  const { name, type, elementType, params, primaryKey, autoId, nullable, defaultValue } = field;
  const part = splitSubField(name);
  const refusal = refusalOf(collection, field);
  return {
    name,
    type,
    params,
    ...(elementType === undefined ? {} : { elementType }),
    ...(params["dim"] === undefined ? {} : { dimension: dimensionOf(field) }),
    ...(part === undefined ? {} : { part: { struct: part.struct, name: part.field } }),
    ...(refusal === undefined ? {} : { refusal }),
    optional: nullable || defaultValue !== undefined,
    primaryKey,
    made: autoId || computing(collection, field) !== undefined,
  };
}

function refusalOf(collection: Collection, field: FieldSchema): string | undefined {
  const { name, autoId } = field;
  if (autoId && !isOn(collection.properties[ALLOW_INSERT_AUTO_ID_PROPERTY])) {
    return `the primary key '${name}' is auto-generated, no need to provide`;
  }
  const made = computing(collection, field);
  if (made === undefined || outputMayBeGiven(collection, made)) return undefined;
  return `not allowed to provide data for ${made.type} function output field '${name}'`;
}
