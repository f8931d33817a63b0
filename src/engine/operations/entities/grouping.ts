import { failure } from "../../../errors.js";
import type { GroupingRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { MAX_GROUP_SIZE } from "../../model/limits.js";
import { type FieldSchema, fieldByName } from "../../model/schema.js";
import { FIELD_TYPES } from "../../model/types/table.js";
import type { Grouping } from "../../query/search-plan.js";

/**
 * @param searched the vector field
 * @throws FieldNotFound, InvalidParameter for binary vectors and for a field that cannot name groups, ParameterMismatch beside a range,
 *   GroupSizeOutOfRange
 */
export function decodeGrouping(
  collection: Collection,
  request: GroupingRequest,
  searched: FieldSchema,
  radius: number | undefined,
): Grouping | undefined {
  const name = request.groupingField;
  if (name === undefined || name === "") return undefined;
  const field = fieldByName(collection.schema, name);
  if (field === undefined) {
    throw failure("FieldNotFound", { field: name, context: "groupBy field not found in schema" });
  }
  if (searched.type === "BinaryVector") {
    throw failure("InvalidParameter", {
      text: "not support search_group_by operation based on binary vector column",
    });
  }
  const type = FIELD_TYPES[field.type];
  if (type.family !== "scalar" || !type.groups) {
    throw failure("InvalidParameter", { text: `group_by field data type ${field.type} is not supported` });
  }
  if (radius !== undefined) {
    throw failure("ParameterMismatch", {
      text: "Not allowed to do range-search when doing search-group-by",
      expected: "",
      actual: "",
    });
  }
  // Zero and less: not given.
  const size = Math.max(1, request.groupSize ?? 1);
  if (size > MAX_GROUP_SIZE) throw failure("GroupSizeOutOfRange", { value: size, limit: MAX_GROUP_SIZE });
  return { field, size, strict: request.strictGroupSize === true };
}
