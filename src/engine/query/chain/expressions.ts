import type { StoredValue } from "../../contract/column.js";
import { type Decay, decayFactor } from "../rerank/decay.js";
import { roundFusedScore } from "../rerank/scores.js";
import type { Compute } from "./chain.js";

/** How several numbers become one. */
export type CombineMode = "multiply" | "sum" | "max" | "min" | "avg" | "weighted";

export const COMBINE_MODES: readonly CombineMode[] = ["multiply", "sum", "max", "min", "avg", "weighted"];

/** How near each number is to where it should be: a factor in (0, 1]. */
export function decayed(decay: Decay): Compute {
  return ([column = []]) => column.map((value) => (value === null ? null : float(decayFactor(decay, Number(value)))));
}

/** @param weights one per column; of the mode `weighted` alone */
export function combined(mode: CombineMode, weights: readonly number[] = []): Compute {
  return (columns) => {
    const [first = []] = columns;
    return first.map((_, row) => {
      const values = columns.map((column) => column[row] ?? null);
      return values.includes(null) ? null : float(combine(mode, values.map(Number), weights));
    });
  };
}

export function rounded(decimals: number): Compute {
  return ([column = []]) =>
    column.map((value) => (value === null ? null : float(roundFusedScore(Number(value), decimals))));
}

function combine(mode: CombineMode, values: readonly number[], weights: readonly number[]): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (mode) {
    case "multiply":
      return values.reduce((product, value) => product * value, 1);
    case "sum":
      return sum();
    case "max":
      return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    case "min":
      return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    case "avg":
      return sum() / values.length;
    case "weighted":
      return values.reduce((total, value, i) => total + value * (weights[i] as number), 0);
  }
}

/** What is computed is a float32; what is no number is nothing. */
function float(value: number): StoredValue {
  return Number.isNaN(value) ? null : Math.fround(value);
}
