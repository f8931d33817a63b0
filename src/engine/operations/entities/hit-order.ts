import { invalidParameter } from "../../../errors.js";
import { parsePath } from "../../../expr/index.js";
import type { SearchRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../../model/schema.js";
import { mayBe } from "../../model/types/table.js";
import type { SortKey } from "../../query/chain/sort.js";
import { dynamicKey, fieldKey, type GroupKey, jsonKey } from "../../query/group-key.js";
import type { Grouping } from "../../query/search-plan.js";
import { firstOfEach, readSortItems } from "../../query/sort-items.js";
import { listParam } from "./search-params.js";

/** Hits are sorted by: all values of all keys are read, which has no end where paths are made up. */
const MOST_KEYS = 64;

/**
 * `orderByFields` of a search: fields, paths into JSON fields (`meta["a"]["b"]`) and dynamic keys. Undefined when there are none.
 *
 * @throws InvalidParameter
 */
export function readHitOrder(
  { schema }: Collection,
  request: SearchRequest,
  grouping: Grouping | undefined,
): readonly SortKey[] | undefined {
  const items = orderItems(request);
  if (items.length === 0) return undefined;
  const asked = firstOfEach(readSortItems(items, "expected"), ({ spec }) => spec);
  if (asked.length > MOST_KEYS) throw invalidParameter(`order_by names more than ${MOST_KEYS} fields and paths`);
  const order = asked.map(({ spec, descending, nullsFirst }): SortKey => {
    const field = fieldByName(schema, spec);
    if (field !== undefined) return { by: sortableField(field), descending, nullsFirst };
    return { by: pathKey(schema, spec), json: true, descending, nullsFirst };
  });
  if (order.length === 0) return undefined;
  if (grouping !== undefined && grouping.by.length > 1) {
    throw invalidParameter("order_by_fields is not supported with multi-field group_by_fields");
  }
  const { functionScore, functionChains = [] } = request;
  if ((functionScore?.functions?.length ?? 0) > 0 || functionChains.length > 0) {
    throw invalidParameter(
      "order_by and function rerank cannot be used together: they specify conflicting sort criteria",
    );
  }
  return order;
}

/** Given in one of two places. */
function orderItems({ orderByFields = [], searchParams }: SearchRequest): readonly string[] {
  const texts = listParam(searchParams, "order_by_fields");
  if (texts.length === 0) return orderByFields;
  if (orderByFields.length > 0) {
    throw invalidParameter("ambiguous order by: use either orderByFields or searchParams.order_by_fields, not both");
  }
  return texts;
}

function sortableField(field: FieldSchema): GroupKey {
  if (mayBe("sort", field.type)) return fieldKey(field);
  throw invalidParameter(
    `order_by field '${field.name}' has unsortable type ${field.type}; supported types: bool, int8/16/32/64, float, double, string, varchar; for JSON fields use path syntax like field["key"]`,
  );
}

/** A path into a JSON field, or a dynamic key. */
function pathKey(schema: Collection["schema"], spec: string): GroupKey {
  const bracket = spec.indexOf("[");
  const name = bracket < 0 ? spec : spec.slice(0, bracket).trim();
  const field = fieldByName(schema, name);
  if (field !== undefined && field.type !== "JSON") {
    throw invalidParameter(`order_by field '${name}' has brackets but is not a JSON type`);
  }
  if (field === undefined && !schema.dynamic) {
    throw invalidParameter(
      bracket < 0
        ? `order_by field '${spec}' does not exist in collection schema`
        : `order_by field '${name}' not found in schema and no dynamic field available`,
    );
  }
  const path = parsePath(spec);
  if (path === undefined || (path.name === DYNAMIC_FIELD && path.steps.length === 0)) {
    throw invalidParameter(`invalid JSON path in order_by field '${spec}': it names nothing`);
  }
  if (field !== undefined) return jsonKey(spec, field, path.steps);
  return dynamicKey(spec, path.name === DYNAMIC_FIELD ? path.steps : [{ kind: "key", text: path.name }, ...path.steps]);
}
