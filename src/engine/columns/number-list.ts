import type { ColumnKind } from "../../expr/index.js";

/** A list of numbers in the form in which a column of a kind is looked through for them. */
export type NumberList =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly value: bigint | number }
  /** A byte, or a bit, for each of `size` integers from `base` on. */
  | {
      readonly kind: "bytes" | "bits";
      readonly base: number;
      readonly size: number;
      readonly values: readonly number[];
    }
  /** To be hashed. `code`: how the values lie in memory (`assembly/index.ts`). */
  | {
      readonly kind: "set";
      readonly values: Int32Array | BigInt64Array | Float64Array;
      readonly code: number;
      readonly test: "inSetI32" | "inSetI64" | "inSetF32" | "inSetF64";
    };

/** Integers that lie so near each other have a byte each, which is the fastest as long as it stays in the processor's cache. */
const MOST_BYTES = 2 ** 14;
/** Bits of a table that are always worth it, and for each number of the list; integers that lie further apart are hashed. */
const SMALL_TABLE = 2 ** 18;
const BITS_PER_NUMBER = 512;

export function listOfNumbers(given: readonly (bigint | number)[], kind: ColumnKind): NumberList {
  const [first] = given;
  if (first === undefined) return { kind: "none" };
  if (given.length === 1) return { kind: "one", value: first };
  switch (kind) {
    case "int64":
      return given.every((value) => typeof value === "number")
        ? { kind: "set", values: Float64Array.from(given), code: 4, test: "inSetI64" }
        : { kind: "set", values: BigInt64Array.from(given.map(BigInt)), code: 1, test: "inSetI64" };
    case "float32":
    case "float64": {
      // An integer beyond 2^53 that is no double is in no such column.
      const doubles = given.filter((value) => typeof value === "number" || BigInt(Number(value)) === value);
      const values = Float64Array.from(doubles, Number);
      return { kind: "set", values, code: 3, test: kind === "float32" ? "inSetF32" : "inSetF64" };
    }
    default:
      return integers(given);
  }
}

function integers(given: readonly (bigint | number)[]): NumberList {
  const values: number[] = [];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const each of given) {
    const value = Number(each);
    if (value !== (value | 0)) continue;
    values.push(value);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (values.length === 0) return { kind: "none" };
  const size = high - low + 1;
  if (size <= MOST_BYTES) return { kind: "bytes", base: low, size, values };
  if (size <= Math.max(SMALL_TABLE, values.length * BITS_PER_NUMBER)) return { kind: "bits", base: low, size, values };
  return { kind: "set", values: Int32Array.from(values), code: 0, test: "inSetI32" };
}
