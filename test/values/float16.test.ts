import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBFloat16, fromFloat16, toBFloat16, toFloat16 } from "../../src/values/float16.js";

const allBits = Array.from({ length: 65536 }, (_, bits) => bits);

describe("binary16", () => {
  it("comes back bit by bit, but for NaN", () => {
    for (const bits of allBits) {
      const value = fromFloat16(bits);
      if (Number.isNaN(value)) expect(toFloat16(value) & 0x7fff).toBeGreaterThan(0x7c00);
      else expect(toFloat16(value)).toBe(bits);
    }
  });

  it("is the nearest one, ties to even", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65519, max: 65519 }), (value) => {
        const bits = toFloat16(value);
        const error = Math.abs(fromFloat16(bits) - value);
        for (const other of [bits - 1, bits + 1]) {
          if ((other & 0x7c00) === 0x7c00 || other < 0) continue;
          const distance = Math.abs(fromFloat16(other & 0xffff) - value);
          expect(error < distance || (error === distance && bits % 2 === 0) || value === 0).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
    // Halfway between two, and the last steps.
    expect(toFloat16(1 + 1 / 2048)).toBe(0x3c00);
    expect(toFloat16(1 + 3 / 2048)).toBe(0x3c02);
    expect(toFloat16(2 ** -25)).toBe(0);
    expect(toFloat16(3 * 2 ** -25)).toBe(2);
    expect(toFloat16(-(2 ** -14) + 2 ** -26)).toBe(0x8400);
    expect([toFloat16(65519.99), toFloat16(65520), toFloat16(-1e9), toFloat16(-0)]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0x8000,
    ]);
  });
});

describe("bfloat16", () => {
  it("cuts off what it cannot hold", () => {
    for (const bits of allBits) {
      const value = fromBFloat16(bits);
      if (!Number.isNaN(value)) expect(toBFloat16(value)).toBe(bits);
    }
    expect([3.99, 0.1, 65504, -2.5].map((value) => fromBFloat16(toBFloat16(value)))).toEqual([
      3.984375, 0.099609375, 65280, -2.5,
    ]);
  });
});
