import type { Limit } from "../../expr/index.js";

/** Both ends of a range, included. No value lies in it where `low` is above `high`, or one of them is NaN. */
export interface Ends<T> {
  readonly low: T;
  readonly high: T;
}

const NOTHING: Ends<bigint> = { low: 1n, high: 0n };

/** The integers of a width between two limits. */
export function integerEnds(low: Limit | undefined, high: Limit | undefined, bits: 32 | 64): Ends<bigint> {
  const most = (1n << BigInt(bits - 1)) - 1n;
  const least = -most - 1n;
  const from = low === undefined ? least : BigInt(low.value) + (low.inclusive ? 0n : 1n);
  const to = high === undefined ? most : BigInt(high.value) - (high.inclusive ? 0n : 1n);
  if (from > to || from > most || to < least) return NOTHING;
  return { low: from < least ? least : from, high: to > most ? most : to };
}

/** The doubles between two limits, or the 32-bit numbers. */
export function numberEnds(low: Limit | undefined, high: Limit | undefined, bits: 32 | 64): Ends<number> {
  const from = low === undefined ? Number.NEGATIVE_INFINITY : leastFrom(low);
  const to = high === undefined ? Number.POSITIVE_INFINITY : -leastFrom({ ...high, value: -high.value });
  return bits === 64 ? { low: from, high: to } : { low: upTo32(from), high: -upTo32(-to) };
}

/** The least double at or above a limit. */
function leastFrom({ value, inclusive }: Limit): number {
  const near = Number(value);
  if (typeof value === "bigint" && Number.isFinite(near)) {
    const exact = BigInt(near);
    if (exact < value) return nextUp(near);
    if (exact > value) return near;
  }
  return inclusive ? near : nextUp(near);
}

const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);
const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** The next larger double; NaN behind the largest. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  doubleBits[0] = (doubleBits[0] as bigint) + (value > 0 ? 1n : -1n);
  return double[0] as number;
}

/** The least 32-bit number at or above a double. */
function upTo32(value: number): number {
  single[0] = value;
  const near = single[0] as number;
  if (!(near < value)) return near;
  if (near === 0) {
    singleBits[0] = 1;
  } else {
    singleBits[0] = (singleBits[0] as number) + (near > 0 ? 1 : -1);
  }
  return single[0] as number;
}
