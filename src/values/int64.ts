/** Integers of the columns: exact, as `number` where that is exact and as `bigint` beyond. */

export type IntegerType = "Int8" | "Int16" | "Int32" | "Int64";

export const INT64_MIN: bigint = -(1n << 63n);
export const INT64_MAX: bigint = (1n << 63n) - 1n;

/** Bounds of the integer types, both included. */
export const INTEGER_BOUNDS: Readonly<Record<IntegerType, readonly [bigint, bigint]>> = {
  Int8: [-128n, 127n],
  Int16: [-32768n, 32767n],
  Int32: [-2147483648n, 2147483647n],
  Int64: [INT64_MIN, INT64_MAX],
};

export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** Brings a result back into int64 as the machine does: modulo 2^64. */
export function wrapInt64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** Turns the 64 bits of an unsigned number round; those that leave at the top come back at the bottom. */
export function rotateLeft64(value: bigint, by: bigint): bigint {
  return BigInt.asUintN(64, (value << by) | (value >> (64n - by)));
}

/** A bigint as a number where that is exact, else unchanged. */
export function compactInteger(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

const DECIMAL = /^[+-]?\d+$/;
/** No integer type needs more; longer texts are refused before they are converted, which takes quadratic time. */
const MAX_DIGITS = 64;

/**
 * An integer of the given type from a JSON integer, a bigint or a decimal string; undefined when it is none or out of range.
 * `1.5`, `1.0`, `1e3` and unsafe numbers (they may be rounded already) are none.
 */
export function toInteger(value: unknown, type: IntegerType): number | bigint | undefined {
  const [min, max] = INTEGER_BOUNDS[type];
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) return undefined;
    return type === "Int64" || (value >= Number(min) && value <= Number(max)) ? value : undefined;
  }
  let integer: bigint;
  if (typeof value === "bigint") integer = value;
  else if (typeof value === "string" && value.length <= MAX_DIGITS && DECIMAL.test(value)) {
    integer = BigInt(value.startsWith("+") ? value.slice(1) : value);
  } else return undefined;
  return integer < min || integer > max ? undefined : compactInteger(integer);
}
