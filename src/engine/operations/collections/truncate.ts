import { failure } from "../../../errors.js";
import { truncate } from "../../write/write-path.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

/** Removes all entities of all partitions; schema, partitions, indexes and load state stay. */
export const truncateCollection: Operation<"collections/truncate"> = {
  path: "collections/truncate",
  async run(ctx, request) {
    const { id, name } = requireCollection(ctx, request);
    // A load that is under way would bring rows back.
    await ctx.loader.settled(id);
    const collection = ctx.catalog.byId(id);
    if (collection === undefined) throw failure("CollectionMissing", { collection: name });
    truncate(ctx, collection);
    return { data: {} };
  },
};
