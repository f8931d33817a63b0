import { ELEMENT_KEY, type ElementsSql } from "../../expr/index.js";
import { LIMIT } from "./bound-limit.js";
import type { EntityTable } from "./entity-table.js";
import { type Condition, orderClause, type RowOrder, type Selection, whereClause } from "./read-rows.js";

/** Which elements of the rows of a selection are meant. */
export interface SelectedElements extends ElementsSql {
  readonly struct: string;
}

/** A row, and the position of one of its elements. */
export type ElementOfRow = readonly [rowId: number, position: number];

function fromClause(table: EntityTable, selection: Selection, { rows, condition }: SelectedElements): Condition {
  const where = whereClause(selection);
  return {
    text: ` FROM ${table.name}, ${rows.text}${where.text === "" ? " WHERE " : `${where.text} AND `}${condition.text}`,
    params: [...rows.params, ...where.params, ...condition.params],
  };
}

/** The elements row by row in an order, those of a row by position. @param limit counts elements */
export function selectElements(
  table: EntityTable,
  selection: Selection,
  elements: SelectedElements,
  order: RowOrder,
  limit: number,
  offset: number,
): readonly ElementOfRow[] {
  const from = fromClause(table, selection, elements);
  return table
    .statement(
      `SELECT row_id, ${ELEMENT_KEY}${from.text}${orderClause(table, order)}, ${ELEMENT_KEY} ${LIMIT} OFFSET ?`,
    )
    .raw()
    .all(...from.params, Number.isFinite(limit) ? limit : -1, offset) as ElementOfRow[];
}

export function countElements(table: EntityTable, selection: Selection, elements: SelectedElements): number {
  const from = fromClause(table, selection, elements);
  return table
    .statement(`SELECT count(*)${from.text}`)
    .pluck()
    .get(...from.params) as number;
}

/** The elements of each partition, each as its row times `perRow` plus its position. */
export function selectElementsByPartition(
  table: EntityTable,
  selection: Selection,
  elements: SelectedElements,
  perRow: number,
): ReadonlyMap<number, readonly number[]> {
  const from = fromClause(table, selection, elements);
  const rows = table
    .statement(
      `SELECT partition_id, json_group_array(row_id*${perRow}+${ELEMENT_KEY})${from.text} GROUP BY partition_id`,
    )
    .raw()
    .all(...from.params) as [number, string][];
  return new Map(rows.map(([partition, ids]) => [partition, JSON.parse(ids) as number[]]));
}
