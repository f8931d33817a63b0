import type { SegmentKey, SegmentProgress } from "./contract.js";
import type { Part } from "./part.js";
import type { Segment } from "./segment.js";

/** What a segment asks of its store: graphs, compaction and snapshots, which all happen behind its back. */
export interface SegmentHost {
  /** Upper bound for the rows of one part. */
  readonly partRows: number;
  /** Rows came or went, or a load ended: perhaps there is something to build. */
  changed(segment: Segment): void;
  /** Rows were deleted; a compaction under way must know. */
  removed(segment: Segment, rowIds: Float64Array): void;
  /** The rows are gone; whatever is being built of them is worthless. */
  cancel(segment: Segment): void;
  closed(segment: Segment): void;
  /** The segment's part from a good snapshot, or undefined. */
  readSnapshot(segment: Segment, stopped: () => boolean): Promise<Part | undefined>;
  /** Removes a snapshot that does not fit the source. */
  distrust(key: SegmentKey): void;
  state(segment: Segment): Pick<SegmentProgress, "failReason" | "snapshot"> & { readonly pending: boolean };
  idle(segment: Segment): Promise<void>;
}
