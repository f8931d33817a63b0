import { insert } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { requireCollection, requireSchema } from "../resolve.js";
import { withEmbeddings } from "./embedding.js";
import { entitiesOf } from "./given-entities.js";

/**
 * Inserts a batch of entities, all or none. A primary key that exists is overwritten.
 *
 * Differs from Milvus: there both copies stay until compaction.
 */
export const insertEntities: Operation<"entities/insert"> = {
  path: "entities/insert",
  run(ctx, request, limits) {
    return withEmbeddings(ctx, limits.deadline, (embedded) => {
      const collection = requireCollection(ctx, request);
      requireSchema(collection, request.columns?.schemaTimestamp);
      const { partitionName } = request;
      const insertIds = insert(ctx, { collection, partitionName, embedded }, entitiesOf(request));
      return { data: { insertCount: insertIds.length, insertIds } };
    });
  },
};
