import type { ColumnKind, Numbers } from "../../expr/index.js";

/** A list of numbers in the form in which a column of a kind is looked through for them. */
export type NumberList =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly value: bigint | number }
  /** A byte, or a bit, for each of `size` integers from `base` on; there may be values that are none of these. */
  | { readonly kind: "bytes" | "bits"; readonly base: number; readonly size: number; readonly values: Float64Array }
  /** To be hashed. `code`: how the values lie in memory (`assembly/index.ts`). */
  | {
      readonly kind: "set";
      readonly values: Int32Array | BigInt64Array | Float64Array;
      readonly code: number;
      readonly test: "inSetI32" | "inSetI64" | "inSetF32" | "inSetF64";
    };

/** Integers that lie so near each other have a byte each, which is the fastest as long as it stays in the processor's second cache. */
const MOST_BYTES = 2 ** 17 - 1;
/** Bits of a table that are always worth it, and for each number of the list; integers that lie further apart are hashed. */
const SMALL_TABLE = 2 ** 18;
const BITS_PER_NUMBER = 512;

export function listOfNumbers(given: Numbers, kind: ColumnKind): NumberList {
  const [first] = given;
  if (first === undefined) return { kind: "none" };
  if (given.length === 1) return { kind: "one", value: first };
  switch (kind) {
    case "int64":
      return isOfNumbers(given)
        ? (tableOf(doubles(given), 2 ** 53) ?? { kind: "set", values: doubles(given), code: 4, test: "inSetI64" })
        : { kind: "set", values: BigInt64Array.from(given, BigInt), code: 1, test: "inSetI64" };
    case "float32":
    case "float64": {
      // An integer beyond 2^53 that is no double is in no such column.
      const isExact = (value: bigint | number) => typeof value === "number" || BigInt(Number(value)) === value;
      const exact = isOfNumbers(given) ? given : given.filter(isExact);
      return { kind: "set", values: doubles(exact), code: 3, test: kind === "float32" ? "inSetF32" : "inSetF64" };
    }
    default:
      return tableOf(doubles(given), 2 ** 31) ?? { kind: "set", values: int32s(given), code: 0, test: "inSetI32" };
  }
}

function isOfNumbers(given: Numbers): given is Float64Array | readonly number[] {
  return given instanceof Float64Array || given.every((value) => typeof value === "number");
}

function doubles(given: Numbers): Float64Array {
  return given instanceof Float64Array ? given : Float64Array.from(given, Number);
}

function int32s(given: Numbers): Int32Array {
  return Int32Array.from(doubles(given).filter((value) => value === (value | 0)));
}

/** Undefined where the integers lie too far from each other. @param most those from there on, and below its opposite, are in no column */
function tableOf(values: Float64Array, most: number): NumberList | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < -most || value >= most) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { kind: "none" };
  const size = high - low + 1;
  if (size <= MOST_BYTES) return { kind: "bytes", base: low, size, values };
  if (size <= Math.max(SMALL_TABLE, values.length * BITS_PER_NUMBER)) return { kind: "bits", base: low, size, values };
  return undefined;
}
