import type { EntityTable } from "./entity-table.js";
import { type Condition, leadsToRanges, mostRows, type Selection, whereClause } from "./read-rows.js";

/** The rows of a selection stretch by stretch: ranges of the table, or pieces of a list where they are listed. */
export class Stretches {
  /** Behind the last position of all: a stretch is told by its first one, and by the first one behind it. */
  readonly end: number;
  /** FROM and WHERE. */
  readonly from: string;
  readonly #where: Condition;
  readonly #rowIds: readonly number[] | undefined;

  constructor(table: EntityTable, selection: Selection) {
    const { rowIds, partitions, living } = selection;
    this.#rowIds = rowIds;
    // What lists the rows in one text is left out.
    const of = rowIds === undefined ? selection : { ...(partitions !== undefined && { partitions }), living };
    this.#where = whereClause({ ...of, partitionsAreBroad: true });
    this.end = mostRows(table, selection) + 1;
    const stretch = rowIds === undefined ? "row_id>=? AND row_id<?" : "row_id IN (SELECT value FROM json_each(?))";
    const { text } = this.#where;
    const conditions = `${text === "" ? " WHERE " : `${text} AND `}${stretch}`;
    const leads = rowIds === undefined && leadsToRanges(table, { text: conditions, params: this.params(0, 0) });
    this.from = ` FROM ${table.name} AS e${leads ? "" : " NOT INDEXED"}${conditions}`;
  }

  /** Parameters for a stretch. */
  params(first: number, end: number): readonly unknown[] {
    const stretch = this.#rowIds === undefined ? [first, end] : [JSON.stringify(this.#rowIds.slice(first, end))];
    return [...this.#where.params, ...stretch];
  }
}
