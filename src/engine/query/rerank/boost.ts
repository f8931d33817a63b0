import type { CompiledFilter } from "../../entities/compiled-filter.js";
import type { EntityTable } from "../../entities/entity-table.js";
import { type Selection, verifyRowIds } from "../../entities/read-rows.js";
import type { MetricType } from "../../model/collection.js";
import type { FieldSchema } from "../../model/schema.js";
import type { Chain, Compute } from "../chain/chain.js";
import { SCORE_COLUMN } from "../chain/hit-columns.js";
import { byScore } from "../chain/sort.js";
import { fieldValues } from "../field-values.js";
import { randomScore } from "./random-score.js";

/** A weight for the rows that a filter lets through. */
export interface Boost {
  readonly weight: number;
  /** Undefined: all rows. */
  readonly filter: CompiledFilter | undefined;
  /** The weight is multiplied by a number in [0, 1) that depends on the seed and the row. */
  readonly random: RandomWeight | undefined;
}

export interface RandomWeight {
  readonly seed: bigint;
  /** Int64 field whose value tells the rows apart; undefined: their numbers in the store do. */
  readonly field: FieldSchema | undefined;
}

/** How two numbers become one. */
export type Combination = "multiply" | "sum";

/** Boosts of a search: they change the scores of the hits that were found, whatever the direction of the metric. */
export interface Boosting {
  readonly boosts: readonly Boost[];
  /** What several weights of one row make together. */
  readonly weights: Combination;
  /** What a score and a weight make together. */
  readonly score: Combination;
}

/** What boosts do to hits. Rows that no boost matches keep their scores. */
export function boosting(metric: MetricType, { boosts, weights, score }: Boosting): Chain {
  const compute: Compute = ([scores = []], { table, rowIds }) => {
    const found = new Map<number, number>();
    for (const boost of boosts) {
      for (const [rowId, weight] of weightsOf(table, boost, rowIds)) {
        const before = found.get(rowId);
        found.set(rowId, before === undefined ? weight : combined(weights, before, weight));
      }
    }
    return scores.map((before, i) => {
      const weight = found.get(rowIds[i] as number);
      return weight === undefined || before === null ? before : combined(score, Number(before), weight);
    });
  };
  return [
    { kind: "map", output: SCORE_COLUMN, inputs: [SCORE_COLUMN], compute },
    { kind: "sort", keys: byScore(metric) },
  ];
}

function combined(how: Combination, a: number, b: number): number {
  return Math.fround(how === "multiply" ? a * b : a + b);
}

/** The weights of the rows that a boost matches. */
function weightsOf(table: EntityTable, boost: Boost, rowIds: readonly number[]): Iterable<readonly [number, number]> {
  const condition = boost.filter?.condition;
  const selection: Selection | undefined = condition === undefined ? undefined : { filter: condition };
  const matching = selection === undefined ? rowIds : [...verifyRowIds(table, selection, rowIds)];
  const weight = Math.fround(boost.weight);
  const { random } = boost;
  if (random === undefined) return matching.map((rowId) => [rowId, weight]);
  const values = random.field === undefined ? matching : fieldValues(table, random.field, matching);
  return matching.map((rowId, i) => {
    // A null counts as 0.
    const drawn = randomScore(BigInt(values[i] ?? 0), random.seed);
    return [rowId, Math.fround(weight * Math.fround(drawn))];
  });
}
