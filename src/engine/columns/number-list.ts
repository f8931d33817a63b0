import type { ColumnKind } from "../../expr/index.js";

/** A list of numbers in the form in which a column of a kind is looked through for them. */
export type NumberList =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly value: bigint | number }
  /** A byte for each integer from `base` on. */
  | { readonly kind: "table"; readonly base: number; readonly table: Uint8Array }
  /** To be hashed. `code`: how the values lie in memory (`assembly/index.ts`). */
  | {
      readonly kind: "set";
      readonly values: Int32Array | BigInt64Array | Float64Array;
      readonly code: number;
      readonly test: "inSetI32" | "inSetI64" | "inSetF32" | "inSetF64";
    };

/** Bytes of a table that are always worth it, and for each number of the list; integers that lie further apart are hashed. */
const SMALL_TABLE = 2 ** 14;
const BYTES_PER_NUMBER = 32;

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
  if (high - low >= Math.max(SMALL_TABLE, values.length * BYTES_PER_NUMBER)) {
    return { kind: "set", values: Int32Array.from(values), code: 0, test: "inSetI32" };
  }
  const table = new Uint8Array(high - low + 1);
  for (const value of values) table[value - low] = 1;
  return { kind: "table", base: low, table };
}
