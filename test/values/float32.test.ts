import * as fc from "fast-check";
import { expect, it } from "vitest";
import { shortestFloat, toFloat32 } from "../../src/values/float32.js";
import { INT64_MAX, INT64_MIN } from "../../src/values/int64.js";

/** The float32 values around an integer, by their bits. */
function neighbours(value: number): number[] {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  return [-1, 1].map((step) => new Float32Array(Int32Array.of((bits[0] as number) + step).buffer)[0] as number);
}

const edges = [53n, 54n, 60n, 62n].flatMap((power) => [2n ** power, 2n ** power + 2n ** (power - 24n)]);
const integer = fc.oneof(
  fc.bigInt(INT64_MIN, INT64_MAX),
  // Near the middle between two float32 values, where rounding twice goes wrong.
  fc
    .tuple(fc.constantFrom(...edges), fc.bigInt(-3n, 3n), fc.boolean())
    .map(([a, b, minus]) => (minus ? -(a + b) : a + b)),
);

it("converts integers to the nearest float32, ties to even", () => {
  const size = (value: bigint): bigint => (value < 0n ? -value : value);
  fc.assert(
    fc.property(integer, (value) => {
      const found = toFloat32(value);
      expect(Math.fround(found)).toBe(found);
      if (found === 0) return;
      const distance = size(BigInt(found) - value);
      for (const other of neighbours(found)) {
        if (!Number.isInteger(other)) continue;
        const otherDistance = size(BigInt(other) - value);
        expect(otherDistance >= distance).toBe(true);
        if (otherDistance === distance) {
          const bits = new Int32Array(Float32Array.of(found).buffer)[0] as number;
          expect(bits & 1).toBe(0);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

it("is no detour by way of a double", () => {
  const value = 2n ** 60n + 2n ** 36n + 1n;
  expect(toFloat32(value)).toBe(2 ** 60 + 2 ** 37);
  expect(Math.fround(Number(value))).toBe(2 ** 60);
});

it("prints a float32 by the shortest decimal that is it", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const short = shortestFloat(value);
      expect(Math.fround(short)).toBe(Object.is(value, -0) ? short : value);
      expect(String(short).length).toBeLessThanOrEqual(String(value).length);
    }),
  );
});
