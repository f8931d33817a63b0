import type { Operation } from "./operations.js";
import type { Answer } from "./peer.js";

/** Where the sequence stands: our states before the step, and how the collection was last loaded. */
export interface Standing {
  readonly before: readonly (number | string)[];
  readonly mode: "collection" | "partition";
}

/**
 * The differences that are meant. "is meant": the answers may differ, the states must not. "ends the sequence": what
 * follows is different too, and proves nothing.
 */
export function differenceOf(
  step: Operation,
  ours: Answer,
  theirs: Answer,
  { before, mode }: Standing,
): "is meant" | "ends the sequence" | undefined {
  // 2.3.5 tells a query of a partition that is not loaded 65535; 2.6 has 201 for it.
  if (step.kind === "query" && ours.code === 201 && theirs.code === 65535) return "is meant";
  // 2.3.5 leaves the mode of a collection whose partitions were all loaded one by one: partitions made afterwards are
  // not loaded. A collection that was asked for is one here.
  if (step.kind === "loadAll" && mode === "partition" && before[0] === 3) return "ends the sequence";
  return undefined;
}
