import { failure } from "../../../errors.js";
import { checkCollectionName } from "../../model/validate-names.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { databaseName, requireCollection } from "../resolve.js";

export interface RenameCollectionRequest extends CollectionRequest {
  readonly newCollectionName: string;
  /** Default: the database it is in. */
  readonly newDbName?: string;
}

/**
 * Gives a collection another name, and moves it to another database if one is named. Data, indexes, load state and
 * aliases stay.
 *
 * @throws InvalidParameter (bad name), CollectionMissing, Plain
 */
export const renameCollection: Operation<RenameCollectionRequest, object> = {
  path: "collections/rename",
  requestType: "RenameCollectionReq",
  writes: true,
  request: {
    dbName,
    collectionName,
    newCollectionName: { kind: "string", required: true },
    newDbName: { kind: "string" },
  },
  run(ctx, request) {
    const newName = checkCollectionName(request.newCollectionName);
    const oldName = checkCollectionName(request.collectionName);
    const collection = requireCollection(ctx, request, "missing in database");
    if (collection.name !== oldName) {
      throw failure("Plain", { text: `unsupported use an alias to rename collection, alias:${oldName}` });
    }
    const target = ctx.catalog.database(databaseName(request.newDbName || collection.database));
    if (target === undefined) throw failure("Plain", { text: `target database:${request.newDbName} not found` });
    if (ctx.catalog.find(target.name, newName) !== undefined) {
      const text = `duplicated new collection name ${target.name}:${newName} with other collection name or alias`;
      throw failure("Plain", { text });
    }
    if (target.id !== collection.databaseId && collection.aliases.length > 0) {
      const text = "fail to rename db name, must drop all aliases of this collection before rename";
      throw failure("Plain", { text });
    }
    ctx.transaction(() => ctx.catalog.renameCollection(collection.id, target.id, newName));
    return { data: {} };
  },
};
