import { runInNewContext } from "node:vm";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { JsonDouble } from "../../src/values/json-number.js";
import { parseJson } from "../../src/values/json-reader.js";
import { jsonText, parseJsonText } from "../../src/values/json-text.js";

const sqlite = new Database(":memory:");
const accepted = sqlite.prepare("SELECT json_valid(?) AND json(?) IS NOT NULL").pluck();
const typeOf = sqlite.prepare("SELECT json_type(?)").pluck();
afterAll(() => sqlite.close());

/** Made in a realm of its own, as by a test runner. */
const foreign = runInNewContext(`({
  floats: new Float32Array([1, 2.5]), bytes: new Uint8Array([1, 255]), date: new Date(0), list: [1, , 3], object: { a: 1 },
  map: new Map([[1, 2]]), view: new DataView(new ArrayBuffer(2)), big: new BigInt64Array([1n, -(2n ** 63n)]),
})`) as Record<string, unknown>;

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    2 ** 53,
    1e21,
    5e-324,
    2n ** 64n,
    -(10n ** 500n),
  ),
  fc.constantFrom<unknown>(
    new JsonDouble(1),
    new JsonDouble(-0),
    new Date(0),
    new Date(Number.NaN),
    new Map(),
    new Set([1]),
    /a/,
    new Error("x"),
  ),
  fc.constantFrom<unknown>(
    () => 1,
    Symbol("s"),
    new Float64Array([1, Number.NaN]),
    new DataView(new ArrayBuffer(1)),
    new ArrayBuffer(1),
    new WeakMap(),
  ),
  fc.constantFrom<unknown>(...Object.values(foreign)),
  fc.constantFrom<unknown>(
    { toJSON: () => 7 },
    { toJSON: () => undefined },
    { toJSON: () => ({ toJSON: () => 1 }) },
    Object.create(null),
    Promise.resolve(1),
  ),
  fc.constantFrom<unknown>(
    {
      get a() {
        throw new Error("no");
      },
    },
    new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("no");
        },
      },
    ),
    new Proxy([1], {}),
  ),
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "a\udfffb", "\u0000", '"\\', "\u2028"),
);
const value = fc.oneof(
  { depthSize: "medium" },
  odd,
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    values: [odd],
  }),
);

describe("jsonText", () => {
  it.each(["-0.0", "[-0.0]", '{"a":{"b":-0.0}}'])(
    "keeps the sign of zero, read as a double or as a number: %s",
    (text) => {
      expect(jsonText(parseJson(text, "JsonDouble"))).toBe(text);
      expect(jsonText(parseJsonText(text))).toBe(text);
      expect(String(new JsonDouble(-0))).toBe("-0.0");
    },
  );

  it("writes only what SQLite reads, or refuses", () => {
    let written = 0;
    fc.assert(
      fc.property(value, (given) => {
        let text: string;
        try {
          text = jsonText(given);
        } catch {
          return;
        }
        written += 1;
        expect([text, accepted.get(text, text)]).toEqual([text, 1]);
        // What was written is read again without a fault, and written alike.
        expect(jsonText(parseJson(text))).toBe(jsonText(parseJson(jsonText(parseJson(text)))));
      }),
      { numRuns: 4000 },
    );
    expect(written).toBeGreaterThan(500);
  });

  it("writes what JSON.stringify writes, where that loses nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        expect(JSON.stringify(parseJsonText(jsonText(given)))).toBe(JSON.stringify(given));
      }),
    );
  });

  it.each([
    [Object.assign([1], { 2: 3 }), "[1,null,3]"],
    [[undefined, () => 1].slice(0, 1), "[null]"],
    [foreign["list"], "[1,null,3]"],
    [foreign["floats"], "[1,2.5]"],
    [foreign["date"], '"1970-01-01T00:00:00.000Z"'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [{ toJSON: () => 7 }, "7"],
    [2n ** 64n, "18446744073709551616"],
    [new JsonDouble(1), "1.0"],
    [-0, "-0.0"],
  ] as [unknown, string][])("case %#", (given, text) => {
    expect(jsonText(given)).toBe(text);
  });

  it.each([
    ["a Map", foreign["map"]],
    ["a DataView", foreign["view"]],
    ["NaN", [Number.NaN]],
    ["a function", { a: () => 1 }],
    ["an invalid Date", new Date(Number.NaN)],
    [
      "an endless object",
      (() => {
        const a: Record<string, unknown> = {};
        a["a"] = a;
        return a;
      })(),
    ],
  ])("refuses %s", (_name, given) => {
    expect(() => jsonText(given)).toThrow(TypeError);
  });

  it("leaves out what is undefined, however many there are", () => {
    const object = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i % 3 ? undefined : i]));
    expect(jsonText(object)).toBe(JSON.stringify(object));
    const list = Object.values(object);
    expect(jsonText(list)).toBe(JSON.stringify(list));
  });

  it("keeps the kind of a number", () => {
    const kinds = [1, new JsonDouble(1), 0.5, -0, 2 ** 53, 1e300, 2n ** 60n].map((given) =>
      typeOf.get(jsonText(given)),
    );
    expect(kinds).toEqual(["integer", "real", "real", "real", "real", "real", "integer"]);
  });
});
