import { type ErrorKind, failure } from "../../errors.js";
import type { LoadMode } from "../model/collection.js";

/**
 * Which load/release constraints hold: those of Milvus 2.3 and later, of 2.0-2.2, or of Milvus Lite, where a collection is loaded
 * from the moment it is made, loading asks for no index, and a loaded partition may be dropped.
 */
export type LoadRules = "modern" | "legacy" | "lite";

/**
 * The load/release state machine as a pure function: no I/O, no clock.
 * Source: the load-state contract, tables 2 (modern, Milvus 2.3 and later) and 4 (legacy, 2.0-2.2).
 */
export interface LoadState {
  readonly mode: LoadMode;
  /** Empty exactly when `mode` is `none`. */
  readonly loaded: ReadonlySet<number>;
  readonly replicaNumber: number;
}

export type LoadEvent =
  | { readonly kind: "load-collection"; readonly replicaNumber: number }
  | { readonly kind: "load-partitions"; readonly partitions: readonly number[]; readonly replicaNumber: number }
  | { readonly kind: "release-collection" }
  | { readonly kind: "release-partitions"; readonly partitions: readonly number[] };

export const NOT_LOADED: LoadState = { mode: "none", loaded: new Set(), replicaNumber: 1 };

const AFTER_COLLECTION = "load the partition after load collection is not supported";
const OTHER_REPLICAS =
  "collection with different replica number existed, release this collection first before changing its replica number";
const RELEASE_AFTER_COLLECTION = "releasing some partitions after load collection is not supported";

/**
 * The state after `event`, of a collection with the partitions `all`.
 * @throws LoadParameterMismatch for what the legacy rules refuse, ParameterMismatch for loading partitions with another
 * number of replicas than is loaded
 */
export function nextLoadState(
  rules: LoadRules,
  collectionId: number,
  all: readonly number[],
  state: LoadState,
  event: LoadEvent,
): LoadState {
  if (rules === "legacy") refuseLegacy(collectionId, state, event);
  if (event.kind === "load-partitions" && state.mode !== "none" && event.replicaNumber !== state.replicaNumber) {
    throw failure("ParameterMismatch", {
      text: "can't change the replica number for loaded partitions",
      expected: String(state.replicaNumber),
      actual: String(event.replicaNumber),
    });
  }
  switch (event.kind) {
    case "load-collection":
      return { mode: "collection", loaded: new Set(all), replicaNumber: event.replicaNumber };
    case "load-partitions": {
      const loaded = new Set([...state.loaded, ...event.partitions]);
      return {
        mode: state.mode === "none" ? "partition" : state.mode,
        loaded,
        replicaNumber: event.replicaNumber,
      };
    }
    case "release-collection":
      return NOT_LOADED;
    case "release-partitions": {
      const loaded = new Set(state.loaded);
      for (const partition of event.partitions) loaded.delete(partition);
      return loaded.size === 0 ? NOT_LOADED : { ...state, loaded };
    }
  }
}

function refuseLegacy(collectionId: number, state: LoadState, event: LoadEvent): void {
  const mismatch = (text: string) => failure("LoadParameterMismatch" satisfies ErrorKind, { text });
  switch (event.kind) {
    case "load-collection":
      if (state.mode === "partition") throw mismatch(AFTER_COLLECTION);
      if (state.mode === "collection" && event.replicaNumber !== state.replicaNumber) {
        throw mismatch(
          `collection with different replica number ${state.replicaNumber} existed, release this collection first before changing its replica number`,
        );
      }
      return;
    case "load-partitions":
      if (state.mode === "collection") throw mismatch(AFTER_COLLECTION);
      if (state.mode === "partition" && event.replicaNumber !== state.replicaNumber) throw mismatch(OTHER_REPLICAS);
      if (state.mode === "partition" && event.partitions.some((p) => !state.loaded.has(p))) {
        throw mismatch(
          // The ids that were asked for, as on the server.
          `some partitions [${event.partitions.join(" ")}] of collection ${collectionId} has been loaded into QueryNode, please release partitions firstly`,
        );
      }
      return;
    case "release-partitions":
      if (state.mode === "collection") throw mismatch(RELEASE_AFTER_COLLECTION);
      return;
    case "release-collection":
      return;
  }
}
