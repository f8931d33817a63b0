import { failure } from "../../../errors.js";
import { begunAnew } from "../../../values/outdated.js";
import type { UpsertResult } from "../../contract/entities.js";
import type { KeyValue } from "../../entities/find-rows.js";
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
    return withEmbeddings(ctx, limits, (embedded) =>
      begunAnew((mayPause) => {
        const collection = requireCollection(ctx, request);
        requireSchema(collection, request.columns?.schemaTimestamp);
        const entities = entitiesOf(request);
        const changes = readFieldChanges(collection, request.fieldOps, entities);
        const partial = request.partialUpdate === true || changes.size > 0;
        if (partial && !isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id });
        const { partitionName } = request;
        const target = { collection, partitionName, embedded, mayPause, signal: limits.signal };
        const upserted = upsert(ctx, target, entities, partial, changes);
        return upserted instanceof Promise ? upserted.then(replyOf) : replyOf(upserted);
      }),
    );
  },
  recall: (_ctx, _request, keys) => replyOf(keys as readonly KeyValue[]),
};

function replyOf(upsertIds: readonly KeyValue[]): { data: UpsertResult } {
  return { data: { upsertCount: upsertIds.length, upsertIds } };
}
