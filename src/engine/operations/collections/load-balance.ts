import { failure } from "../../../errors.js";
import { shownText } from "../../../values/shown-text.js";
import { NODE } from "../../contract/operational.js";
import type { Operation } from "../operation.js";
import { isLoaded, requireCollection } from "../resolve.js";
import { requireSegment, segmentsOf } from "../segments/describe.js";

/**
 * Spreads segments of a loaded collection over the nodes of its replica: there is one, which keeps them.
 *
 * @throws DatabaseNotFound, CollectionNotFound, CollectionNotFullyLoaded, NodeNotFound, SegmentNotFound
 */
export const loadBalance: Operation<"collections/load_balance"> = {
  path: "collections/load_balance",
  run(ctx, request) {
    const { sourceNodeID, targetNodeIDs = [], segmentIDs = [] } = request;
    const collection = requireCollection(ctx, request);
    const { id } = collection;
    if (!isLoaded(collection) || ctx.loader.loadProgress(id) !== undefined) {
      throw failure("CollectionNotFullyLoaded", { collection: id });
    }
    requireNode(sourceNodeID, `source node not found in any replica of collection ${id}`);
    for (const target of targetNodeIDs) requireNode(target, "destination node not found in the same replica");
    const segments = segmentsOf(ctx, collection);
    for (const segment of segmentIDs) requireSegment(segments, segment);
    return { data: {} };
  },
};

/** A number, or its text. @throws NodeNotFound */
function requireNode(asked: unknown, where: string): void {
  const node = typeof asked === "string" ? asked : shownText(asked, 40);
  if (node !== String(NODE)) throw failure("NodeNotFound", { node, where });
}
