import { invalidParameter } from "../../errors.js";
import { shownText } from "../../values/shown-text.js";
import { any, type Condition, either, not } from "./condition.js";
import { type Kind, list, literal } from "./literal.js";
import { incomparable, type Operand } from "./operand.js";
import { containing, pattern } from "./pattern.js";

/** What an operator demands of a field. @throws InvalidParameter for what the operator does not take */
export type Operator = (field: Operand, given: unknown) => Condition;

/** @param kinds the values of which `holds` and `opposite` say the truth; all others have nothing to do with the condition */
function leaf(field: Operand, kinds: readonly (Kind | "array")[], holds: string, opposite: string): Condition {
  return { holds, fails: either(opposite, incomparable(field, ...kinds)) };
}

export const equal: Operator = (field, given) => {
  const { text } = field;
  if (given === null) return { holds: `${text} is null`, fails: `${text} is not null` };
  if (!Array.isArray(given)) return compared("==", "!=")(field, given);
  return leaf(field, ["array"], `${text} == ${list(given)}`, `${text} != ${list(given)}`);
};

function compared(sign: string, opposite: string): Operator {
  return (field, given) => {
    const { kind, text } = literal(given);
    return leaf(field, [kind], `${field.text} ${sign} ${text}`, `${field.text} ${opposite} ${text}`);
  };
}

/** One of some values, or a list with one of them. */
export const among: Operator = (field, given) => {
  const values = valuesOf("$in", given);
  const known = values.filter((value) => value !== null);
  const { text } = field;
  // A list of numbers and texts is never definitely without a value, so each kind is asked for by itself.
  const kinds = field.holds === "array" ? [] : [...new Set(known.map((value) => literal(value).kind))];
  return any([
    ...(known.length < values.length ? [equal(field, null)] : []),
    ...kinds.map((kind) => {
      const some = list(known.filter((value) => literal(value).kind === kind));
      return leaf(field, [kind], `${text} in ${some}`, `${text} not in ${some}`);
    }),
    ...(field.holds === "scalar" || known.length === 0 ? [] : [contains("any", field, known)]),
  ]);
};

function contains(how: "any" | "all", field: Operand, values: readonly unknown[]): Condition {
  const holds = `${field.holds === "array" ? "array" : "json"}_contains_${how}(${field.text}, ${list(values)})`;
  return leaf(field, ["array"], holds, `not ${holds}`);
}

export const matches: Operator = (field, given) => leaf(field, ["string"], ...pattern(field.text, given, ""));

/** `$regex` with the `$options` beside it. */
export function matchesWith(flags: unknown): Operator {
  if (flags !== undefined && typeof flags !== "string") throw refused("$options", "a text", flags);
  return (field, given) => leaf(field, ["string"], ...pattern(field.text, given, flags ?? ""));
}

export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>(
  Object.entries({
    $eq: equal,
    $ne: (field, given) => not(equal(field, given)),
    $gt: compared(">", "<="),
    $gte: compared(">=", "<"),
    $lt: compared("<", ">="),
    $lte: compared("<=", ">"),
    $in: among,
    $nin: (field, given) => not(among(field, given)),
    $all: (field, given) => {
      const values = valuesOf("$all", given);
      return values.length === 0 ? any([]) : contains("all", field, values);
    },
    $contains: (field, given) => {
      if (Array.isArray(given)) return given.length === 0 ? any([]) : contains("any", field, given);
      const inList = field.holds === "scalar" ? [] : [contains("any", field, [given])];
      return any([
        ...inList,
        ...(typeof given === "string" && field.holds !== "array"
          ? [leaf(field, ["string"], ...containing(field.text, given))]
          : []),
      ]);
    },
    $size: (field, given) => {
      if (!Number.isInteger(given)) throw refused("$size", "an integer", given);
      return leaf(
        field,
        ["array"],
        `array_length(${field.text}) == ${given}`,
        `array_length(${field.text}) != ${given}`,
      );
    },
    $exists: (field, given) => {
      if (typeof given !== "boolean") throw refused("$exists", "true or false", given);
      return given ? not(equal(field, null)) : equal(field, null);
    },
  } satisfies Record<string, Operator>),
);

function valuesOf(operator: string, given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw refused(operator, "a list", given);
  return given;
}

/** The error for an operator with something that it does not take. Throw what it returns. */
export function refused(operator: string, expected: string, given: unknown): Error {
  return invalidParameter(`${operator} of a filter takes ${expected}, not ${shownText(given, 60)}`);
}
