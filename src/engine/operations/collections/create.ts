import { failure } from "../../../errors.js";
import type { NewCollection } from "../../catalog/catalog.js";
import type { EngineContext } from "../../context.js";
import type { Collection } from "../../model/collection.js";
import { MAX_COLLECTIONS } from "../../model/limits.js";
import type { NewStruct } from "../../model/read-structs.js";
import type { StructSchema } from "../../model/structs.js";
import { checkCollectionName } from "../../model/validate-names.js";
import { MAX_COLLECTIONS_PROPERTY, TIMEZONE_PROPERTY } from "../../model/validate-properties.js";
import { analyzerFiles } from "../file-resources/files.js";
import { planIndexes, requireVectorIndexes, writeIndexes } from "../indexes/plan.js";
import type { Operation } from "../operation.js";
import { isInUse, requireDatabase } from "../resolve.js";
import { type CollectionDefinition, readDefinition } from "./definition.js";

/**
 * Creates a collection, its indexes, and loads it: in quick setup always, with a schema only when `indexParams` are
 * given (by the rules of Milvus Lite: always). All or nothing: a failure in any step leaves nothing behind. Repeating an identical definition succeeds and
 * loads the collection again.
 *
 * @throws the errors of `readDefinition` and `readIndex`, CollectionExists, CollectionNameIsAlias, CollectionLimit,
 * VectorIndexMissing
 */
export const createCollection: Operation<"collections/create"> = {
  path: "collections/create",
  async run(ctx, request) {
    const database = requireDatabase(ctx, request.dbName);
    const definition = readDefinition(request, {
      embeds: ctx.functions.has("embed"),
      server: ctx.server,
      files: analyzerFiles(ctx),
      timeZone: database.properties[TIMEZONE_PROPERTY],
    });
    const name = checkCollectionName(request.collectionName);
    const wanted: NewCollection = { ...definition, name, databaseId: database.id };
    const existing = ctx.catalog.find(database.name, name);
    if (existing !== undefined) {
      await createAgain(ctx, existing, wanted, definition);
      return { data: {} };
    }
    const most = Number(database.properties[MAX_COLLECTIONS_PROPERTY] ?? MAX_COLLECTIONS);
    if (ctx.catalog.collections(database.name).length >= most) {
      throw failure("CollectionLimit", { database: database.name, limit: most });
    }
    if (ctx.catalog.allCollections().length >= MAX_COLLECTIONS) {
      throw failure("CollectionLimit", { database: database.name, limit: MAX_COLLECTIONS });
    }
    const load = definition.load || ctx.loader.rules === "lite";
    const created = ctx.transaction(() => {
      const collection = ctx.catalog.createCollection(wanted);
      const plan = planIndexes(collection, definition.indexParams, "create collection", ctx.server);
      if (load) requireVectorIndexes(ctx, { ...collection, indexes: plan });
      ctx.entities.createTables(collection);
      writeIndexes(ctx, collection.id, plan);
      // In one transaction: a process that dies leaves a loaded collection or none.
      if (load) {
        ctx.catalog.setLoadState(collection.id, "collection", new Set(collection.partitions.map((p) => p.id)), 1);
      }
      return collection;
    });
    // Empty and loaded by the catalogue: memory that cannot be filled now is filled by the first search.
    if (load) await ctx.loader.loadCollection(created.id).catch(() => {});
    return { data: {} };
  },
};

/** An identical definition: what is missing of its indexes is made, and the collection is loaded. */
async function createAgain(
  ctx: EngineContext,
  existing: Collection,
  wanted: NewCollection,
  definition: CollectionDefinition,
): Promise<void> {
  if (existing.name !== wanted.name) throw failure("CollectionNameIsAlias", { collection: wanted.name });
  if (!sameDefinition(existing, wanted)) throw failure("CollectionExists", { collection: wanted.name });
  const wasLoaded = isInUse(ctx, existing);
  const plan = planIndexes(existing, definition.indexParams, "create collection", ctx.server);
  if (definition.load) requireVectorIndexes(ctx, { ...existing, indexes: [...existing.indexes, ...plan] });
  const created = ctx.transaction(() => writeIndexes(ctx, existing.id, plan));
  if (!definition.load) return;
  const undo = () => {
    const current = ctx.catalog.byId(existing.id);
    if (current === undefined || created.length === 0 || isInUse(ctx, current)) return;
    ctx.transaction(() => {
      for (const index of current.indexes.filter((i) => created.includes(i.id))) {
        if (index.metricType === "") ctx.entities.dropScalarIndex(current, index);
        ctx.catalog.dropIndex(current.id, index.id);
      }
    });
  };
  if (wasLoaded) await announceIndexes(ctx, existing.id, created);
  await loadOrUndo(ctx, existing.id, undo);
}

async function announceIndexes(ctx: EngineContext, id: number, created: readonly number[]): Promise<void> {
  for (const index of ctx.catalog.byId(id)?.indexes ?? []) {
    if (created.includes(index.id) && index.metricType !== "") await ctx.loader.vectorIndexCreated(id, index.fieldId);
  }
}

async function loadOrUndo(ctx: EngineContext, id: number, undo: () => void): Promise<void> {
  try {
    await ctx.loader.loadCollection(id, ctx.catalog.byId(id)?.replicaNumber);
  } catch (error) {
    undo();
    throw error;
  }
}

function sameDefinition(existing: Collection, wanted: NewCollection): boolean {
  const { structs } = wanted.schema;
  const fields = [...wanted.schema.fields, ...structs.flatMap((struct) => struct.fields)];
  return (
    existing.description === wanted.description &&
    existing.shardsNum === wanted.shardsNum &&
    existing.consistencyLevel === wanted.consistencyLevel &&
    existing.schema.dynamic === wanted.schema.dynamic &&
    sameParams({ [TIMEZONE_PROPERTY]: "UTC", ...existing.properties }, wanted.properties) &&
    JSON.stringify(existing.schema.functions) === JSON.stringify(wanted.schema.functions) &&
    (!fields.some((f) => f.partitionKey) || existing.partitions.length === wanted.partitionNames.length) &&
    sameStructs(existing.schema.structs, structs) &&
    existing.schema.fields.length === fields.length &&
    existing.schema.fields.every((have, position) => {
      const want = fields[position];
      return (
        want !== undefined &&
        have.name === want.name &&
        have.type === want.type &&
        have.description === want.description &&
        have.primaryKey === want.primaryKey &&
        have.autoId === want.autoId &&
        have.partitionKey === want.partitionKey &&
        have.clusteringKey === want.clusteringKey &&
        have.nullable === want.nullable &&
        have.elementType === want.elementType &&
        have.defaultValue === want.defaultValue &&
        sameParams(have.params, want.params)
      );
    })
  );
}

function sameStructs(existing: readonly StructSchema[], wanted: readonly NewStruct[]): boolean {
  return (
    existing.length === wanted.length &&
    existing.every((have, position) => {
      const want = wanted[position];
      return (
        want !== undefined &&
        have.name === want.name &&
        have.description === want.description &&
        have.nullable === want.nullable &&
        sameParams(have.params, want.params)
      );
    })
  );
}

function sameParams(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
