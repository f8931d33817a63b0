import { buildSync } from "esbuild";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_DEADLINE } from "../../src/values/deadline.js";
import type { Geometry, Library, Relation } from "../../src/values/spatial/library.js";
import { loadToolkit } from "../../src/values/spatial/toolkit.js";

/** A second copy of the library, as it comes: the one in use has had steps replaced. */
const classes = {
  WKTReader: "io/WKTReader",
  RelateOp: "operation/relate/RelateOp",
  DistanceOp: "operation/distance/DistanceOp",
  IsValidOp: "operation/valid/IsValidOp",
};
const source = Object.entries(classes)
  .map(([name, path]) => `export { default as ${name} } from "jsts/org/locationtech/jts/${path}.js";`)
  .join("\n");
const [bundle] = buildSync({
  stdin: { contents: source, resolveDir: process.cwd() },
  bundle: true,
  format: "esm",
  write: false,
}).outputFiles;
const plain = (await import(
  `data:text/javascript;base64,${Buffer.from(bundle?.contents ?? []).toString("base64")}`
)) as Pick<Library, keyof typeof classes>;

const toolkit = loadToolkit();
const plainReader = new plain.WKTReader();

/** Few places, so that shapes touch, overlap and share points; many points, so that trees are used. */
const coordinate = fc.integer({ min: 0, max: 12 });
const point = fc.tuple(coordinate, coordinate).map(([x, y]) => `${x} ${y}`);
const points = (minLength: number, maxLength: number) => fc.array(point, { minLength, maxLength });
const line = fc.oneof(points(2, 6), points(33, 60)).map((list) => `(${list.join(",")})`);

/** A ring around a centre, so that it is mostly valid. */
const ring = fc
  .tuple(
    fc.integer({ min: 3, max: 40 }),
    fc.integer({ min: 2, max: 10 }),
    fc.integer({ min: 2, max: 10 }),
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([count, x, y, radius]) => {
    const at = (i: number): string => {
      const angle = (2 * Math.PI * i) / count;
      return `${Math.round(x * 4 + 4 * radius * Math.cos(angle)) / 4} ${Math.round(y * 4 + 4 * radius * Math.sin(angle)) / 4}`;
    };
    return `((${[...Array.from({ length: count }, (_, i) => at(i)), at(0)].join(",")}))`;
  });

const several = <T>(item: fc.Arbitrary<T>) =>
  fc.oneof(fc.array(item, { minLength: 1, maxLength: 3 }), fc.array(item, { minLength: 33, maxLength: 40 }));
const shape = fc.oneof(
  point.map((p) => `POINT(${p})`),
  several(point).map((list) => `MULTIPOINT(${list.map((p) => `(${p})`).join(",")})`),
  line.map((l) => `LINESTRING${l}`),
  several(points(2, 4)).map((list) => `MULTILINESTRING(${list.map((l) => `(${l.join(",")})`).join(",")})`),
  ring.map((r) => `POLYGON${r}`),
  fc.array(ring, { minLength: 1, maxLength: 3 }).map((list) => `MULTIPOLYGON(${list.join(",")})`),
);

/** What the work gives, or that it throws: what is invalid has no relation. */
function outcome<T>(work: () => T): T | "undefined" {
  try {
    return work();
  } catch {
    return "undefined";
  }
}

const RELATIONS: readonly Relation[] = ["equalsTopo", "touches", "overlaps", "crosses", "contains", "intersects"];
const numRuns = Number(process.env["ELANUS_RUNS"] ?? 400);

/** Shapes that run along each other: a star-shaped ring, and what is made of its points. */
const alongside = fc
  .tuple(fc.array(fc.integer({ min: 4, max: 12 }), { minLength: 5, maxLength: 40 }), fc.nat(), fc.nat(), fc.boolean())
  .map(([radii, shift, cut, back]) => {
    const n = radii.length;
    const at = (i: number): string => {
      const angle = (2 * Math.PI * (i % n)) / n;
      const radius = radii[i % n] as number;
      return `${Math.round(radius * 1000 * Math.cos(angle)) / 1000} ${Math.round(radius * 1000 * Math.sin(angle)) / 1000}`;
    };
    const along = (from: number, count: number) => {
      const list = Array.from({ length: count }, (_, i) => at(from + i));
      return back ? list.reverse() : list;
    };
    const whole = along(shift % n, n + 1);
    const some = along(shift % n, 2 + (cut % (n - 1)));
    const box = "(-20 -20,20 -20,20 20,-20 20,-20 -20)";
    return {
      ring: `POLYGON((${along(0, n + 1)}))`,
      others: [
        `POLYGON((${whole}))`,
        `POLYGON(${box},(${whole}))`,
        `POLYGON((${[...some, "0 0", some[0]]}))`,
        `LINESTRING(${whole})`,
        `LINESTRING(${some})`,
        `LINESTRING(${[...some, "30 30"]})`,
        `MULTIPOINT(${some.map((place) => `(${place})`)})`,
        `POINT(${some[0]})`,
      ],
    };
  });

describe("the steps that are done in another way than by the library", () => {
  it("leave every relation of two shapes as it is", () => {
    fc.assert(
      fc.property(shape, shape, fc.constantFrom(...RELATIONS), (a, b, relation) => {
        const [plainA, plainB] = [plainReader.read(a), plainReader.read(b)] as [Geometry, Geometry];
        if (!plain.IsValidOp.isValid(plainA) || !plain.IsValidOp.isValid(plainB)) return;
        const expected = outcome(() => plain.RelateOp[relation](plainA, plainB));
        const found = outcome(() => toolkit.relate(relation, toolkit.read(a), toolkit.read(b), NO_DEADLINE));
        expect(found).toBe(expected);
      }),
      { numRuns },
    );
  });

  it("leave the relations of shapes that run along each other as they are", () => {
    fc.assert(
      fc.property(alongside, fc.nat(), fc.boolean(), ({ ring, others }, which, turned) => {
        const other = others[which % others.length] as string;
        const [a, b] = turned ? [other, ring] : [ring, other];
        const [plainA, plainB] = [plainReader.read(a), plainReader.read(b)] as [Geometry, Geometry];
        if (!plain.IsValidOp.isValid(plainA) || !plain.IsValidOp.isValid(plainB)) return;
        for (const relation of RELATIONS) {
          const expected = outcome(() => plain.RelateOp[relation](plainA, plainB));
          const found = outcome(() => toolkit.relate(relation, toolkit.read(a), toolkit.read(b), NO_DEADLINE));
          expect([relation, found]).toEqual([relation, expected]);
        }
      }),
      { numRuns },
    );
  });

  it("find points that are as near to each other as those of the library", () => {
    const apart = ([p, q]: readonly { readonly x: number; readonly y: number }[]) =>
      Math.hypot((p?.x ?? 0) - (q?.x ?? 0), (p?.y ?? 0) - (q?.y ?? 0));
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const expected = plain.DistanceOp.nearestPoints(plainReader.read(a), plainReader.read(b));
        const found = toolkit.nearest(toolkit.read(a), toolkit.read(b), NO_DEADLINE);
        expect(apart(found)).toBeCloseTo(apart(expected), 9);
      }),
      { numRuns },
    );
  });
});
