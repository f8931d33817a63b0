import type { SegmentOptions } from "../contract.js";
import type { Part } from "../part.js";

/** What the builder needs of a segment. */
export interface Buildable {
  readonly options: SegmentOptions;
  readonly parts: readonly Part[];
  /** Live rows. */
  readonly size: number;
  readonly closed: boolean;
  readonly loading: boolean;
  /** An empty part of the segment's geometry; not yet one of its own. */
  newPart(): Part;
  /** Puts a compacted part in the place of the one it was made from. False when that is gone. */
  replacePart(old: Part, fresh: Part): boolean;
  /** Takes out a part with no live row left. */
  dropPart(part: Part): void;
}
