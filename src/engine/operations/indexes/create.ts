import type { EngineContext } from "../../context.js";
import { largestRowId } from "../../entities/read-rows.js";
import type { Collection } from "../../model/collection.js";
import type { NewIndex } from "../../model/validate-index.js";
import type { WriteElsewhere } from "../../storage/write-elsewhere.js";
import { begunAnew, Outdated } from "../../write/outdated.js";
import type { Operation } from "../operation.js";
import { isInUse, requireCollection } from "../resolve.js";
import { planIndexes, writeIndexes } from "./plan.js";

/**
 * Creates indexes, all or none; one that exists with the same parameters is left as it is. On a loaded collection a
 * vector field that had no index becomes searchable before the call returns.
 *
 * @throws CollectionNotFound, IndexDistinct, IndexFieldNotFound, AutoIndexParameters, ParameterMismatch, Unsupported
 */
export const createIndex: Operation<"indexes/create"> = {
  path: "indexes/create",
  run: (ctx, request) =>
    begunAnew(async (mayPause) => {
      const collection = requireCollection(ctx, request);
      const plan = planIndexes(collection, request.indexParams, "create index", ctx.server);
      const { writeElsewhere } = ctx;
      const elsewhere = mayPause && writeElsewhere !== undefined && sortsMany(ctx, collection, plan);
      if (!elsewhere || !(await writtenElsewhere(ctx, writeElsewhere, collection, plan))) {
        requireSame(ctx, collection);
        ctx.transaction(() => writeIndexes(ctx, collection.id, plan));
      }
      if (isInUse(ctx, collection)) {
        for (const index of plan) {
          if (index.metricType !== "") await ctx.loader.vectorIndexCreated(collection.id, index.fieldId);
        }
      }
      return { data: {} };
    }),
};

/** Values of so many rows are sorted in some milliseconds. */
const FEW_ROWS = 20_000;

/** Whether the values of many rows must be sorted, which SQLite does in one stretch. */
function sortsMany({ entities }: EngineContext, collection: Collection, plan: readonly NewIndex[]): boolean {
  const sorts = plan.some((index) => entities.scalarIndexText(collection, { ...index, id: 0 }) !== undefined);
  return sorts && largestRowId(entities.table(collection)) >= FEW_ROWS;
}

/**
 * Makes indexes on another thread.
 *
 * @returns false where that is not possible: nothing has happened
 * @throws Outdated when the collection has changed before it was begun
 */
function writtenElsewhere(
  ctx: EngineContext,
  writeElsewhere: WriteElsewhere,
  collection: Collection,
  plan: readonly NewIndex[],
): Promise<boolean> {
  let follow = (): void => {};
  return writeElsewhere.run(
    () => {
      requireSame(ctx, collection);
      const made = ctx.catalog.indexesElsewhere(collection.id, plan);
      follow = made.follow;
      const texts = made.indexes.flatMap((index) => ctx.entities.scalarIndexText(collection, index) ?? []);
      return { statements: [...texts.map((text) => ({ text, params: [] })), ...made.statements] };
    },
    () => follow(),
  );
}

/** @throws Outdated when a collection has changed since it was looked up */
function requireSame({ catalog }: EngineContext, collection: Collection): void {
  if (catalog.byId(collection.id) !== collection) throw new Outdated();
}
