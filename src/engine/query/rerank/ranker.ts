import type { MetricType } from "../../model/collection.js";
import type { FieldSchema } from "../../model/schema.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import type { Decay } from "./decay.js";
import { type Fusion, reciprocalRank, weightedSum } from "./fuse.js";
import { closeness, normalised } from "./scores.js";

/** How the hits of several searches become one list. */
export type Ranker =
  | { readonly kind: "rrf"; readonly k: number; readonly weights: readonly number[] | undefined }
  | { readonly kind: "weighted"; readonly weights: readonly number[]; readonly normalise: boolean }
  | DecayRanker
  | ModelRanker;

/** Scores fade with the distance of a number from where it should be. */
export interface DecayRanker {
  readonly kind: "decay";
  readonly decay: Decay;
  readonly field: FieldSchema;
  readonly normalise: boolean;
  /** What stands for an entity that several searches found. */
  readonly mode: ScoreMode;
}

/** A model of the application tells how well the texts of a field answer the queries. */
export interface ModelRanker {
  readonly kind: "model";
  readonly field: FieldSchema;
  /** One text per query vector. */
  readonly queries: readonly string[];
  /** Of the function, for the model. */
  readonly params: Readonly<Record<string, unknown>>;
}

export type ScoreMode = "max" | "avg" | "sum";

/** The way scores are put together before a decay, if any, acts on them. */
export function fusionOf(
  ranker: Exclude<Ranker, ModelRanker>,
  metrics: readonly MetricType[],
  grouping: boolean,
): Fusion {
  switch (ranker.kind) {
    case "rrf":
      return reciprocalRank(ranker.k, ranker.weights);
    case "weighted":
      return weightedSum(ranker.weights, ranker.normalise, metrics, grouping);
    case "decay":
      return baseScores(ranker);
  }
}

function baseScores({ normalise, mode }: DecayRanker): Fusion {
  return {
    share(_list, metric, score) {
      if (normalise) return Math.fround(normalised(metric, score));
      return Math.fround(smallerIsNearer(metric) ? closeness(score) : score);
    },
    join: mode === "max" ? (sum, share) => Math.max(sum, share) : (sum, share) => Math.fround(sum + share),
    mean: mode === "avg",
    order: "descending",
  };
}
