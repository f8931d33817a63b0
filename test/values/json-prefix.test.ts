import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFirstJson } from "../../src/values/json-prefix.js";
import { parseJson } from "../../src/values/json-reader.js";

/** Begins with nothing that could belong to a value before it. */
const behind = fc.oneof(
  fc.constantFrom("", "}", "]", "{", "[", '"', " garbage", "\n{}", '{"a":1}', ",1", ":", "\\", '\\"}', "\u0000"),
  fc.string().map((text) => ` ${text}`),
);

describe("parseFirstJson", () => {
  it("reads what a text begins with, whatever stands behind it", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("", " ", "\r\n\t"), behind, (json, space, rest) => {
        expect(parseFirstJson(`${space}${json}${rest}`)).toEqual(parseJson(json));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps digits and doubles of a value with something behind it", () => {
    expect(parseFirstJson('{"id":9007199254740993}{"id":1}')).toEqual({ id: 9007199254740993n });
    expect(parseFirstJson('"}" {')).toBe("}");
    expect(parseFirstJson('{"a":"\\"}{"} x')).toEqual({ a: '"}{' });
  });

  it("refuses what does not begin with a whole value, as parseJson does", () => {
    for (const text of [
      "",
      " ",
      "x",
      "{",
      '{"a":1',
      '{"a":1,}',
      '{"a":1,} x',
      "[1 2] x",
      '"a',
      "}",
      "]{}",
      ",",
      "\ufeff{}",
      "{]",
    ]) {
      expect(() => parseFirstJson(text), text).toThrow(SyntaxError);
    }
  });
});
