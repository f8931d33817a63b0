import { failure } from "../../../errors.js";
import { loadPackage } from "../../../runtime/packages.js";
import type { Metric } from "../../model/types/field-type.js";

/** The part of hnswlib-node's index that is used here. Labels are uint32, points must be plain arrays. */
export interface AddonIndex {
  initIndex(maxElements: number, m: number, efConstruction: number, seed: number): void;
  resizeIndex(maxElements: number): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  /** Throws when `k` is beyond the room of the index; finds fewer than `k` when a filter leaves fewer. */
  searchKnn(query: number[], k: number, filter?: (label: number) => boolean): { readonly neighbors: number[] };
  getCurrentCount(): number;
  getMaxElements(): number;
  /** In a thread of the pool. A disk that is full goes unnoticed. */
  writeIndex(file: string): Promise<boolean>;
  readIndex(file: string): Promise<boolean>;
}

/** Makes an empty index; `initIndex` or `readIndex` comes next. */
export type MakeIndex = (metric: Metric, dimension: number) => AddonIndex;

type Addon = { readonly HierarchicalNSW: new (space: "l2" | "ip", dimension: number) => AddonIndex };

/** @throws IndexPackageUnusable when hnswlib-node is not installed or does not load */
export function loadHnswlib(): MakeIndex {
  let addon: Addon;
  try {
    addon = loadPackage("hnswlib-node") as Addon;
  } catch (cause) {
    const [reason = ""] = String((cause as Error).message).split("\n");
    throw failure("IndexPackageUnusable", { index: "hnswlib", package: "hnswlib-node", reason }, cause);
  }
  // Rows of a cosine field are stored with length 1: their inner product is the cosine.
  return (metric, dimension) => new addon.HierarchicalNSW(metric === "L2" ? "l2" : "ip", dimension);
}
