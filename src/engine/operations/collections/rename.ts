import { failure } from "../../../errors.js";
import { checkCollectionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { databaseName, requireDatabase } from "../resolve.js";

/**
 * Gives a collection another name, and moves it to another database if one is named. Data, indexes, load state,
 * aliases and what is granted on it stay.
 *
 * @throws InvalidParameter (bad new name), DatabaseNotFound, CollectionMissing, CollectionRenameByAlias, RenameDatabaseNotFound, RenameNameTaken, RenameNameIsAlias, RenameWithAliases
 */
export const renameCollection: Operation<"collections/rename"> = {
  path: "collections/rename",
  run(ctx, request) {
    const newName = checkCollectionName(request.newCollectionName);
    const { name: database } = requireDatabase(ctx, request.dbName);
    const oldName = request.collectionName.trim();
    const collection = ctx.catalog.find(database, oldName);
    if (collection === undefined) throw failure("CollectionMissing", { database, collection: oldName });
    if (collection.name !== oldName) {
      throw failure("CollectionRenameByAlias", { alias: oldName });
    }
    const target = ctx.catalog.database(databaseName(request.newDbName || collection.database));
    if (target === undefined) throw failure("RenameDatabaseNotFound", { database: request.newDbName ?? "" });
    const taken = ctx.catalog.find(target.name, newName);
    if (taken !== undefined) {
      throw taken.name === newName
        ? failure("RenameNameTaken", { database: target.name, collection: newName })
        : failure("RenameNameIsAlias", { database: target.name, alias: newName });
    }
    if (target.id !== collection.databaseId && collection.aliases.length > 0) {
      throw failure("RenameWithAliases");
    }
    ctx.transaction(() => {
      ctx.catalog.renameCollection(collection.id, target.id, newName);
      ctx.access.collectionRenamed(
        { database: collection.database, collection: collection.name },
        { database: target.name, collection: newName },
      );
    });
    return { data: {} };
  },
};
