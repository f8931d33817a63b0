import { failure, invalidParameter } from "../../../errors.js";
import { isPlainObject } from "../../../values/js-value.js";
import type { FieldChange, UpsertRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { type FieldSchema, fieldByName } from "../../model/schema.js";
import { splitSubField, structByName } from "../../model/structs.js";
import type { ArrayChange, ArrayChanges } from "../../write/array-changes.js";
import type { Entities } from "../../write/write-path.js";

/**
 * What `fieldOps` of an upsert asks for, but for what is replaced as in any upsert.
 *
 * @throws InvalidParameter
 */
export function readFieldChanges(
  collection: Collection,
  given: UpsertRequest["fieldOps"],
  entities: Entities,
): ArrayChanges {
  const changes = new Map<string, ArrayChange>();
  const seen = new Set<string>();
  for (const { fieldName: name = "", op = "" } of listed(given)) {
    const change = op.trim().toUpperCase();
    if (name === "") throw failure("MissingParameter", { text: "FieldPartialUpdateOp.field_name is required" });
    if (seen.has(name)) throw invalidParameter(`duplicate partial-update op for field "${name}"`);
    seen.add(name);
    if (change === "REPLACE") continue;
    if (change !== "ARRAY_APPEND" && change !== "ARRAY_REMOVE")
      throw invalidParameter(`unsupported partial update op: ${op}`);
    if (structByName(collection.schema, name) !== undefined || splitSubField(name) !== undefined) {
      throw invalidParameter(`op ${change} is not supported for struct field "${name}"`);
    }
    checkField(fieldByName(collection.schema, name), name, change, entities);
    changes.set(name, change);
  }
  return changes;
}

/** In either form: a list, or operations by the names of their fields. */
function listed(given: unknown): readonly FieldChange[] {
  if (given === undefined) return [];
  const named = typeof given === "object" && given !== null && !Array.isArray(given) && isPlainObject(given);
  const list: unknown = named
    ? Object.entries(given).map(([fieldName, op]) => ({ fieldName, op: op as unknown }))
    : given;
  if (Array.isArray(list) && list.every(isFieldChange)) return list;
  throw invalidParameter('fieldOps must be a list of { fieldName, op }, or an object like { "tags": "array_append" }');
}

function isFieldChange(value: unknown): value is FieldChange {
  if (typeof value !== "object" || value === null) return false;
  const { fieldName = "", op = "", ...others } = value as Record<string, unknown>;
  return typeof fieldName === "string" && typeof op === "string" && Object.keys(others).length === 0;
}

function checkField(field: FieldSchema | undefined, name: string, change: ArrayChange, entities: Entities): void {
  if (field === undefined) throw invalidParameter(`field "${name}" not found in collection schema`);
  if (field.primaryKey)
    throw invalidParameter(`field "${name}" is the primary key and cannot carry a partial-update op`);
  if (field.type !== "Array")
    throw invalidParameter(`op ${change} requires Array field, but field "${name}" is ${field.type}`);
  if ("rows" in entities) {
    if (entities.rows.some((row) => typeof row === "object" && row !== null && Object.hasOwn(row, name))) return;
  } else {
    const column = entities.columns.columns.find((known) => known.name === name);
    const elementType = column?.elementType ?? field.elementType;
    if (elementType !== field.elementType) {
      throw invalidParameter(
        `field "${name}" expects element type ${field.elementType} but request provides ${elementType}`,
      );
    }
    if (column !== undefined) return;
  }
  throw invalidParameter(`partial-update op targets field "${name}" not present in fields_data`);
}
