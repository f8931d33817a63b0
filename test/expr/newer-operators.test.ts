import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serverTraits } from "../../src/engine/model/server-version.js";
import { compileSql, planFilter } from "../../src/expr/index.js";
import { cpuTime } from "../support/cpu-time.js";
import {
  fillTable,
  openSqlite,
  type RowText,
  refusalIn,
  type SchemaText,
  scopeOf,
  selectIn,
  selectRows,
} from "./support/tables.js";

const schema: SchemaText = {
  define_schema: "newer",
  pk: "id",
  dynamic: true,
  fields: [
    { name: "id", type: "Int64" },
    { name: "n", type: "Int64", nullable: true },
    { name: "d", type: "Double" },
    { name: "s", type: "VarChar", nullable: true },
    { name: "j", type: "JSON" },
    { name: "ai", type: "Array", element: "Int64" },
    { name: "as", type: "Array", element: "VarChar" },
    { name: "b", type: "Bool", nullable: true },
    { name: "ts", type: "Timestamptz", nullable: true },
    { name: "geo", type: "Geometry", nullable: true },
    { name: "vec", type: "FloatVector" },
  ],
};
const scope = scopeOf(schema);
const rows = [
  { id: 1, n: 7, d: 0, s: "a.b", j: { a: 6, "q\\r": 1, t: "x1" }, ai: [4], as: ["ab12"], r: 1, geo: "POINT (1 1)" },
  { id: 2, n: -1, d: 0, s: "a\\d\nz", j: { a: -1.9, t: 5 }, ai: [3], as: ["zz"], geo: "POINT (2 1)" },
  { id: 3, n: null, d: 0, s: null, j: { a: "6", t: "" }, ai: [], as: [], r: 2, geo: "POINT (9 9)" },
  { id: 4, n: 4, d: 0, s: "Año 2026", j: {}, ai: [5, 1], as: ["7"] },
] as unknown as RowText[];

const select = (text: string, values = {}): number[] => selectIn(scope, rows, text, values);
const refusal = (text: string, values = {}): string => refusalIn(scope, text, values);

describe("bits", () => {
  it.each<[string, number[]]>([
    ["(n & 4) == 4", [1, 2, 4]],
    ["(4 & n) != 4", []],
    ["(n | 3) == 7", [1, 4]],
    ["(n ^ -1) == 0", [2]],
    ["(n & {mask}) > 3", [1, 2, 4]],
    ["not ((n & 3) == 3)", [4]],
    ['(j["a"] & 6) == 6', [1, 2]],
    ['(j["a"] ^ 0) == -1', [2]],
    ["(ai[0] & 1) == 1", [2, 4]],
    ["(r & 2) == 2", [3]],
  ])("%s", (text, expected) => {
    expect(select(text, { mask: 4n })).toEqual(expected);
  });

  it.each<[string, string]>([
    // Weaker than comparisons: what stands beside the operator is a truth value.
    ["n & 4 == 4", "bitwise operations can only apply on integer types"],
    ["n == 6 | 1", "bitwise operations can only apply on integer types"],
    ["n == (5 ^ 1) & 4", "bitwise operations can only apply on integer types"],
    ["(d & 1) == 1", "bitwise operations can only apply on integer types"],
    ["(s & 1) == 1", "bitwise operations can only apply on integer types"],
    ["(n & 1.5) == 1", "bitwise operations can only apply on integer types"],
    ["(n & {m}) == 1", "bitwise operations can only apply on integer types"],
    ["(n & 1) == 1.5", "cannot cast value to Int64"],
    ["(n & n) == 1", "complicated arithmetic operations are not supported"],
    ["((n & 1) & 1) == 1", "complicated arithmetic operations are not supported"],
    ["({m} & 1) == 1", "placeholder was not supported between two constants with operator: &"],
    ["n & 1", "predicate is not a boolean expression"],
    ["(n << 1) == 2", "shift is not supported"],
    ["~n == 1", "unexpected op: ~"],
  ])("%s is refused", (text, message) => {
    expect(refusal(text, { m: "x" })).toContain(message);
  });

  it("are those of 64-bit integers", () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(int64, int64, fc.constantFrom("&", "|", "^"), (a, b, operator) => {
        const expected = operator === "&" ? a & b : operator === "|" ? a | b : a ^ b;
        const literal = (value: bigint) => (value < 0n ? `(${value})` : String(value));
        expect(select(`(${literal(a)} ${operator} ${literal(b)}) == ${literal(expected)}`)).toHaveLength(rows.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("raw strings", () => {
  it.each<[string, number[]]>([
    ['s == r"a.b"', [1]],
    ["s == R'a.b'", [1]],
    [String.raw`s like r"a\\d%"`, [2]],
    [String.raw`j[r"q\r"] == 1`, [1]],
    ['s in [r"a.b", "x"]', [1]],
    ["r == 1", [1]],
    ["r in [1, 2]", [1, 3]],
  ])("%s", (text, expected) => {
    expect(select(text)).toEqual(expected);
  });

  it("keep a backslash before a quote, and cannot end in one", () => {
    expect(planFilter(String.raw`s == r"a\"b"`, scope, {}, "query").predicate).toMatchObject({
      value: { kind: "string", value: String.raw`a\"b` },
    });
    expect(refusal(String.raw`s == r"a\"`)).toContain("cannot parse expression");
  });
});

describe("regular expressions", () => {
  it.each<[string, number[]]>([
    [String.raw`s =~ "^a\.b$"`, [1]],
    [String.raw`s =~ r"^a\.b$"`, [1]],
    [String.raw`s =~ "\d+"`, [4]],
    [String.raw`s !~ "\d+"`, [1, 2]],
    ['s =~ "a.*z"', [2]],
    [String.raw`s =~ "(?i)AÑO\s"`, [4]],
    ['s =~ ""', [1, 2, 4]],
    ['j["t"] =~ "^x"', [1]],
    ['j["t"] !~ "^x"', [3]],
    ['as[0] =~ "[0-9]{1,2}$"', [1, 4]],
    ["s =~ {p}", [1]],
    ['not (s =~ "a")', [4]],
  ])("%s", (text, expected) => {
    expect(select(text, { p: String.raw`\.b` })).toEqual(expected);
  });

  it.each<[string, string]>([
    ['s =~ "("', "invalid regex pattern"],
    [String.raw`s =~ "(a)\1"`, "invalid regex pattern"],
    ['s =~ "(?=a)"', "invalid regex pattern"],
    ['n =~ "1"', "regex match on non-string or non-json field is unsupported"],
    ['"a" =~ "a"', "regex match on complicated expr is unsupported"],
    ["s =~ {p}", "the value of regex expression template variable {p} is not string"],
  ])("%s is refused", (text, message) => {
    expect(refusal(text, { p: 5n })).toContain(message);
  });

  it("that would keep other engines busy for ever end soon", () => {
    const sqlite = openSqlite();
    const long = { ...(rows[0] as object), s: "a".repeat(60_000) } as unknown as RowText;
    const table = fillTable(sqlite, "long", scope, [long]);
    for (const pattern of ["(a*)*b", "(a|aa)+$b", "(.*a){20}b", "(a{1,100}){1,10}c"]) {
      const before = cpuTime();
      expect(selectRows(table, compileSql(planFilter(`s =~ "${pattern}"`, scope, {}, "query").predicate))).toEqual([]);
      expect(cpuTime() - before).toBeLessThan(5000);
    }
    sqlite.close();
  });
});

describe("what 3.0 words anew", () => {
  it.each<[string, string]>([
    ["ai == n", "field-to-field comparison involving ARRAY fields is not supported"],
    ["ai[0] == n", "field-to-field comparison involving ARRAY fields is not supported"],
    ["n != ai[0]", "field-to-field comparison involving ARRAY fields is not supported"],
    ["ai == ai", "field-to-field comparison involving ARRAY fields is not supported"],
    ["{low} < n < {high}", "invalid range: lowerbound is greater than upperbound"],
    ["5 < n < {low}", "invalid range: lowerbound is greater than upperbound"],
    ['{word} < j["a"] < {high}', "invalid range: bounds are not comparable"],
    ['"a" < j["a"] < 5', "invalid range: bounds are not comparable"],
    ["{low} == {high}", "placeholder was not supported between two constants with operator: =="],
    ["1 < {high}", "placeholder was not supported between two constants with operator: <"],
    ["{low} + 1 == n", "placeholder was not supported between two constants with operator: +"],
    ["ts in [1, 2]", "term expression is not supported for data type Timestamptz"],
    ["geo not in {list}", "term expression is not supported for data type Geometry"],
    ["vec in [[1.0, 2.0]]", "term expression is not supported for data type FloatVector"],
    [String.raw`s == "\d"`, String.raw`invalid string literal: "\d"`],
    [String.raw`s in ["a", '\400']`, String.raw`invalid string literal: '\400'`],
    ["n == {object}", "the type of expression template variable {object} is not supported"],
    ["st_within(geo, {word})", "failed to parse WKT: a"],
    ["st_within(geo, {low})", "cannot cast value to VarChar, value: int64_val:5"],
  ])("%s is refused", (text, message) => {
    const values = { low: 5n, high: 1n, word: "a", list: ["POINT (1 2)"], object: {} };
    expect(refusal(text, values)).toContain(message);
  });

  it("takes a shape from a variable", () => {
    const found = select("st_within(geo, {shape})", { shape: "POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0))" });
    expect(found).toEqual([1, 2]);
  });

  it.each<[string, number[] | string, number[] | string]>([
    ["true", "predicate is not a boolean expression", [1, 2, 3, 4]],
    ["False", "predicate is not a boolean expression", []],
    ["n > 5 or false", "'or' can only be used between boolean expressions", [1]],
    ["n > 5 and true", "'and' can only be used between boolean expressions", [1]],
    ["not (n > 5 or true)", "'or' can only be used between boolean expressions", []],
    ["b", "predicate is not a boolean expression", "predicate is not a boolean expression"],
    ["not b", "not op can only be applied", "not op can only be applied"],
    ["1", "predicate is not a boolean expression", "predicate is not a boolean expression"],
    ["n == NULL", "two column comparison with JSON type", "NULL literal is not supported in expressions"],
    ["n in [1, null]", "array element type must be generic value", "NULL literal is not supported in expressions"],
  ])("%s is read by 2.6 and by 3.0", (text, older, newer) => {
    for (const [dialect, expected] of [
      [serverTraits("2.6").filters, older],
      [serverTraits("3.0").filters, newer],
    ] as const) {
      const spoken = { ...scope, dialect };
      if (typeof expected === "string") expect(refusalIn(spoken, text)).toContain(expected);
      else expect(selectIn(spoken, rows, text)).toEqual(expected);
    }
  });
});
