import { failure } from "../../../errors.js";
import { failpoint } from "../../failpoints.js";
import { checkCollectionName } from "../../model/validate-names.js";
import { type CollectionRequest, collectionName, dbName, type Operation } from "../operation.js";
import { databaseName } from "../resolve.js";

/**
 * Drops a collection with all it holds, loaded or not. A missing one is dropped already.
 *
 * @throws InvalidParameter (bad name), Plain (an alias, or aliases point to it)
 */
export const dropCollection: Operation<CollectionRequest, object> = {
  path: "collections/drop",
  requestType: "CollectionNameReq",
  writes: true,
  request: { dbName, collectionName },
  run(ctx, request) {
    const name = checkCollectionName(request.collectionName);
    const collection = ctx.catalog.find(databaseName(request.dbName), name);
    if (collection === undefined) return { data: {} };
    if (collection.name !== name) {
      throw failure("Plain", { text: `cannot drop the collection via alias = ${name}` });
    }
    if (collection.aliases.length > 0) {
      throw failure("Plain", {
        text: `unable to drop the collection [${name}] because it has associated aliases [${collection.aliases.join(" ")}], please remove all aliases before dropping the collection`,
      });
    }
    ctx.transaction(() => {
      ctx.entities.dropTables(collection);
      failpoint("mid-drop");
      ctx.catalog.dropCollection(collection.id);
    });
    failpoint("after-drop-before-files");
    ctx.loader.collectionDropped(collection.id);
    return { data: {} };
  },
};
