import type { Geometry } from "../kernel/geometry.js";
import type { WasmMemory, WasmModule } from "../kernel/web-assembly.js";
import type { SnapshotPlan, WrittenSnapshot } from "../snapshot/snapshot-store.js";

/** One piece of work on one part: everything it works on is in shared memory. */
export interface BuildJob {
  readonly module: WasmModule;
  readonly geometry: Geometry;
  readonly memory: WasmMemory;
  readonly efConstruction: number;
  /** Build a graph at all: false for the compaction of an exact part. */
  readonly graph: boolean;
  /** Copy the live rows into a new memory first. */
  readonly compact: boolean;
  /** Write a snapshot when the graph has caught up and has at least `snapshotFromRows` rows. */
  readonly snapshot?: SnapshotPlan;
  readonly snapshotFromRows: number;
  /** A build that is told to stop still saves when it has got this many rows further. */
  readonly saveOnStopRows: number;
}

export type BuildReply =
  | { readonly kind: "done"; readonly snapshot?: WrittenSnapshot; readonly snapshotError?: string }
  /** The new memory holds what was live among the first `taken` rows of the old one. */
  | { readonly kind: "compacted"; readonly memory: WasmMemory; readonly taken: number; readonly rows: number }
  | { readonly kind: "failed"; readonly reason: string };

/** Values of the stop word. */
export const STOP = { run: 0, stop: 1, discard: 2 } as const;
