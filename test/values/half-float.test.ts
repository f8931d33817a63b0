import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../src/values/half-float.js";

const viaHalf = (value: number) => fromFloat16(toFloat16(value));
const viaBrain = (value: number) => fromBfloat16(toBfloat16(value));

describe("binary16", () => {
  it("widens every one of its 65,536 patterns and comes back", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromFloat16(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(viaHalf(value))).toBe(true);
      else expect(toFloat16(value)).toBe(bits);
    }
  });

  it("takes the nearest, ties to even", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65000, max: 65000 }), (value) => {
        const bits = toFloat16(value);
        const taken = fromFloat16(bits);
        for (const neighbour of [bits - 1, bits + 1]) {
          const other = fromFloat16(neighbour & 0xffff);
          if (!Number.isFinite(other)) continue;
          const gap = Math.abs(taken - value) - Math.abs(other - value);
          expect(gap < 0 || (gap === 0 && (bits & 1) === 0) || other === taken).toBe(true);
        }
      }),
    );
  });

  it("knows the worked examples", () => {
    expect([0.1, 1, -2.5, 1 / 3].map(viaHalf)).toEqual([0.0999755859375, 1, -2.5, 0.333251953125]);
    expect([65519.99, 65520].map(viaHalf)).toEqual([65504, Number.POSITIVE_INFINITY]);
    expect(viaHalf(3.99)).toBe(3.990234375);
  });
});

describe("bfloat16", () => {
  it("cuts off, as a server does", () => {
    expect([0.1, 1, -2.5, 1 / 3].map(viaBrain)).toEqual([0.099609375, 1, -2.5, 0.33203125]);
    expect([65504, 3.99].map(viaBrain)).toEqual([65280, 3.984375]);
  });

  it("widens every pattern and comes back", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromBfloat16(bits);
      if (!Number.isNaN(value)) expect(toBfloat16(value)).toBe(bits);
    }
  });
});
