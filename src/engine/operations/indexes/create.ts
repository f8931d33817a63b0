import { begunAnew, Outdated } from "../../../values/outdated.js";
import type { EngineContext } from "../../context.js";
import { scalarIndexName } from "../../entities/columns.js";
import { scalarIndexTarget } from "../../entities/entity-store.js";
import { IndexInSteps } from "../../entities/index-in-steps.js";
import { largestRowId } from "../../entities/read-rows.js";
import type { Collection } from "../../model/collection.js";
import type { NewIndex } from "../../model/validate-index.js";
import { preparedInSlices } from "../../storage/prepared-in-slices.js";
import type { WriteElsewhere } from "../../storage/write-elsewhere.js";
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
      const long = mayPause && sortsMany(ctx, collection, plan);
      if (!long || !(await madeAtLength(ctx, collection, plan))) {
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
  const sorts = plan.some((index) => scalarIndexTarget(collection, index) !== undefined);
  return sorts && largestRowId(entities.table(collection)) >= FEW_ROWS;
}

/**
 * Makes indexes while the event loop runs.
 *
 * @returns false where that is not possible: nothing has happened
 * @throws Outdated when the collection has changed before it was begun, or somebody has had to write meanwhile
 */
async function madeAtLength(ctx: EngineContext, collection: Collection, plan: readonly NewIndex[]): Promise<boolean> {
  const { writeElsewhere, databasePath } = ctx;
  if (writeElsewhere !== undefined) return writtenElsewhere(ctx, writeElsewhere, collection, plan);
  if (databasePath !== undefined) return false;
  if (!(await madeInSlices(ctx, collection, plan))) throw new Outdated();
  return true;
}

/** Makes indexes in slices. @returns false where a write has come in between: nothing has happened */
function madeInSlices(ctx: EngineContext, collection: Collection, plan: readonly NewIndex[]): Promise<boolean> {
  const { entities, catalog } = ctx;
  const { id } = collection;
  let making: IndexInSteps;
  return preparedInSlices(
    ctx.longWrites,
    () => {
      requireSame(ctx, collection);
      const targets = plan.flatMap((index) => scalarIndexTarget(collection, index) ?? []);
      const { name } = entities.table(collection);
      making = ctx.transaction(() => new IndexInSteps(ctx.sql, id, name, targets));
      return making.steps();
    },
    () => {
      ctx.transaction(() => {
        const made = plan.map((index) => catalog.createIndex(id, index));
        const sorted = made.filter((index) => scalarIndexTarget(collection, index) !== undefined);
        making.adopt(sorted.map((index) => scalarIndexName(id, index.id)));
      });
    },
  ).finally(() => ctx.purger.wake());
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
