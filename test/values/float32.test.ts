import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatVectorText } from "../../src/values/float-vector-text.js";
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

/** Any float32 by its bits: all exponents come up alike, the small and the large ones too. */
const anyFloat = fc
  .integer({ min: 0, max: 0xffffffff })
  .map((bits) => new Float32Array(new Uint32Array([bits]).buffer)[0] as number)
  .filter(Number.isFinite);
const likelyFloat = fc.oneof(
  anyFloat,
  fc.double({ min: -1, max: 1, noNaN: true }).map(Math.fround),
  fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((n) => Math.fround(n / 1000)),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map(Math.fround),
  fc.constantFrom(0, -0, 1e-6, 9.999999e-7, 1e9, 999999999, 0.1, 3.4028234663852886e38, 1.401298464324817e-45),
);

describe("shortest decimals of float32", () => {
  it("read back as the same float32, and no shorter decimal does", () => {
    fc.assert(
      fc.property(likelyFloat, (given) => {
        const value = Math.fround(given);
        const short = shortestFloat(value);
        expect(Math.fround(short)).toBe(value);
        const digits = short.toExponential().replace(/^-/, "").split("e")[0]?.replace(".", "").length ?? 0;
        if (value !== 0 && Math.abs(value) < 1e9 && !Number.isInteger(value) && digits > 1) {
          expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("are what a vector's text shows, digit by digit as JavaScript prints them", () => {
    fc.assert(
      fc.property(fc.array(likelyFloat, { maxLength: 40 }), (given) => {
        const vector = Float32Array.from(given);
        expect(floatVectorText(vector)).toBe(`[${Array.from(vector, shortestFloat).join(",")}]`);
      }),
      { numRuns: 2000 },
    );
  });
});
