import type { StoreImage } from "../engine/index.js";
import { bytesOfImage } from "../engine/index.js";
import { invalidParameter } from "../errors.js";
import { shownText } from "../values/shown-text.js";
import type { Seeded } from "./seeded.js";

/** All that a Milvus held at one moment. It lasts as long as somebody refers to it. */
export interface MilvusSnapshot {
  /** Memory that it takes. */
  readonly bytes: number;
}

/** What stands behind a snapshot. */
export interface Kept {
  readonly image: StoreImage;
  readonly seeded: Seeded | undefined;
}

const kept = new WeakMap<object, Kept & { readonly owner: object }>();

/** @param owner the one that may go back to it */
export function makeSnapshot(owner: object, { image, seeded }: Kept): MilvusSnapshot {
  const snapshot = Object.freeze({ bytes: bytesOfImage(image) });
  kept.set(snapshot, { owner, image, seeded });
  return snapshot;
}

export function isSnapshot(value: unknown): value is MilvusSnapshot {
  return typeof value === "object" && value !== null && kept.has(value);
}

/** @param owner undefined where the snapshot may be of any Milvus. @throws InvalidParameter */
export function readSnapshot(value: unknown, owner?: object): Kept {
  const found = typeof value === "object" && value !== null ? kept.get(value) : undefined;
  if (found === undefined) {
    throw invalidParameter(`restore takes what snapshot() has given in this process, not ${shownText(value, 60)}`);
  }
  if (owner !== undefined && found.owner !== owner) {
    throw invalidParameter("this snapshot is of another Milvus: startMilvus({ from: snapshot }) begins with it");
  }
  return found;
}
