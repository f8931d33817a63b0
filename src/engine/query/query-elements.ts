import { failure } from "../../errors.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { RecordBatch } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import { countElements, type SelectedElements, selectElements } from "../entities/read-elements.js";
import type { Selection } from "../entities/read-rows.js";
import { type AggregateOutput, isAggregate } from "./aggregation/aggregates.js";
import { checkReplyBytes } from "./check-limits.js";
import { columnReader, recordBatch } from "./output.js";
import type { QueryPlan } from "./query-plan.js";

/**
 * Reads the elements that a query means: each row once, and which of its elements. The limit and the offset of the plan count
 * elements.
 *
 * @throws ReplyTooLarge, Timeout
 */
export function readElements(plan: QueryPlan, elements: SelectedElements, limits: CallLimits): RecordBatch {
  const { table, selection, order, limit, offset, output } = plan;
  const positions = new Map<number, number[]>();
  for (const [rowId, position] of selectElements(table, selection, elements, order, limit, offset)) {
    const known = positions.get(rowId);
    if (known === undefined) positions.set(rowId, [position]);
    else known.push(position);
  }
  const reader = columnReader(table, output);
  const gone = reader.addByRowId([...positions.keys()]);
  checkReplyBytes(reader.sizeBytes, limits);
  const lists = [...positions.values()];
  return {
    ...recordBatch(reader, output),
    elements: gone === undefined ? lists : lists.filter((_, row) => !gone.has(row)),
  };
}

/**
 * How many elements there are.
 *
 * @throws InvalidParameter where more is asked for than `count(*)`
 */
export function countOfElements(
  table: EntityTable,
  selection: Selection,
  elements: SelectedElements,
  { groups, values, columns }: AggregateOutput,
): RecordBatch {
  const [only, more] = values;
  const counts = only !== undefined && isAggregate(only) && only.field === undefined;
  if (!counts || more !== undefined || groups.length > 0) {
    throw failure("InvalidParameter", {
      text: "element_filter is not supported with GROUP BY or aggregates other than count(*)",
    });
  }
  const count = countElements(table, selection, elements);
  return {
    rowCount: 1,
    columns: columns.map(({ head }) => ({ ...head, values: [count] })),
    outputFields: columns.map(({ head }) => head.name),
  };
}
