import { failure } from "../../../errors.js";
import { shownText } from "../../../values/shown-text.js";
import type { EngineContext } from "../../context.js";
import type { SegmentDescription } from "../../contract/operational.js";
import type { Collection } from "../../model/collection.js";
import { channelOf } from "../collections/get-replicas.js";
import type { Operation } from "../operation.js";
import { requireCollection } from "../resolve.js";

const FLUSHED = 4;
const L1 = 2;

/** A partition with rows is a segment, as far as tools can tell. */
export function segmentsOf(ctx: EngineContext, collection: Collection): readonly SegmentDescription[] {
  return collection.partitions
    .map(({ id }) => ({
      segmentID: id,
      collectionID: collection.id,
      partitionID: id,
      vChannel: channelOf(collection),
      numRows: ctx.entities.countRows(collection, id),
      state: FLUSHED,
      level: L1,
      isSorted: true,
      insertLogs: [],
      deltaLogs: [],
      statsLogs: [],
    }))
    .filter(({ numRows }) => numRows > 0);
}

/** One of these by its number, as a number or as text. @throws SegmentNotFound */
export function requireSegment(segments: readonly SegmentDescription[], asked: unknown): SegmentDescription {
  const segment = typeof asked === "string" ? asked : shownText(asked, 40);
  const found = segments.find(({ segmentID }) => String(segmentID) === segment);
  if (found === undefined) throw failure("SegmentNotFound", { segment });
  return found;
}

/**
 * Segments of a collection by its number: all, or those that are named.
 *
 * @throws CollectionMissing, SegmentNotFound
 */
export const describeSegments: Operation<"segments/describe"> = {
  path: "segments/describe",
  run(ctx, { collectionID, segmentIDs = [] }) {
    const collection = ctx.catalog.byId(collectionID);
    if (collection === undefined) throw failure("CollectionMissing", { collection: String(collectionID) });
    const all = segmentsOf(ctx, collection);
    if (segmentIDs.length === 0) return { data: { segmentInfos: all } };
    return { data: { segmentInfos: Array.from(segmentIDs, (asked) => requireSegment(all, asked)) } };
  },
};

/**
 * Segments of a collection by its name, with what is known of them in memory.
 *
 * @throws DatabaseNotFound, CollectionNotFound
 */
export const listSegments: Operation<"segments/list"> = {
  path: "segments/list",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const index = collection.indexes.find(({ metricType }) => metricType !== "");
    return {
      data: segmentsOf(ctx, collection).map((segment) => ({
        ...segment,
        loaded: collection.partitions.some(({ id, loaded }) => id === segment.partitionID && loaded),
        ...(index !== undefined && { indexName: index.name, indexID: index.id }),
      })),
    };
  },
};
