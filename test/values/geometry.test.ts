import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failure, isElanusError } from "../../src/errors.js";
import { elapsed } from "../../src/values/clock.js";
import { TakesLong } from "../../src/values/deadline.js";
import { isWellKnownText, type SpatialFunction, spatialTest } from "../../src/values/geometry.js";
import { BOX_SIZE, BoxTree, writeBox } from "../../src/values/spatial/box-tree.js";
import type { Library } from "../../src/values/spatial/library.js";
import { makeToolkit } from "../../src/values/spatial/toolkit.js";
import { cpuTime } from "../support/cpu-time.js";

/** What each relation says of two shapes, worked out by hand. */
const KNOWN: readonly [string, string, readonly SpatialFunction[]][] = [
  ["POINT(1 1)", "POINT(1 1)", ["st_equals", "st_contains", "st_within", "st_intersects"]],
  ["POINT(1 1)", "POINT(2 1)", []],
  ["POINT(1 1)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", ["st_within", "st_intersects"]],
  ["POINT(2 1)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", ["st_touches", "st_intersects"]],
  ["LINESTRING(0 0, 2 2)", "LINESTRING(0 2, 2 0)", ["st_crosses", "st_intersects"]],
  ["LINESTRING(0 0, 2 2)", "LINESTRING(2 2, 4 0)", ["st_touches", "st_intersects"]],
  ["LINESTRING(0 0, 4 0)", "LINESTRING(2 0, 6 0)", ["st_overlaps", "st_intersects"]],
  ["LINESTRING(0 0, 4 0)", "LINESTRING(4 0, 0 0)", ["st_equals", "st_contains", "st_within", "st_intersects"]],
  ["LINESTRING(-1 1, 3 1)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", ["st_crosses", "st_intersects"]],
  ["LINESTRING(0 0, 2 0)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", ["st_touches", "st_intersects"]],
  ["LINESTRING(0 0, 2 2)", "POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", ["st_within", "st_intersects"]],
  ["POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", "POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))", ["st_overlaps", "st_intersects"]],
  ["POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", "POLYGON((2 0, 4 0, 4 2, 2 2, 2 0))", ["st_touches", "st_intersects"]],
  ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1))", "POINT(4 4)", []],
  ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1))", "POINT(0.5 0.5)", ["st_contains", "st_intersects"]],
  ["MULTIPOINT((0 0), (9 9))", "POLYGON((-1 -1, 1 -1, 1 1, -1 1, -1 -1))", ["st_crosses", "st_intersects"]],
  ["MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "POINT(5.9 5.5)", ["st_contains", "st_intersects"]],
];
const RELATIONS: readonly SpatialFunction[] = [
  "st_equals",
  "st_touches",
  "st_overlaps",
  "st_crosses",
  "st_contains",
  "st_intersects",
  "st_within",
];

describe("spatial relations", () => {
  it.each(KNOWN)("of %s to %s", (a, b, expected) => {
    expect(RELATIONS.filter((name) => spatialTest(name, a, b, 0))).toEqual(
      RELATIONS.filter((n) => expected.includes(n)),
    );
  });

  /** An upright box of whole coordinates; as thin as a line or a point where ends fall together. */
  type Box = readonly [number, number, number, number];
  const box: fc.Arbitrary<Box> = fc
    .tuple(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([x, y, w, h]) => [x, y, x + w, y + h]);
  const written = ([a, b, c, d]: Box, corner: number): string => {
    const ring = [
      [a, b],
      [c, b],
      [c, d],
      [a, d],
    ];
    const turned = [...ring.slice(corner), ...ring.slice(0, corner)];
    // One point more on an edge changes nothing.
    const middle = [
      ((turned[0]?.[0] as number) + (turned[1]?.[0] as number)) / 2,
      ((turned[0]?.[1] as number) + (turned[1]?.[1] as number)) / 2,
    ];
    const all = [turned[0], middle, ...turned.slice(1), turned[0]];
    return `POLYGON((${all.map((point) => (point as number[]).join(" ")).join(", ")}))`;
  };

  it("of boxes are those of their intervals", () => {
    fc.assert(
      fc.property(box, box, fc.nat(3), fc.nat(3), (p, q, i, j) => {
        const [a, b] = [written(p, i), written(q, j)];
        const meet = p[0] <= q[2] && q[0] <= p[2] && p[1] <= q[3] && q[1] <= p[3];
        const inside = p[0] < q[2] && q[0] < p[2] && p[1] < q[3] && q[1] < p[3];
        const holds = (o: Box, n: Box): boolean => o[0] <= n[0] && o[1] <= n[1] && o[2] >= n[2] && o[3] >= n[3];
        const expected = {
          st_intersects: meet,
          st_touches: meet && !inside,
          st_contains: holds(p, q),
          st_within: holds(q, p),
          st_equals: holds(p, q) && holds(q, p),
          st_overlaps: inside && !holds(p, q) && !holds(q, p),
          st_crosses: false,
        };
        for (const name of RELATIONS) {
          expect([name, a, b, spatialTest(name, a, b, 0)]).toEqual([
            name,
            a,
            b,
            expected[name as keyof typeof expected],
          ]);
        }
      }),
    );
  });

  it("of a point to many boxes at once are those to any of them", () => {
    const apart = fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30, minLength: 1, selector: String });
    fc.assert(
      fc.property(apart, fc.nat(100), fc.nat(100), (cells, u, v) => {
        const [x, y] = [u / 10, v / 10];
        const boxes = cells.map(([cx, cy]): Box => [cx, cy, cx + 0.5, cy + 0.5]);
        const many = `MULTIPOLYGON(${boxes.map((one) => written(one, 0).slice(7)).join(", ")})`;
        const inner = boxes.some(([a, b, c, d]) => x > a && x < c && y > b && y < d);
        const edge = !inner && boxes.some(([a, b, c, d]) => x >= a && x <= c && y >= b && y <= d);
        expect(spatialTest("st_isvalid", many, "", 0)).toBe(true);
        expect(spatialTest("st_contains", many, `POINT(${x} ${y})`, 0)).toBe(inner);
        expect(spatialTest("st_touches", many, `POINT(${x} ${y})`, 0)).toBe(edge);
        expect(spatialTest("st_dwithin", many, `POINT(${x} ${y})`, 0)).toBe(inner || edge);
      }),
    );
  });

  /** Metres: a degree of a great circle is 6,371,000 * pi / 180 = 111,194.93. */
  it.each([
    ["POINT(0 0)", "POINT(1 0)", 111_194.93],
    ["POINT(0 0)", "POINT(0 1)", 111_194.93],
    ["POINT(7 50)", "POINT(7 51)", 111_194.93],
    // On the parallel of 60 degrees a degree is half as long; the great circle is half a metre shorter.
    ["POINT(0 60)", "POINT(1 60)", 55_596.92],
    ["POINT(0 0)", "POINT(180 0)", 20_015_086.8],
    ["POINT(5 5)", "POINT(5 5)", 0],
    ["POINT(3 0)", "LINESTRING(0 -1, 0 1)", 333_584.78],
    ["POLYGON((0 0, 1 0, 1 1, 0 1, 0 0))", "POLYGON((3 0, 4 0, 4 1, 3 1, 3 0))", 222_389.85],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0))", "POINT(4 4)", 0],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (2 2, 8 2, 8 8, 2 8, 2 2))", "POINT(5 3)", 111_194.93],
    ["MULTIPOINT((0 0), (0 4))", "MULTIPOINT((0 6), (9 9))", 222_389.85],
    ["GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(0 2, 1 2))", "POINT(0 3)", 111_194.93],
  ])("of %s to %s within metres", (a, b, metres) => {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(spatialTest("st_dwithin", from, to, metres + 0.6)).toBe(true);
      expect(spatialTest("st_dwithin", from, to, metres - 0.6)).toBe(false);
    }
  });

  it.each([
    ["of what is empty hold for nothing but another empty one", "POINT EMPTY", "POLYGON EMPTY", ["st_equals"]],
    ["of what is empty to what is not hold for nothing", "POINT EMPTY", "POINT(1 1)", []],
    [
      "of collections are those of their parts together",
      "GEOMETRYCOLLECTION(POINT(0 0), POINT(1 1))",
      "POINT(1 1)",
      ["st_contains", "st_intersects"],
    ],
    [
      "leave a hole's edge to the border",
      "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1))",
      "LINESTRING(1 1, 8 1)",
      ["st_touches", "st_intersects"],
    ],
    [
      "read lower case and any space",
      " point ( 1   1 ) ",
      "POINT(1 1)",
      ["st_equals", "st_contains", "st_within", "st_intersects"],
    ],
    ["forget heights", "POINT Z(1 1 5)", "POINT(1 1)", ["st_equals", "st_contains", "st_within", "st_intersects"]],
  ] as const)("%s", (_promise, a, b, expected: readonly SpatialFunction[]) => {
    expect(RELATIONS.filter((name) => spatialTest(name, a, b, 0))).toEqual(
      RELATIONS.filter((n) => expected.includes(n)),
    );
  });

  it("of what is no geometry are unknown, and it is not valid", () => {
    for (const name of [...RELATIONS, "st_dwithin"] as const) {
      expect([name, spatialTest(name, "POINT(1)", "POINT(1 1)", 5)]).toEqual([name, null]);
      expect([name, spatialTest(name, "POINT(1 1)", "nowhere", 5)]).toEqual([name, null]);
    }
    expect(spatialTest("st_isvalid", "POINT(1)", "", 0)).toBe(false);
  });

  it.each([
    ["POLYGON((0 0, 2 2, 0 2, 2 0, 0 0))", false],
    ["POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))", true],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1))", true],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (10 10, 12 10, 12 12, 10 10))", false],
    ["POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1), (2 2, 3 2, 3 3, 2 2))", false],
    ["MULTIPOLYGON(((0 0, 9 0, 9 9, 0 9, 0 0)), ((1 1, 2 1, 2 2, 1 1)))", false],
    ["MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)), EMPTY)", true],
    ["MULTIPOLYGON(((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))", false],
    ["LINESTRING(0 0, 2 2, 0 2, 2 0)", true],
  ])("%s is valid: %s", (wkt, valid) => {
    expect(spatialTest("st_isvalid", wkt, "", 0)).toBe(valid);
  });
});

describe("large shapes", () => {
  const ring = (points: readonly string[]): string => `POLYGON((${[...points, points[0]].join(",")}))`;
  /** Long thin teeth that all lie above each other, seen from below (comb) or from the side (saw). */
  const teeth = (n: number, turned: boolean): string => {
    const points = ["0 0"];
    for (let i = 0; i < n / 2; i += 1) {
      points.push(turned ? `100 ${i + 1}` : `${i + 1} 100`, turned ? `1 ${i + 1.5}` : `${i + 1.5} 1`);
    }
    points.push(turned ? `0 ${n}` : `${n} 0`);
    return ring(points);
  };
  const star = (n: number): string =>
    ring(
      Array.from({ length: n }, (_, i) => {
        const [turn, size] = [(i / n) * 2 * Math.PI, i % 2 ? 100 : 50];
        return `${(Math.cos(turn) * size).toFixed(6)} ${(Math.sin(turn) * size).toFixed(6)}`;
      }),
    );
  const islands = (n: number): string =>
    `MULTIPOLYGON(${Array.from({ length: n }, (_, i) => {
      const [x, y] = [(i % 100) * 3, Math.floor(i / 100) * 3];
      return `((${x} ${y}, ${x + 1} ${y}, ${x + 1} ${y + 1}, ${x} ${y}))`;
    }).join(", ")})`;

  it.each([
    ["a comb", teeth(20_000, false)],
    ["a saw", teeth(20_000, true)],
    ["a star", star(20_000)],
    ["ten thousand islands", islands(10_000)],
  ])("%s is looked at in near-linear time", (_name, wkt) => {
    expect(isWellKnownText(wkt)).toBe(true);
    const start = cpuTime();
    expect(spatialTest("st_isvalid", wkt, "", 0)).toBe(true);
    expect(cpuTime() - start).toBeLessThan(10_000);
  });

  const many = (n: number, at: (i: number) => string): string => Array.from({ length: n }, (_, i) => at(i)).join(", ");
  const zigzag = `LINESTRING(${many(20_000, (i) => `${i % 2 ? 120 : -120} ${i / 100 - 100}`)})`;
  const others = {
    star: star(20_000),
    points: `MULTIPOINT(${many(20_000, (i) => `(${(Math.cos(i) * 90).toFixed(3)} ${(Math.sin(i * 1.7) * 90).toFixed(3)})`)})`,
    lines: `MULTILINESTRING(${many(10_000, (i) => `(-90 ${i / 50 - 99.995}, 130 ${i / 50 - 99.995})`)})`,
    spiral: `LINESTRING(${many(20_000, (i) => `${(Math.cos(i / 20) * (1 + i / 200)).toFixed(4)} ${(Math.sin(i / 20) * (1 + i / 200)).toFixed(4)}`)})`,
  };
  it.each(
    Object.keys(others).flatMap((name) =>
      (["st_intersects", "st_touches", "st_within", "st_crosses", "st_dwithin"] as const).map(
        (relation) => [relation, name as keyof typeof others] as const,
      ),
    ),
  )("%s of a zigzag line and a %s of 20,000 points is known soon, or refused", (relation, name) => {
    expect([isWellKnownText(zigzag), isWellKnownText(others[name])]).toEqual([true, true]);
    const start = cpuTime();
    let kind: unknown;
    try {
      kind = typeof spatialTest(relation, zigzag, others[name], 1);
    } catch (error) {
      kind = isElanusError(error) ? error.kind : error;
    }
    expect(["boolean", "GeometryTooComplex"]).toContain(kind);
    expect(cpuTime() - start).toBeLessThan(20_000);
  });

  /** Seeded, so that a failure comes again. */
  const scattered = (n: number): string => {
    let seed = 7;
    const next = (): string => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return (seed / 21474836.48).toFixed(3);
    };
    return `MULTILINESTRING(${Array.from({ length: n }, () => `(${next()} ${next()}, ${next()} ${next()})`).join(", ")})`;
  };
  const lines = scattered(4000);

  it.each([
    ["st_touches", lines, scattered(4001)],
    ["st_crosses", scattered(3000), star(20_000)],
    [
      "st_dwithin",
      star(20_000),
      teeth(20_000, true).replaceAll("100 ", "500 ").replaceAll("1 ", "200 ").replaceAll("0 ", "200 "),
    ],
  ] as const)("%s of shapes that meet all over ends with the deadline", (name, a, b) => {
    expect([isWellKnownText(a), isWellKnownText(b)]).toEqual([true, true]);
    const start = cpuTime();
    const end = elapsed() + 300;
    const deadline = {
      check: () => {
        if (elapsed() > end) throw failure("Timeout");
      },
    };
    let kind = "none";
    try {
      spatialTest(name, a, b, 1, deadline);
    } catch (error) {
      kind = isElanusError(error) ? error.kind : String(error);
    }
    expect(["Timeout", "GeometryTooComplex", "none"]).toContain(kind);
    expect(cpuTime() - start).toBeLessThan(10_000);
  });

  it("are given up where work that was to be short is not, and no answer is made of that", () => {
    const deadline = {
      check: () => {
        throw new TakesLong();
      },
    };
    const one = star(3000);
    expect(isWellKnownText(one)).toBe(true);
    expect(() => spatialTest("st_within", one, one, 0, deadline)).toThrow(TakesLong);
  });

  it("of too many crossings are refused before they fill the memory", () => {
    const dense = scattered(3000);
    expect(() => spatialTest("st_touches", dense, scattered(3001), 0)).toThrow(
      expect.objectContaining({ kind: "GeometryTooComplex", code: 1100 }),
    );
  });
});

describe("a tree of boxes", () => {
  it("finds the boxes that meet another one", () => {
    const side = fc.integer({ min: 0, max: 20 });
    type Box = readonly [number, number, number, number];
    const one = fc.tuple(side, side, fc.nat(8), fc.nat(8)).map(([x, y, w, h]): Box => [x, y, x + w, y + h]);
    const write = (boxes: readonly Box[]): Float64Array => {
      const target = new Float64Array(boxes.length * BOX_SIZE);
      boxes.forEach(([a, b, c, d], at) => {
        // All four corners, or the ends of a line that falls or rises.
        const corners = [
          { x: a, y: b },
          { x: c, y: d },
        ];
        writeBox(target, at, at % 2 === 0 ? [...corners, { x: a, y: d }, { x: c, y: b }] : corners);
      });
      return target;
    };
    fc.assert(
      fc.property(fc.array(one, { maxLength: 400, size: "max" }), one, (boxes, given) => {
        const written = write(boxes);
        const wanted = write([given]);
        const tree = new BoxTree(written);
        const found: number[] = [];
        tree.search(wanted, 0, (item) => {
          found.push(item);
          return false;
        });
        const axes = BOX_SIZE / 2;
        const expected = boxes.flatMap((_, i) => {
          const own = written.subarray(i * BOX_SIZE, (i + 1) * BOX_SIZE);
          const apart = Array.from({ length: axes }, (__, k) => k).some(
            (k) =>
              (own[k] as number) > (wanted[axes + k] as number) || (own[axes + k] as number) < (wanted[k] as number),
          );
          return apart ? [] : [i];
        });
        expect(found.sort((m, n) => m - n)).toEqual(expected);
        expect(tree.search(wanted, 0, () => true)).toBe(expected.length > 0);
      }),
    );
  });
});

describe("a library that cannot be used", () => {
  it.each([
    [
      "is missing",
      () => {
        throw new Error("Cannot find module 'jsts'");
      },
    ],
    ["is something else", () => ({}) as Library],
    [
      "reads nothing",
      () =>
        ({
          WKTReader: class {
            read(): never {
              throw new Error("unexpected token");
            }
          },
        }) as unknown as Library,
    ],
    [
      "is wrong",
      () =>
        ({
          WKTReader: class {
            read = () => ({});
          },
          IsValidOp: { isValid: () => false },
        }) as unknown as Library,
    ],
  ])("and %s is named", (_name, load: () => Library) => {
    expect(() => makeToolkit(load)).toThrow(/the geometry library jsts does not load: /);
    expect(() => makeToolkit(load)).toThrow(expect.objectContaining({ kind: "Unavailable", code: 2 }));
  });
});
