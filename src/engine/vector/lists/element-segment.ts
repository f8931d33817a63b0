import type { PreparedFilter, SegmentHits, SegmentSearch } from "../contract.js";
import { positionOfElement, rowOfElement } from "./element-ids.js";
import { ListSegment } from "./list-segment.js";

/** Finds single vectors in lists: a row is found as often as some of its vectors are near. */
export class ElementSegment extends ListSegment {
  get size(): number {
    return this.elements.size;
  }

  search(query: Uint8Array, request: SegmentSearch): SegmentHits {
    return named(this.elements.search(query, request));
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    return named(this.elements.within(query, score, filter));
  }
}

function named({ rowIds, scores }: SegmentHits): SegmentHits {
  return { rowIds: rowIds.map(rowOfElement), scores, elements: rowIds.map(positionOfElement) };
}
