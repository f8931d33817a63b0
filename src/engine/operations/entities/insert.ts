import { begunAnew } from "../../../values/outdated.js";
import type { InsertResult } from "../../contract/entities.js";
import type { KeyValue } from "../../entities/find-rows.js";
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
    return withEmbeddings(ctx, limits, (embedded) =>
      begunAnew((mayPause) => {
        const collection = requireCollection(ctx, request);
        requireSchema(collection, request.columns?.schemaTimestamp);
        const { partitionName } = request;
        const inserted = insert(
          ctx,
          { collection, partitionName, embedded, mayPause, signal: limits.signal },
          entitiesOf(request),
        );
        return inserted instanceof Promise ? inserted.then(replyOf) : replyOf(inserted);
      }),
    );
  },
  recall: (_ctx, _request, keys) => replyOf(keys as readonly KeyValue[]),
};

function replyOf(insertIds: readonly KeyValue[]): { data: InsertResult } {
  return { data: { insertCount: insertIds.length, insertIds } };
}
