import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { project } from "../../src/studio/pca.js";

const DIMENSION = 6;

/** Rows that spread along two directions, far more along the first, with a little noise. */
function spread(count: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(count * DIMENSION);
  for (let row = 0; row < count; row++) {
    const [far, near] = [Math.sin(row) * 10, Math.cos(row * 3) * 3];
    for (let at = 0; at < DIMENSION; at++) {
      rows[row * DIMENSION + at] = 5 + far * (at % 2) + near * (at < 3 ? 1 : -1) + Math.sin(row * 7 + at) * 0.01;
    }
  }
  return rows;
}

describe("the map's projection", () => {
  it("keeps the distances of rows that lie in a plane", () => {
    const rows = spread(200);
    const before = Float32Array.from(rows);
    const { points, shares } = project(rows, DIMENSION);
    expect(shares[0]).toBeGreaterThan(shares[1]);
    expect(shares[0] + shares[1]).toBeGreaterThan(0.999);
    const apart = (values: Float32Array, width: number, a: number, b: number) => {
      let sum = 0;
      for (let at = 0; at < width; at++) sum += ((values[a * width + at] ?? 0) - (values[b * width + at] ?? 0)) ** 2;
      return Math.sqrt(sum);
    };
    for (let row = 1; row < 200; row++) {
      expect(apart(points, 2, 0, row)).toBeCloseTo(apart(before, DIMENSION, 0, row), 0);
    }
  });

  it("puts rows that are all equal on one point", () => {
    for (const value of [0, 1, -1e20]) {
      const { points, shares } = project(new Float32Array(40).fill(value), 4);
      expect(shares).toEqual([0, 0]);
      expect(new Set(points)).toEqual(new Set([0]));
    }
  });

  it("gives a point to every row, whatever the rows are", () => {
    const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(numbers, { maxLength: 60 }), (dimension, values) => {
        const count = Math.floor(values.length / dimension);
        const { points, shares } = project(Float32Array.from(values.slice(0, count * dimension)), dimension);
        expect(points).toHaveLength(2 * count);
        expect(points.every(Number.isFinite)).toBe(true);
        expect(shares[0] + shares[1]).toBeLessThanOrEqual(1.001);
      }),
    );
  });

  it("has no points where there are no rows", () => {
    expect(project(new Float32Array(0), 0)).toEqual({ points: new Float32Array(0), shares: [0, 0] });
  });
});
