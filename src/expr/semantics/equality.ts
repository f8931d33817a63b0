import { compareText } from "../../values/text-order.js";
import type { Constant } from "../check/typed.js";
import type { JsonValue } from "./json-value.js";

/** Comparison of JSON values with constants, as the evaluator and the SQL functions do it. */

/** -1, 0 or 1; undefined for numbers that have no order (NaN). Integers and doubles compare exactly. */
export function compareNumbers(left: bigint | number, right: bigint | number): number | undefined {
  if (left < right) return -1;
  if (left > right) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 compares across the two number types
  return left == right ? 0 : undefined;
}

/** Order of a JSON scalar against a literal; undefined when the types differ. A float literal compares as double. */
export function compareJsonValue(value: JsonValue, literal: Constant): number | undefined {
  if (literal.kind === "int" || literal.kind === "float") {
    if (value.kind !== "int" && value.kind !== "float") return undefined;
    return literal.kind === "float"
      ? compareNumbers(Number(value.value), literal.value)
      : compareNumbers(value.value, literal.value);
  }
  if (literal.kind === "string") {
    return value.kind === "string" ? compareText(value.value, literal.value) : undefined;
  }
  if (literal.kind === "bool" && value.kind === "bool") return Number(value.value) - Number(literal.value);
  return undefined;
}

/**
 * Is a JSON array equal to an array literal: same length, equal elements in order?
 * @param strict an integer literal equals integers only (JSON); else any equal number (typed arrays)
 */
export function equalsArray(value: JsonValue, literal: Constant, strict: boolean): boolean {
  if (value.kind !== "array" || literal.kind !== "array") return false;
  if (value.elements.length !== literal.elements.length) return false;
  return value.elements.every((element, at) => {
    const wanted = literal.elements[at];
    if (wanted === undefined) return false;
    if (wanted.kind === "array") return equalsArray(element, wanted, strict);
    if (strict && wanted.kind === "int" && element.kind !== "int") return false;
    return compareJsonValue(element, wanted) === 0;
  });
}

/** Does an element of a JSON array equal the literal? */
export function elementEquals(element: JsonValue, literal: Constant): boolean {
  return literal.kind === "array" ? equalsArray(element, literal, true) : compareJsonValue(element, literal) === 0;
}
