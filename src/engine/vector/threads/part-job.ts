import type { PartRequest, PartSearch } from "../part-search.js";

/** A search of one part. */
export interface PartJob {
  /** The part, and what searches it in the thread that owns it. */
  readonly search: PartSearch;
  readonly query: Uint8Array;
  readonly request: PartRequest;
}
