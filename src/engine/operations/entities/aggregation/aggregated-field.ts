import { invalidParameter } from "../../../../errors.js";
import { parsePath } from "../../../../expr/index.js";
import { type CollectionSchema, DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../../../model/schema.js";

/**
 * A declared field that an aggregation names.
 *
 * @param use of the field, for messages: `group_by field`
 * @throws InvalidParameter for JSON, for what lies inside of it or in the dynamic field, and for unknown names
 */
export function aggregatedField(schema: CollectionSchema, name: string, use: string): FieldSchema {
  const field = fieldByName(schema, name);
  if (field !== undefined && field.type !== "JSON") return field;
  const quoted = JSON.stringify(name);
  const path = parsePath(name);
  const inside = path !== undefined && fieldByName(schema, path.name)?.type === "JSON";
  const dynamic = schema.dynamic && (path !== undefined || name === DYNAMIC_FIELD);
  if (field !== undefined || inside || dynamic) {
    throw invalidParameter(`${use} ${quoted}: JSON / dynamic fields are not yet supported with search_aggregation`);
  }
  throw invalidParameter(`field ${quoted} not found in schema`);
}
