import { failure } from "../../../errors.js";
import { parsePath } from "../../../expr/index.js";
import type { GroupingRequest, SearchRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { MAX_GROUP_SIZE } from "../../model/limits.js";
import { DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../../model/schema.js";
import { FIELD_TYPES } from "../../model/types/table.js";
import { breadthOf, type SearchAggregation } from "../../query/aggregation/search-aggregation.js";
import { dynamicKey, fieldKey, type GroupKey, jsonKey } from "../../query/group-key.js";
import type { Grouping } from "../../query/search-plan.js";
import { listParam } from "./search-params.js";

/**
 * The grouping of a search: by a field, by what lies at a path in a JSON field, or by a dynamic key.
 *
 * @param searched the vector field
 * @throws FieldNotFound, InvalidParameter for binary vectors and for a field that cannot name groups, ParameterMismatch beside a range,
 *   GroupSizeOutOfRange
 */
export function decodeGrouping(
  collection: Collection,
  request: GroupingRequest & Pick<SearchRequest, "searchParams">,
  searched: FieldSchema,
  radius: number | undefined,
): Grouping | undefined {
  const names = groupNames(request);
  if (names.length === 0) return undefined;
  const by = names.map((name) => groupKey(collection, name, names.length > 1));
  checkGrouped(searched, radius);
  // Zero and less: not given.
  const size = Math.max(1, request.groupSize ?? 1);
  if (size > MAX_GROUP_SIZE) throw failure("GroupSizeOutOfRange", { value: size, limit: MAX_GROUP_SIZE });
  return { by, size, strict: request.strictGroupSize === true };
}

/** Hits that an aggregation looks at, once it has all of its buckets. */
const MOST_HITS = 16_384;

/** The grouping that finds what an aggregation asks for. */
export function groupingFor(
  aggregation: SearchAggregation,
  searched: FieldSchema,
  radius: number | undefined,
): Grouping {
  checkGrouped(searched, radius);
  return {
    by: aggregation.flatMap(({ keys }) => keys),
    size: breadthOf(aggregation).size,
    strict: true,
    within: MOST_HITS,
  };
}

function checkGrouped(searched: FieldSchema, radius: number | undefined): void {
  if (searched.type === "BinaryVector") {
    throw failure("InvalidParameter", {
      text: "not support search_group_by operation based on binary vector column",
    });
  }
  if (radius !== undefined) {
    throw failure("ParameterMismatch", {
      text: "Not allowed to do range-search when doing search-group-by",
      expected: "",
      actual: "",
    });
  }
}

/** One name, or several among the parameters of the search. */
export function groupNames({
  groupingField = "",
  searchParams,
}: Parameters<typeof decodeGrouping>[1]): readonly string[] {
  if (groupingField !== "") return [groupingField];
  const names = listParam(searchParams, "group_by_fields");
  return names.length === 0 ? names : [...new Set(names.map((name) => name.trim()))];
}

/**
 * Declared fields come first: a dynamic key of the same name cannot be.
 *
 * @param oneOfSeveral then it is a declared field
 */
function groupKey({ schema }: Collection, name: string, oneOfSeveral: boolean): GroupKey {
  const path = parsePath(name);
  const field = fieldByName(schema, path?.name ?? name);
  const steps = path?.steps ?? [];
  if (field !== undefined && (field.type !== "JSON" || steps.length === 0)) {
    const type = FIELD_TYPES[field.type];
    if (steps.length > 0 || type.family !== "scalar" || !type.groups) {
      throw failure("InvalidParameter", { text: `group_by field data type ${field.type} is not supported` });
    }
    return fieldKey(field);
  }
  if (oneOfSeveral && (field !== undefined || schema.dynamic)) {
    throw failure("InvalidParameter", {
      text: `group_by with json path is not supported for multi-field group_by, field:${name}`,
    });
  }
  if (field !== undefined) return jsonKey(name, field, steps);
  if (path === undefined || !schema.dynamic || (path.name === DYNAMIC_FIELD && steps.length === 0)) {
    throw failure("FieldNotFound", { field: name, context: "groupBy field not found in schema" });
  }
  return dynamicKey(name, path.name === DYNAMIC_FIELD ? steps : [{ kind: "key", text: path.name }, ...steps]);
}
