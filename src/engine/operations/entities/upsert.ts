import { failure } from "../../../errors.js";
import { upsert } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection, requireSchema } from "../resolve.js";
import { withEmbeddings } from "./embedding.js";
import { readFieldChanges } from "./field-changes.js";
import { entitiesOf } from "./given-entities.js";

/**
 * Replaces entities by primary key, or inserts them; all or none. Where the collection draws its keys, the row that is named
 * is replaced under a fresh one.
 */
export const upsertEntities: Operation<"entities/upsert"> = {
  path: "entities/upsert",
  run(ctx, request, limits) {
    return withEmbeddings(ctx, limits.deadline, (embedded) => {
      const collection = requireCollection(ctx, request);
      requireSchema(collection, request.columns?.schemaTimestamp);
      const entities = entitiesOf(request);
      const changes = readFieldChanges(collection, request.fieldOps, entities);
      const partial = request.partialUpdate === true || changes.size > 0;
      if (partial && !isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
      const { partitionName } = request;
      const upsertIds = upsert(ctx, { collection, partitionName, embedded }, entities, partial, changes);
      return { data: { upsertCount: upsertIds.length, upsertIds } };
    });
  },
};
