import type { Predicate } from "./condition.js";
import { either } from "./condition.js";
import type { Kind } from "./literal.js";

/** What a filter looks at. */
export interface Operand {
  /** As the filter language writes it. */
  readonly text: string;
  /** `json`: a path into a JSON field or a dynamic key, where every row may have another type; else the type of the field. */
  readonly holds: "json" | "array" | "scalar";
}

/** A path into a JSON field, or into `$meta`, which holds the dynamic ones. */
export function jsonOperand(field: string, path: readonly string[]): Operand {
  return { text: `${field}${path.map((step) => `[${JSON.stringify(step.toWellFormed())}]`).join("")}`, holds: "json" };
}

const LOWEST = String(-Number.MAX_VALUE);

/** True for the values of one type, and false or unknown for all others. Empty lists count as null. */
const IS: Readonly<Record<Kind | "array", (text: string) => string>> = {
  number: (text) => `${text} >= ${LOWEST}`,
  string: (text) => `${text} like "%"`,
  boolean: (text) => `${text} in [true, false]`,
  array: (text) => `array_length(${text}) > 0`,
};

/** Where a comparison with values of some kinds is unknown: the field is null or missing, or a value of another type. */
export function incomparable({ text, holds }: Operand, ...kinds: readonly (Kind | "array")[]): Predicate {
  const others =
    holds === "json" ? (Object.keys(IS) as (Kind | "array")[]).filter((kind) => !kinds.includes(kind)) : [];
  return either(`${text} is null`, ...others.map((kind) => IS[kind](text)));
}
