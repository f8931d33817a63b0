import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringifyJson } from "../../src/api/json.js";
import { shortestFloat } from "../../src/values/float32.js";
import { JsonDouble } from "../../src/values/json-number.js";
import { parseJson } from "../../src/values/json-reader.js";

describe("parseJson", () => {
  it("tells keys with quotes from keys with backslashes, whatever was read before", () => {
    // The parser of Node 24 does not: a key that ends in a backslash makes it misread the others.
    for (const [i, [first, second]] of [
      ["\\", '"'],
      ["a\\", 'a"'],
      ["a\\", 'a"b'],
    ].entries()) {
      for (const key of [first, second, first, second] as string[]) {
        // Behind a key of its own, so that nothing else has followed it before.
        const text = JSON.stringify({ [`only ${i}`]: 0, [key]: 1 });
        expect(Object.keys(parseJson(text) as object)).toEqual([`only ${i}`, key]);
        expect(Object.keys(parseJson(text.replaceAll(":", " \n : ")) as object)).toEqual([`only ${i}`, key]);
      }
    }
  });

  it("keeps every digit of integers beyond the safe range", () => {
    expect(parseJson('{"a":9007199254740993,"b":[-9223372036854775808],"c":9007199254740991}')).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n],
      c: 9007199254740991,
    });
  });

  it("tells numbers written as floats from integers", () => {
    for (const text of ["1.0", "1e3", "-0.0", "1.5e1", "12E+2", "10e-1", "123456789012345678.5"]) {
      expect(parseJson(`[${text}]`), text).toEqual([new JsonDouble(Number(text))]);
    }
    for (const text of ["1", "-7", "0", "0.5", "1.25e-7", "3e-5", "0.10000000149011612", "-0.30000001192092896"]) {
      expect(parseJson(`[${text}]`), text).toEqual([Number(text)]);
    }
  });

  it("is not misled by digits, brackets and quotes inside strings", () => {
    const value = { "12345678901234567890": '1.0 [[{ \\" 1e9 \\', "a\u0000": "9".repeat(40), é: "\ud83d\ude00\n" };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    expect(parseJson(JSON.stringify({ ...value, big: 1 }).replace(":1}", ":12345678901234567890}"))).toEqual({
      ...value,
      big: 12345678901234567890n,
    });
  });

  it("keeps __proto__ a plain key on both paths", () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":12345678901234567890}}']) {
      const value = parseJson(text) as object;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(Object.keys(value)).toEqual(["__proto__"]);
    }
  });

  it("refuses what is no JSON, on both paths", () => {
    const bad = [
      "",
      " ",
      "{",
      "[1,]",
      '{"a" 1}',
      "{a:1}",
      "01",
      "1.",
      "-",
      "nul",
      '"\u0001"',
      '"abc',
      "[1 2]",
      "1 2",
      "+1",
      ".5",
    ];
    for (const text of bad) {
      expect(() => parseJson(text), text).toThrow(SyntaxError);
      expect(() => parseJson(`[12345678901234567890,${text}`), text).toThrow(SyntaxError);
    }
  });

  it("refuses nesting that would exhaust the stack", () => {
    expect(() => parseJson("[".repeat(100_000))).toThrow(SyntaxError);
    expect(() => parseJson(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`)).toThrow(SyntaxError);
    expect(() => parseJson("[".repeat(900) + "]".repeat(900))).not.toThrow();
  });

  it("agrees with JSON.parse wherever that loses nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(plain(parseJson(text))).toEqual(plain(JSON.parse(text)));
        // The exact reader, forced by one big integer.
        const [, slow] = parseJson(` [ 123456789012345678901 , ${text} ] `) as [bigint, unknown];
        expect(plain(slow)).toEqual(plain(JSON.parse(text)));
      }),
    );
  });

  it("reads back what stringifyJson writes, digit by digit", () => {
    const value = fc.letrec<{ v: unknown }>((tie) => ({
      v: fc.oneof(
        { maxDepth: 4 },
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.string({ unit: "grapheme" }),
        fc.boolean(),
        fc.constant(null),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
        fc.integer().map((n) => new JsonDouble(n)),
        fc.array(tie("v"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("v"), { maxKeys: 4 }),
      ),
    })).v;
    fc.assert(
      fc.property(value, (v) => {
        expect(normal(parseJson(stringifyJson(v)))).toEqual(normal(v));
      }),
    );
  });
});

describe("stringifyJson", () => {
  it("writes float32 elements as the shortest decimals that read back the same", () => {
    expect(stringifyJson(new Float32Array([0.1, -0.25, 1, 3.4e38, 1e-7, 16777216]))).toBe(
      "[0.1,-0.25,1,3.4e+38,1e-7,16777216]",
    );
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (vector) => {
        expect(Float32Array.from(vector, shortestFloat)).toEqual(vector);
        // JSON text has no negative zero here: adding zero drops the sign.
        expect(JSON.parse(stringifyJson(vector)).map((x: number) => Math.fround(x) + 0)).toEqual(
          [...vector].map((x) => x + 0),
        );
      }),
    );
  });

  it("writes doubles that came from another thread as doubles", () => {
    expect(stringifyJson(structuredClone([new JsonDouble(1), new JsonDouble(1e21)]))).toBe("[1.0,1e+21]");
  });

  it("leaves out undefined keys and quotes hostile ones", () => {
    expect(stringifyJson({ a: undefined, 'b"\n': 1, c: [undefined] })).toBe('{"b\\"\\n":1,"c":[null]}');
  });
});

/** JsonDouble as its number, -0 as 0. */
function plain(value: unknown): unknown {
  if (value instanceof JsonDouble) return value.value;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) return mapValues(value, plain);
  return value;
}

/** Integers as bigint, JsonDouble as a tagged number. */
function normal(value: unknown): unknown {
  if (value instanceof JsonDouble) return { double: value.value };
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === "object" && value !== null) return mapValues(value, normal);
  return value;
}

function mapValues(object: object, f: (v: unknown) => unknown): [string, unknown][] {
  return Object.entries(object)
    .map(([k, v]): [string, unknown] => [k, f(v)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
