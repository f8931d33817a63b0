import { invalidParameter } from "../../errors.js";
import { beginsAsAggregate } from "../contract/aggregate-name.js";
import { fieldColumn } from "../entities/columns.js";
import type { RowOrder } from "../entities/read-rows.js";
import { type CollectionSchema, fieldByName } from "../model/schema.js";
import { mayBe } from "../model/types/table.js";
import { firstOfEach, readSortItems, type SortItem } from "./sort-items.js";

/**
 * `orderByFields` of a query that shows rows.
 *
 * @throws InvalidParameter for what is no sortable field of the schema
 */
export function readQueryOrder(schema: CollectionSchema, items: readonly string[] | undefined): RowOrder {
  const order = readSortItems(items ?? [], "must be").map(({ spec, descending, nullsFirst }) => {
    const field = fieldByName(schema, spec);
    if (field === undefined) throw invalidParameter(`order_by field '${spec}' does not exist in collection schema`);
    if (!mayBe("sort", field.type)) {
      throw invalidParameter(`order_by field '${spec}' has type ${field.type} which is not sortable`);
    }
    const nulls = field.nullable ? { nullsFirst } : {};
    return { column: fieldColumn(field.id), descending, ...nulls };
  });
  return firstOfEach(order, ({ column }) => column);
}

/**
 * `orderByFields` of a query that shows groups or aggregates: group fields alone.
 *
 * @param groups names of the group fields
 */
export function readGroupOrder(items: readonly string[] | undefined, groups: readonly string[]): readonly SortItem[] {
  const known = new Map(groups.map((name) => [name.toLowerCase(), name]));
  const order = readSortItems(items ?? [], "must be").map((item) => {
    if (beginsAsAggregate(item.spec)) {
      throw invalidParameter(`ORDER BY on aggregate expression '${item.spec}' is not yet supported`);
    }
    const name = known.get(item.spec.toLowerCase());
    if (name === undefined) {
      throw invalidParameter(
        `ORDER BY field '${item.spec}' is not valid: when using GROUP BY or aggregates, ORDER BY can only reference GROUP BY columns. Valid targets are: [${groups.join(" ")}]`,
      );
    }
    return { ...item, spec: name };
  });
  return firstOfEach(order, ({ spec }) => spec);
}
