import { isInt64 } from "../../values/int64.js";
import { integerArray } from "./lists.js";
import type { Constant } from "./typed.js";

/** Shorter lists are bound value by value. */
const LONG = 8;

/**
 * A template value as a constant: booleans, integral numbers and bigints (int64), other numbers (double), strings, and arrays of these.
 * Number objects are doubles, also integral ones: that is how `1.0` is told from `1`.
 * @returns undefined for anything else: null, NaN, objects, integers outside int64, ill-formed strings.
 */
export function bindValue(value: unknown): Constant | undefined {
  return bind(value, 0);
}

function bind(value: unknown, depth: number): Constant | undefined {
  switch (typeof value) {
    case "boolean":
      return { kind: "bool", value };
    case "bigint":
      return integer(value);
    case "number":
      return fromNumber(value);
    case "string":
      return /\p{Surrogate}/u.test(value) ? undefined : { kind: "string", value };
    case "object":
      break;
    default:
      return undefined;
  }
  // A Number object is a number that was written as a double, be it integral or not.
  if (Object.prototype.toString.call(value) === "[object Number]") return finite(Number(value));
  if (Array.isArray(value)) {
    if (depth > 32) return undefined;
    const integers = longIntegers(value);
    if (integers !== undefined) return integerArray(integers);
    const elements: Constant[] = [];
    for (const element of value as readonly unknown[]) {
      const bound = bind(element, depth + 1);
      if (bound === undefined) return undefined;
      elements.push(bound);
    }
    return { kind: "array", elements };
  }
  return undefined;
}

/** The numbers of a long list, where all of them are integers that are exact as such. */
export function longIntegers(list: readonly unknown[]): Float64Array | undefined {
  if (list.length < LONG) return undefined;
  const integers = new Float64Array(list.length);
  for (let i = 0; i < integers.length; i++) {
    const value = list[i];
    if (!Number.isSafeInteger(value)) return undefined;
    integers[i] = value as number;
  }
  return integers;
}

function integer(value: bigint): Constant | undefined {
  return isInt64(value) ? { kind: "int", value } : undefined;
}

function finite(value: number): Constant | undefined {
  return Number.isFinite(value) ? { kind: "float", value } : undefined;
}

function fromNumber(value: number): Constant | undefined {
  if (!Number.isInteger(value)) return finite(value);
  return integer(BigInt(value)) ?? finite(value);
}
