import { type DatabaseRequest, dbName, type Operation } from "../operation.js";
import { requireCollection, requireDatabase } from "../resolve.js";

export interface ListAliasesRequest extends DatabaseRequest {
  /** Default: all collections of the database. */
  readonly collectionName?: string;
}

/**
 * Aliases of a database or of one collection, in order of creation.
 *
 * @throws DatabaseNotFound, CollectionMissing
 */
export const listAliases: Operation<ListAliasesRequest, readonly string[]> = {
  path: "aliases/list",
  requestType: "OptionalCollectionNameReq",
  writes: false,
  request: { dbName, collectionName: { kind: "string" } },
  run(ctx, request) {
    const { collectionName } = request;
    if (collectionName === undefined || collectionName === "") {
      const database = requireDatabase(ctx, request.dbName);
      return { data: ctx.catalog.aliases(database.name).map((a) => a.alias) };
    }
    return { data: requireCollection(ctx, { ...request, collectionName }, "missing").aliases };
  },
};
