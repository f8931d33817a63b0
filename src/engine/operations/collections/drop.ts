import { failure } from "../../../errors.js";
import { DEFAULT_RESOURCE_GROUP } from "../../catalog/resource-groups.js";
import { failpoint } from "../../failpoints.js";
import { checkCollectionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { databaseName } from "../resolve.js";

/**
 * Drops a collection with all it holds and its snapshots, loaded or not. A missing one is dropped already.
 *
 * @throws InvalidParameter (bad name), CollectionDropByAlias, CollectionHasAliases
 */
export const dropCollection: Operation<"collections/drop"> = {
  path: "collections/drop",
  run(ctx, request) {
    const name = checkCollectionName(request.collectionName);
    const collection = ctx.catalog.find(databaseName(request.dbName), name);
    if (collection === undefined) return { data: {} };
    if (collection.name !== name) {
      throw failure("CollectionDropByAlias", { alias: name });
    }
    if (collection.aliases.length > 0) {
      throw failure("CollectionHasAliases", { collection: name, aliases: collection.aliases });
    }
    const removeSnapshots = ctx.removal(() => {
      ctx.entities.dropTables(collection);
      failpoint("mid-drop");
      ctx.catalog.dropCollection(collection.id);
      ctx.resourceGroups.place(collection.id, DEFAULT_RESOURCE_GROUP);
      ctx.access.collectionDropped({ database: collection.database, collection: collection.name });
      return ctx.snapshots.collectionDropped(collection.id);
    });
    failpoint("after-drop-before-files");
    ctx.loader.collectionDropped(collection.id);
    removeSnapshots();
    ctx.purger.wake();
    return { data: {} };
  },
};
