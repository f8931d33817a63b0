import { TakesLong } from "../../values/deadline.js";
import { SLICE_MS, Slices } from "../../values/slices.js";
import type { CallLimits } from "../contract/call-limits.js";
import { drawnRows } from "../entities/draw-rows.js";
import type { EntityTable } from "../entities/entity-table.js";
import {
  inOrder,
  largestRowId,
  mostRows,
  type Selection,
  selectInOrder,
  selectRowIds,
  sortsAll,
} from "../entities/read-rows.js";
import { isScan, ListPieces, type LongFilter, RowPieces } from "../entities/row-pieces.js";
import type { Collection } from "../model/collection.js";
import type { QueryContext } from "./query-context.js";

/** Rows to be found in a table. */
export interface Wanted {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly selection: Selection;
  readonly filter: LongFilter;
  /** The first in ascending order of the primary key, in which they need not come; else any. */
  readonly byKey: boolean;
  /** Most rows. */
  readonly most: number;
  /** That share of them is drawn (`random_sample`), and of these the first are wanted; undefined: all. */
  readonly sample: number | undefined;
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
    return findAll(ctx, limits, wanted, again);
  };
  return wanted.some(({ sample }) => sample !== undefined) ? late() : briefly(ctx, work, late);
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
  const { table, selection, sample } = unwanted;
  const late = () => {
    const pieces = piecesOf(ctx, all);
    const isFinal = sample !== undefined || pieces instanceof RowPieces;
    // What an index has listed is of this moment: what comes later is looked at in the end.
    const last = isFinal ? 0 : largestRowId(table);
    const done = (rowIds: number[]) =>
      again(isFinal ? rowIds : [...rowIds, ...selectRowIds(table, behind(selection, last))]);
    return find(ctx, limits, all, pieces, new Slices(), () => false, done);
  };
  return sample === undefined ? briefly(ctx, work, late) : late();
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
    for (const each of wanted) {
      const search = (of: Wanted, pieces: Pieces) =>
        find(ctx, limits, of, pieces, slices, spoilt, (rowIds: readonly number[]) => rowIds);
      const first = await firstByKey(each, search);
      if (first !== undefined && (first.isEnough || spoilt())) found.push(first.rowIds);
      else {
        const of = first === undefined ? each : { ...each, byKey: false, most: Number.POSITIVE_INFINITY };
        found.push(
          await search(
            of,
            ctx.deadline.during(limits.deadline, () => piecesOf(ctx, of)),
          ),
        );
      }
    }
    if (!spoilt()) return ctx.deadline.during(limits.deadline, () => done(found));
  }
}

/** Where an index leads to the rows of a dear filter, so many are listed, to be looked at: with more the table is gone through. */
const MOST_LISTED = 20_000;

/** What is gone through to find rows: those that an index lists, where they are few, or the table. */
function piecesOf({ deadline }: QueryContext, wanted: Wanted): RowPieces | ListPieces {
  const { table, selection, filter, byKey } = wanted;
  const { among, cost } = filter;
  if (among !== undefined && !isScan(table, selection)) {
    const most = MOST_LISTED + 1;
    const listed = deadline.unlessLong(SLICE_MS, () =>
      byKey ? selectInOrder(table, among, [], most, 0) : selectRowIds(table, among, most),
    );
    if (listed !== undefined && listed.length < most) return new ListPieces(table, selection, listed, cost);
  }
  return new RowPieces(table, selection, byKey, cost);
}

/** What part of the rows is looked at in the order of their keys before they are all gone through as they lie. */
const TRIED_PART = 1 / 8;

/**
 * Where an index leads to rows that are cheap to look at: there are many, so that the first by their keys are found soon in that order,
 * unless a filter lets few of them through.
 *
 * @returns undefined where that is no way
 */
async function firstByKey(
  wanted: Wanted,
  search: (of: Wanted, pieces: Pieces) => Promise<readonly number[]>,
): Promise<{ readonly rowIds: readonly number[]; readonly isEnough: boolean } | undefined> {
  const { table, selection, filter, byKey, most, sample } = wanted;
  const isLed = byKey && filter.among === undefined && sortsAll(table, inOrder(table, selection, [], 1, 0));
  if (!isLed) return undefined;
  // A sample is drawn of all.
  if (sample !== undefined) return { rowIds: [], isEnough: false };
  const tried = mostRows(table, selection) * TRIED_PART;
  const pieces = new RowPieces(table, selection, true, filter.cost);
  const rowIds = await search(wanted, {
    get ended() {
      return pieces.ended || pieces.looked > tried;
    },
    next: (limit) => pieces.next(limit),
  });
  return { rowIds, isEnough: pieces.ended || rowIds.length >= most };
}

/** What `find` goes through. */
type Pieces = Pick<RowPieces, "ended" | "next">;

/**
 * @param slices undefined: in one stretch
 * @param spoilt rows were written meanwhile: the rest need not be found
 * @param done called with the rows, without a pause since the last step
 */
async function find<T>(
  { deadline, random }: QueryContext,
  limits: CallLimits,
  { still, most, sample }: Wanted,
  pieces: Pieces,
  slices: Slices | undefined,
  spoilt: () => boolean,
  done: (rowIds: number[]) => T | Promise<T>,
): Promise<T> {
  const pause = async (): Promise<boolean> => {
    if (slices?.over !== true) return true;
    await slices.next();
    still();
    return !spoilt();
  };
  // What is drawn is drawn of all.
  const enough = sample === undefined ? most : Number.POSITIVE_INFINITY;
  const found: number[] = [];
  while (!pieces.ended && found.length < enough && (await pause())) {
    const piece = deadline.during(limits.deadline, () => {
      deadline.check();
      return pieces.next(enough - found.length);
    });
    for (const rowId of piece) found.push(rowId);
  }
  if (sample === undefined) return done(found);
  const draw = drawnRows(found, sample, random, most);
  for (;;) {
    const { done: drawn, value } = draw.next();
    if (drawn === true) return done(value);
    await pause();
  }
}
