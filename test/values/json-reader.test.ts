import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonValue, readJson } from "../../src/expr/semantics/json-value.js";
import { JsonDouble } from "../../src/values/json-number.js";
import { parseJson, parseJsonBytes } from "../../src/values/json-reader.js";
import { lookOver, NEEDS_CARE } from "../../src/values/json-scan.js";
import { cpuTime } from "../support/cpu-time.js";

/** The value that the filter language's own reader sees, in the forms of `parseJson`. */
function expected(value: JsonValue): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "int":
      return Number.isSafeInteger(Number(value.value)) ? Number(value.value) : value.value;
    case "float":
      return Number.isInteger(value.value) ? new JsonDouble(value.value) : value.value;
    case "array":
      return value.elements.map(expected);
    case "object":
      return new Map([...value.members].map(([key, inner]) => [key, expected(inner)]));
    default:
      return value.value;
  }
}

/** Objects as maps, and doubles without their text, so that all is compared by value. */
function seen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(seen);
  if (value instanceof JsonDouble) return new JsonDouble(Number(value));
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.keys(value).map((key) => [key, seen((value as Record<string, unknown>)[key])]));
}

function needsCare(text: string, doubles: "JsonDouble" | "number"): boolean {
  const bytes = Buffer.from(text);
  return lookOver(bytes, bytes.length, doubles, false) === NEEDS_CARE;
}

const number = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "-1",
    "0.0",
    "1.0",
    "-0.0",
    "255.0",
    "256.0",
    "1e3",
    "25e-0",
    "5.5e-400",
    "1e-510",
    "9.9999999999999999999e-1",
    "123456789012345678901e-3",
    "1.2345678901234567e-7",
    "1E+2",
    "10e-1",
    "1e-5",
    "0.5",
    "1.5e1",
  ),
  fc.constantFrom(
    "9007199254740991",
    "9007199254740993",
    "-9223372036854775808",
    "9223372036854775807",
    "9007199254740993.5",
    "0.99999999999999999",
    "0.00000000000000000000001",
    "12.000000000000000001",
    "99999999999999.99999",
    "999999999999999.9001",
    "99999999999999.9375",
    "0.12345678901234567",
  ),
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.constantFrom("0", "9"), fc.nat(18), fc.nat())
    .map(([whole, digit, times, more]) => `${whole}.${digit.repeat(times)}${more}`),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => JSON.stringify(value).replace(/^-?\d{16,}$/, "$&.0")),
);
const space = fc.constantFrom("", "", " ", "\n\t");
const text = fc
  .oneof(fc.string(), fc.constantFrom("1.0", "\u0080", "\u00810", "[1.0,2.0]", '"', "\\", "\u0000", "cut", "__proto__"))
  .map((value) => JSON.stringify(value));
const key = fc.oneof(text, fc.constantFrom('"a"', '"b"', '"__proto__"', '"constructor"', '"1.0"'));

const { json } = fc.letrec<{ json: string; list: string; numbers: string; object: string }>((tie) => ({
  numbers: fc
    .tuple(fc.array(number, { maxLength: 12 }), space)
    .map(([items, s]) => `[${s}${items.join(`${s},${s}`)}${s}]`),
  list: fc
    .tuple(fc.array(tie("json"), { maxLength: 5 }), space)
    .map(([items, s]) => `[${s}${items.join(`,${s}`)}${s}]`),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(key, tie("json")), { maxLength: 5, selector: ([k]) => JSON.parse(k) as string }),
      space,
    )
    .map(([members, s]) => `{${members.map(([k, v]) => `${s}${k}${s}:${s}${v}`).join(",")}${s}}`),
  json: fc.oneof(
    { depthSize: "small" },
    number,
    text,
    fc.constantFrom("true", "false", "null"),
    tie("numbers"),
    tie("list"),
    tie("object"),
  ),
}));

describe("parseJson", () => {
  it("leaves fractions of many digits to JSON.parse, unless they may be integers", () => {
    for (const fraction of ["0.12345678901234567", "-1.0900200000000000001", "12345678901234.18888"]) {
      expect([fraction, needsCare(`[${fraction}]`, "JsonDouble")]).toEqual([fraction, false]);
    }
    for (const double of [
      "0.99999999999999999",
      "1.00000000000000000",
      "99999999999999.9999999",
      "9007199254740993.5",
    ]) {
      expect([double, needsCare(`[${double}]`, "JsonDouble")]).toEqual([double, true]);
    }
  });

  it("sees a number that must be kept behind texts with any number of quotes in them", () => {
    for (const quotes of ["", '"', '""', '"""', '\\"\\\\"', 'a"b"c"']) {
      const text = `{"a": ${JSON.stringify(quotes)}, "n": 9007199254740993}`;
      expect([text, needsCare(text, "number")]).toEqual([text, true]);
      expect(parseJson(text)).toEqual({ a: quotes, n: 9007199254740993n });
    }
  });

  it("reads what another reader reads, whatever stands beside a number that must be kept", () => {
    fc.assert(
      fc.property(json, space, (document, s) => {
        const found = seen(parseJson(`${s}${document}${s}`));
        expect(found).toEqual(expected(readJson(document) as JsonValue));
      }),
      { numRuns: 3000 },
    );
  });

  it("reads lists that begin with a fraction, whatever they go on with", () => {
    const item = fc.oneof(number, text, json, fc.constantFrom("1.0", "9007199254740993", "0", '"]"', '"[1.0]"'));
    const list = fc
      .tuple(fc.constantFrom("0.5", "-0.25", "1.5e-7", "12345.678"), fc.array(item, { maxLength: 6 }))
      .map(([first, others]) => `[${[first, ...others].join(",")}]`);
    const lists = fc.array(fc.oneof(list, json), { maxLength: 4 });
    fc.assert(
      fc.property(lists, fc.boolean(), (all, repeats) => {
        const members = all.map((value, i) => `"${repeats ? "a" : i}":${value}`);
        for (const document of [`[${all.join(",")}]`, repeats ? all.join("") || "0" : `{${members.join(",")}}`]) {
          const outcome = (read: () => unknown): unknown => {
            try {
              return read();
            } catch (error) {
              expect(error).toBeInstanceOf(SyntaxError);
              return "refused";
            }
          };
          const wanted = outcome(() => {
            JSON.parse(document);
            return expected(readJson(document) as JsonValue);
          });
          expect(outcome(() => seen(parseJsonBytes(Buffer.from(document))))).toEqual(wanted);
          expect(outcome(() => seen(parseJson(document)))).toEqual(wanted);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses what is nested too deep behind a fraction, and nothing that only looks so", () => {
    const deep = `${"[".repeat(1001)}${"]".repeat(1001)}`;
    expect(() => parseJson(`[0.5,${deep}]`)).toThrow("exceeded max depth");
    const text = "[".repeat(2000);
    expect(parseJson(`[0.5,"]","${text}",1.0]`)).toEqual([0.5, "]", text, new JsonDouble(1)]);
  });

  it("accepts what JSON.parse accepts, and nothing else", () => {
    const piece = fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      "1.0",
      "0.0",
      "01.0",
      "1.",
      "1.0e",
      "-",
      "1e3",
      '"a"',
      '"',
      " ",
      "12345678901234567890",
      "true",
      "-1.0",
    );
    const accepts = (read: (document: string) => unknown, document: string): boolean => {
      try {
        read(document);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        return false;
      }
    };
    const broken = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      fc.tuple(json, piece, fc.nat()).map(([document, inserted, at]) => {
        const place = at % (document.length + 1);
        return document.slice(0, place) + inserted + document.slice(place);
      }),
    );
    fc.assert(
      fc.property(broken, (document) => {
        expect([document, accepts(parseJson, document)]).toEqual([document, accepts(JSON.parse, document)]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    "{1.0: 2}",
    "{[1.0, 2.0, 3.0, 4.0]: 1}",
    "[01.0]",
    "[1.0 2.0]",
    "[1.0, 2.0, 3.0, 4.0,]",
    "[1.0,,2.0,3.0,4.0]",
  ])("refuses %s in the words of JSON.parse", (document) => {
    let native: unknown;
    try {
      JSON.parse(document);
    } catch (error) {
      native = error;
    }
    expect(() => parseJson(document)).toThrow((native as Error).message);
  });

  it("keeps keys of one escaped character, whatever objects were read before", () => {
    const keys = ["\\\\", '\\"', "\\n", "\\u0041", "\\u0000", "a", "\\/"];
    for (const before of keys) {
      for (const key of keys) {
        parseJson(`[{"first":0,"${before}":1}]`);
        const [object] = parseJson(`[{"first":0,"${key}":{"${key}":1.0},"last":2}]`) as [Record<string, object>];
        const name = JSON.parse(`"${key}"`) as string;
        expect(Object.keys(object)).toEqual(["first", name, "last"]);
        expect(object[name]).toEqual({ [name]: new JsonDouble(1) });
      }
    }
  });

  it("reads every character of Latin-1 and every escape of one, beside a number that must be kept", () => {
    const all = Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join("");
    const escaped = Array.from({ length: 128 }, (_, i) => `\\u00${(128 + i).toString(16)}`).join("");
    expect(parseJson(`["${all}", "${escaped}", 1.0]`)).toEqual([all, all, new JsonDouble(1)]);
  });

  it("gives plain numbers where doubles need not be told apart", () => {
    expect(parseJson('[1.0, 1e3, 9007199254740993, {"a": -0.0}]', "number")).toEqual([
      1,
      1000,
      9007199254740993n,
      { a: -0 },
    ]);
  });

  it("refuses integers beyond all use at once", () => {
    const start = cpuTime();
    expect(() => parseJson(`[${"9".repeat(4_000_000)}]`)).toThrow(/integer of more than 400 digits/);
    expect(() => parseJson(`[1.${"0".repeat(4_000_000)}]`)).not.toThrow();
    expect(cpuTime() - start).toBeLessThan(5000);
  });

  const repeated = (item: string): string =>
    `[0,${Array.from({ length: Math.ceil(6e6 / (item.length + 1)) }, () => item).join(",")}]`;
  it.each([
    ["small numbers", "1"],
    ["small objects", '{"a":1,"b":"x"}'],
    ["rows", '{"id":123,"score":0.5,"name":"abc","vector":[0.1,0.2,0.3,0.4]}'],
    ["small lists", "[1]"],
    ["texts", '"abc"'],
    ["vectors", `[${Array.from({ length: 384 }, (_, i) => ((i * 0.37) % 1).toFixed(6)).join(",")}]`],
  ])("costs about the same with one 1.0 among %s", (_name, item) => {
    const plain = repeated(item);
    expectSimilarCost(`${plain.slice(0, -1)},1.0]`, plain);
  });

  it.each([
    ["numbers", "1.0", "0.5"],
    ["larger numbers", "123456.0", "12345.75"],
    ["long integers", "9007199254740993", "9007199254740.75"],
    ["small objects", '{"a":1.0,"b":"x"}', '{"a":0.5,"b":"x"}'],
    ["small lists", "[1.0]", "[0.5]"],
    ["lists of a few", "[1.0,2.0,3.0,4.0]", "[0.5,1.5,2.5,3.5]"],
    ["texts between", '1.0,"a"', '0.5,"a"'],
    ["odd keys", '{"\\"":1.0}', '{"ab":0.5}'],
    ["long texts", '1.0,"abcdefghijklmnopqrstuvwxyz"', '0.5,"abcdefghijklmnopqrstuvwxyz"'],
  ])("costs about the same with a 1.0 everywhere: %s", (_name, item, plain) => {
    expectSimilarCost(repeated(item), repeated(plain));
  });

  function expectSimilarCost(marked: string, plain: string): void {
    const cost = (document: string): number => {
      const start = cpuTime();
      parseJson(document);
      return cpuTime() - start;
    };
    // Twice is the aim. A machine that does other things as well may spoil one comparison, but not all of them.
    const isSimilar = () => cost(marked) <= 2.5 * cost(plain) + 20;
    expect(Array.from({ length: 20 }).some(isSimilar)).toBe(true);
  }
});
