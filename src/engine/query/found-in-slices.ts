import { TakesLong } from "../../values/deadline.js";
import { SLICE_MS, Slices } from "../../values/slices.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { EntityTable } from "../entities/entity-table.js";
import { largestRowId, type Selection, selectInOrder, selectRowIds } from "../entities/read-rows.js";
import { isScan, ListPieces, type LongFilter, RowPieces } from "../entities/row-pieces.js";
import type { Collection } from "../model/collection.js";
import type { QueryContext } from "./query-context.js";

/** Rows to be found in a table. */
export interface Wanted {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly selection: Selection;
  readonly filter: LongFilter;
  /** In ascending order of the primary key; else in any. */
  readonly byKey: boolean;
  /** Most rows. */
  readonly most: number;
  /** Looked at after each pause; throws when what the work needs has gone. */
  readonly still: () => void;
}

/** After so many starts that a write has spoilt the rest is done in one stretch, however long. */
const MAX_STARTS = 3;

/**
 * Does work that looks for rows by filters, in one stretch where that is short. Where a filter goes through a large table,
 * which would hold the event loop, the work is given up, the rows are found in slices, and it is done again with them.
 *
 * @param wanted what the work looks for; it holds the loop for as long as it takes where there is nothing
 * @param work must not change anything
 * @param again the same with the rows that were found
 */
export function foundInSlices<T>(
  ctx: QueryContext,
  limits: CallLimits,
  wanted: readonly Wanted[],
  work: () => T | Promise<T>,
  again: (rowIds: readonly (readonly number[])[]) => T | Promise<T>,
): T | Promise<T> {
  if (wanted.length === 0) return work();
  const late = (): T | Promise<T> => {
    // What was promised to be short may have failed some time ago.
    for (const { still } of wanted) still();
    if (!wanted.some((each) => isScan(each.table, each.selection) || each.filter.among !== undefined)) return work();
    return findAll(ctx, limits, wanted, again);
  };
  return briefly(ctx, work, late);
}

/** All rows of a selection that are to be removed. */
export type Unwanted = Omit<Wanted, "byKey" | "most">;

/**
 * Removes the rows of a selection, at one moment, though finding them lets the event loop run where it takes long. Writes in between
 * spoil nothing: a row never changes under its id, and new ones have higher ids than those that were looked at.
 *
 * @param work finds and removes them
 * @param again removes those that were found, when the last one has been looked at, without a pause since; some may have gone
 */
export function removedInSlices<T>(
  ctx: QueryContext,
  limits: CallLimits,
  unwanted: Unwanted,
  work: () => T | Promise<T>,
  again: (rowIds: number[]) => T | Promise<T>,
): T | Promise<T> {
  const all = { ...unwanted, byKey: false, most: Number.POSITIVE_INFINITY };
  const { table, selection } = unwanted;
  return briefly(ctx, work, () => {
    const spoilt = () => false;
    if (!isListed(all)) return find(ctx, limits, all, new Slices(), spoilt, again);
    // What an index has listed is of this moment: what comes later is looked at in the end.
    const last = largestRowId(table);
    const done = (rowIds: number[]) => again([...rowIds, ...selectRowIds(table, behind(selection, last))]);
    return find(ctx, limits, all, new Slices(), spoilt, done);
  });
}

/** The rows of a selection with higher ids. */
function behind(selection: Selection, rowId: number): Selection {
  const { text, params } = selection.filter ?? { text: "1", params: [] };
  return { ...selection, filter: { text: `(${text}) AND row_id>?`, params: [...params, rowId] } };
}

/** Does work, or something else in its place where it takes long. */
function briefly<T>(ctx: QueryContext, work: () => T | Promise<T>, otherwise: () => T | Promise<T>): T | Promise<T> {
  const late = (error: unknown): T | Promise<T> => {
    if (error instanceof TakesLong) return otherwise();
    throw error;
  };
  try {
    const result = ctx.deadline.briefly(SLICE_MS, work);
    return result instanceof Promise ? result.catch(late) : result;
  } catch (error) {
    return late(error);
  }
}

async function findAll<T>(
  ctx: QueryContext,
  limits: CallLimits,
  wanted: readonly Wanted[],
  done: (rowIds: readonly (readonly number[])[]) => T | Promise<T>,
): Promise<T> {
  for (let start = 1; ; start++) {
    const versions = wanted.map(({ collection }) => ctx.entities.version(collection.id));
    const spoilt = () => wanted.some(({ collection }, i) => ctx.entities.version(collection.id) !== versions[i]);
    const slices = start < MAX_STARTS ? new Slices() : undefined;
    const found: (readonly number[])[] = [];
    for (const each of wanted) found.push(await find(ctx, limits, each, slices, spoilt, (rowIds) => rowIds));
    if (!spoilt()) return ctx.deadline.during(limits.deadline, () => done(found));
  }
}

/** With an index only its rows are looked at, and pieces of the table would look at all. */
function isListed({ table, selection, filter }: Wanted): boolean {
  return filter.among !== undefined && !isScan(table, selection);
}

function piecesOf(wanted: Wanted): RowPieces | ListPieces {
  const { table, selection, filter, byKey } = wanted;
  return filter.among === undefined || !isListed(wanted)
    ? new RowPieces(table, selection, byKey, filter.cost)
    : new ListPieces(
        table,
        selection,
        byKey ? selectInOrder(table, filter.among, [], Number.POSITIVE_INFINITY, 0) : selectRowIds(table, filter.among),
        filter.cost,
      );
}

/**
 * @param slices undefined: in one stretch
 * @param spoilt rows were written meanwhile: the rest need not be found
 * @param done called with the rows, without a pause since the last piece
 */
async function find<T>(
  { deadline }: QueryContext,
  limits: CallLimits,
  wanted: Wanted,
  slices: Slices | undefined,
  spoilt: () => boolean,
  done: (rowIds: number[]) => T | Promise<T>,
): Promise<T> {
  const { most, still } = wanted;
  const pieces = piecesOf(wanted);
  const found: number[] = [];
  while (!pieces.ended && found.length < most) {
    if (slices?.over === true) {
      await slices.next();
      still();
      if (spoilt()) break;
    }
    const piece = deadline.during(limits.deadline, () => {
      deadline.check();
      return pieces.next(most - found.length);
    });
    for (const rowId of piece) found.push(rowId);
  }
  return done(found);
}
