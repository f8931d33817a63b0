import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compactInteger,
  INT64_MAX,
  INT64_MIN,
  INTEGER_BOUNDS,
  type IntegerType,
  isInt64,
  toInteger,
  wrapInt64,
} from "../../src/values/int64.js";
import { cpuTime } from "../support/cpu-time.js";

const types = Object.keys(INTEGER_BOUNDS) as IntegerType[];

describe("integers", () => {
  it("are numbers where that is exact", () => {
    expect([5n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 60n)].map(compactInteger)).toEqual([
      5,
      2 ** 53 - 1,
      2n ** 53n,
      -(2n ** 60n),
    ]);
  });

  it("fit their type or are refused, however they are written", () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.bigInt(-(2n ** 66n), 2n ** 66n), (type, value) => {
        const [min, max] = INTEGER_BOUNDS[type];
        const expected = value < min || value > max ? undefined : compactInteger(value);
        expect(toInteger(value, type)).toBe(expected);
        expect(toInteger(String(value), type)).toBe(expected);
        if (value >= 0n) expect(toInteger(`+${value}`, type)).toBe(expected);
        const number = Number(value);
        expect(toInteger(number, type)).toBe(Number.isSafeInteger(number) ? expected : undefined);
      }),
    );
  });

  it.each([
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    "",
    "1.0",
    "1e3",
    " 1",
    "0x1",
    "1n",
    null,
    undefined,
    {},
    [1],
    true,
  ])("are not made of %s", (value) => {
    for (const type of types) expect(toInteger(value, type)).toBeUndefined();
  });

  it("of a million digits are refused at once", () => {
    const start = cpuTime();
    expect(toInteger("9".repeat(5_000_000), "Int64")).toBeUndefined();
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  it("wrap as the machine does", () => {
    expect(wrapInt64(INT64_MAX + 1n)).toBe(INT64_MIN);
    expect([INT64_MIN - 1n, INT64_MIN, INT64_MAX, INT64_MAX + 1n].map(isInt64)).toEqual([false, true, true, false]);
  });
});
