import { failure } from "../../errors.js";
import { Outdated } from "../../values/outdated.js";
import { SLICE_MS, Slices } from "../../values/slices.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { RecordBatch } from "../contract/column.js";
import { countSelected, type Selection, selectInOrder } from "../entities/read-rows.js";
import type { Collection, Partition } from "../model/collection.js";
import { MAX_REPLY_BYTES } from "../model/limits.js";
import { checkReplyBytes, rowBytes } from "./check-limits.js";
import { columnReader, recordBatch } from "./output.js";
import type { QueryContext } from "./query-context.js";
import type { QueryPlan } from "./query-plan.js";
import { requireLoaded } from "./read-partitions.js";
import { isListed, shortSelection, sortedRowIds, sortsAtLength } from "./sorted-rows.js";

export const QUERY_CONTEXT = "failed to query";

/** A large answer is read in pieces of at most so many bytes and rows, between which the event loop may run. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_ROWS = 1000;
/** After so many starts that a write has spoilt the rest is read in one stretch, however long. */
const MAX_STARTS = 3;

/**
 * Reads the rows of a query: the state of one moment, also where reading lets the event loop run.
 *
 * @throws ReplyTooLarge, Timeout, CollectionNotLoaded or PartitionNotLoaded when it was released meanwhile, Outdated when its rows
 * were listed before a write that came meanwhile
 */
export function readRows(ctx: QueryContext, plan: QueryPlan, limits: CallLimits): RecordBatch | Promise<RecordBatch> {
  const perRow = rowBytes(plan.output);
  const most = limits.replyBytes ?? MAX_REPLY_BYTES;
  if (plan.limit * perRow > most) {
    // Many are asked for: are there so many?
    const there = countSelected(plan.table, plan.selection) - plan.offset;
    if (Math.min(plan.limit, there) * perRow > most) throw failure("ReplyTooLarge", { limit: most });
  }
  const piece = Math.max(1, Math.min(PIECE_ROWS, Math.floor(PIECE_BYTES / perRow)));
  const sorts = sortsAtLength(plan);
  if (plan.limit > piece || sorts) return readInPieces(ctx, plan, piece, limits, sorts);
  const reader = columnReader(plan.table, plan.output);
  const short = plan.mayPause ? shortSelection(plan) : undefined;
  const read = (selection: Selection) => {
    reader.addSelected(selection, plan.order, plan.limit, plan.offset);
    return true;
  };
  if (short === undefined) read(plan.selection);
  else if (ctx.deadline.unlessLong(SLICE_MS, () => read(short)) === undefined) {
    return readInPieces(ctx, plan, piece, limits, true);
  }
  checkReplyBytes(reader.sizeBytes, limits);
  return recordBatch(reader, plan.output);
}

/**
 * First the rows that there are now, then their values. A row never changes under its row id: unless one has gone
 * meanwhile, the answer is the state of the beginning.
 *
 * @param sorts whether finding the rows takes long
 */
async function readInPieces(
  ctx: QueryContext,
  plan: QueryPlan,
  piece: number,
  limits: CallLimits,
  sorts: boolean,
): Promise<RecordBatch> {
  for (let start = plan.mayPause ? 1 : MAX_STARTS; ; start++) {
    const last = start === MAX_STARTS;
    const soon = sorts ? undefined : foundSoon(ctx, plan, limits, last);
    const rowIds = soon ?? (await sortedRowIds(ctx, plan, limits, last));
    if (rowIds === undefined) {
      requireUnlisted(plan);
      continue;
    }
    if (soon === undefined) checkStillThere(ctx, plan, limits);
    const slices = new Slices();
    const reader = columnReader(plan.table, plan.output);
    let spoilt = false;
    for (let from = 0; from < rowIds.length && !spoilt; from += piece) {
      if (slices.over && start < MAX_STARTS) {
        await slices.next();
        ctx.deadline.during(limits.deadline, () => ctx.deadline.check());
        checkStillThere(ctx, plan, limits);
      }
      const gone = reader.addByRowId(rowIds.slice(from, from + piece));
      spoilt = gone !== undefined && start < MAX_STARTS;
      checkReplyBytes(reader.sizeBytes, limits);
    }
    if (!spoilt) return recordBatch(reader, plan.output);
    requireUnlisted(plan);
  }
}

/** The row ids of a query that need not all be sorted; undefined where finding them takes long all the same. @param last do it at once */
function foundSoon(ctx: QueryContext, plan: QueryPlan, limits: CallLimits, last: boolean): number[] | undefined {
  const { table, order, limit, offset } = plan;
  const short = last ? undefined : shortSelection(plan);
  const find = (selection: Selection) => selectInOrder(table, selection, order, limit, offset);
  return ctx.deadline.during(limits.deadline, () =>
    short === undefined ? find(plan.selection) : ctx.deadline.unlessLong(SLICE_MS, () => find(short)),
  );
}

/** Rows that were found or drawn before a write must be so anew. @throws Outdated */
function requireUnlisted(plan: QueryPlan): void {
  if (isListed(plan)) throw new Outdated();
}

/**
 * The partitions that a query reads: the named ones, or all that are loaded.
 *
 * @throws CollectionNotLoaded, PartitionNotLoaded, unless rows that are not loaded are wanted as well
 */
export function partitionsToRead(
  ctx: QueryContext,
  collection: Collection,
  named: readonly Partition[] | undefined,
  { released = false }: CallLimits,
): readonly Partition[] {
  return released ? (named ?? collection.partitions) : requireLoaded(ctx, collection, named, QUERY_CONTEXT);
}

/** Looks anew at what the catalogue says. @throws CollectionNotLoaded, PartitionNotLoaded */
export function checkStillThere(
  ctx: QueryContext,
  { collection, partitions }: Pick<QueryPlan, "collection" | "partitions">,
  limits: CallLimits,
): void {
  const now = ctx.catalog.byId(collection.id);
  const named = partitions.map(({ id }) => now?.partitions.find((partition) => partition.id === id));
  if (now === undefined || named.includes(undefined)) {
    throw failure("CollectionNotLoaded", { collection: collection.id, context: QUERY_CONTEXT });
  }
  partitionsToRead(ctx, now, named as Partition[], limits);
}
