import fc from "fast-check";
import { BloomFilterBuilder, buildBloomFilter, buildRoaringBitmap } from "milvus2-sdk-node-3";
import { describe, expect, it } from "vitest";
import { parseExpression, print } from "../../src/expr/index.js";
import { refusalIn, type SchemaText, scopeOf, selectIn } from "./support/tables.js";

const schema: SchemaText = {
  define_schema: "members",
  pk: "id",
  dynamic: true,
  fields: [
    { name: "id", type: "Int64" },
    { name: "i8", type: "Int8", nullable: true },
    { name: "n", type: "Int64", nullable: true },
    { name: "d", type: "Double" },
    { name: "b", type: "Bool" },
    { name: "s", type: "VarChar", nullable: true },
    { name: "long", type: "Text" },
    { name: "j", type: "JSON", nullable: true },
    { name: "ai", type: "Array", element: "Int64" },
    { name: "type", type: "Int64" },
    { name: "vec", type: "FloatVector" },
  ],
};
const scope = scopeOf(schema);
const plain = { d: 0, b: true, long: "", ai: [1], type: 5 };
const rows = [
  { ...plain, id: 1, i8: -1, n: 2n ** 62n, s: "a", j: { v: 5 }, tag: "x" },
  { ...plain, id: 2, i8: 7, n: -(2n ** 63n), s: "ü😀", j: { v: 5.5 }, tag: 5 },
  { ...plain, id: 3, i8: null, n: null, s: null, j: { v: "5" } },
  { ...plain, id: 4, i8: 0, n: 5n, s: "", j: { v: [5] }, tag: true },
  { ...plain, id: 5, i8: 1, n: 6n, s: "b", j: null, tag: null },
  { ...plain, id: 6, i8: 2, n: 0n, s: "c", j: { $json: '{"v":18446744073709551621}' } },
];
const values = {
  r: buildRoaringBitmap([-1, 5, 2n ** 62n, -(2n ** 63n)]),
  bloom: buildBloomFilter([5n, -1n, 2n ** 62n], 0.0001),
  texts: buildBloomFilter(["a", "ü😀", ""], 0.0001),
  mixed: new BloomFilterBuilder(3, 0.0001).addInt64(5).addString("x").build(),
  none: buildRoaringBitmap([]),
  empty: buildBloomFilter([]),
};

describe("membership_match", () => {
  it.each<[string, number[]]>([
    ["membership_match(n, {r}, type=roaring)", [1, 2, 4]],
    ["membership_match(n, {r})", [1, 2, 4]],
    ["membership_match(i8, {r})", [1]],
    ["not membership_match(n, {r})", [5, 6]],
    ["membership_match(n, {none})", []],
    ["not membership_match(n, {none})", [1, 2, 4, 5, 6]],
    ["membership_match(n, {bloom}, type=bloom)", [1, 4]],
    ["membership_match(i8, {bloom}, TYPE=BLOOM)", [1]],
    ["membership_match(s, {texts}, type=bloom)", [1, 2, 4]],
    ["not membership_match(s, {texts})", [5, 6]],
    ["membership_match(s, {empty})", []],
    // What JSON holds is a member only in its own kind; no number is no answer.
    ['membership_match(j["v"], {bloom})', [1]],
    ['membership_match(j["v"], {mixed})', [1]],
    ['not membership_match(j["v"], {bloom})', [2, 3, 6]],
    ["membership_match(tag, {mixed})", [1, 2]],
    ['membership_match($meta["tag"], {mixed}) and n > 0', [1]],
    ["membership_match(n, {r}) and membership_match(n, {bloom}) or s == 'b'", [1, 4, 5]],
    ["type == 5 and membership_match(type, {r}, type=roaring)", [1, 2, 3, 4, 5, 6]],
  ])("%s", (text, expected) => {
    expect(selectIn(scope, rows, text, values)).toEqual(expected);
    expect(print(parseExpression(print(parseExpression(text))))).toBe(print(parseExpression(text)));
  });

  it("takes bytes as base64 where there is only JSON", () => {
    const base64 = { r: Buffer.from(values.r).toString("base64") };
    expect(selectIn(scope, rows, "membership_match(n, {r})", base64)).toEqual([1, 2, 4]);
  });

  const bytes = "must be a client pre-built membership filter blob (bytes)";
  const placeholder =
    "the second argument of membership_match must be a {template} placeholder carrying a client pre-built membership filter blob";
  it.each<[string, string]>([
    ["membership_match(n)", "membership_match requires exactly 2 positional arguments"],
    ["membership_match(n, type=roaring)", "membership_match requires exactly 2 positional arguments"],
    ["membership_match(n, {r}, 3, type=roaring)", "membership_match requires exactly 2 positional arguments"],
    ["membership_match(n, [1, 2])", placeholder],
    ["membership_match(n, 'x')", placeholder],
    ["membership_match({r}, n)", "the first argument of membership_match must be a scalar field name, got: {r}"],
    ["membership_match(n + 1, {r})", "the first argument of membership_match must be a scalar field name, got: n+1"],
    [
      "membership_match(nowhere[0], {r})",
      "membership_match is not supported on JSON or dynamic fields, got: nowhere[0]",
    ],
    ["membership_match(n, {missing})", "the value of expression template variable name {missing} is not found"],
    ["membership_match(n, {number})", bytes],
    ["membership_match(n, {list})", bytes],
    ["membership_match(n, {word})", bytes],
    ["membership_match(n, {short})", "membership filter blob is 2 bytes, too short to carry a format header"],
    ["membership_match(n, {junk})", "membership filter blob has unknown format magic"],
    ["membership_match(n, {damaged})", "membership_match roaring bitmap blob is invalid: body length"],
    ["membership_match(n, {r}, type=bloom)", 'membership_match type "bloom" does not match filter blob format'],
    ["membership_match(n, {r}, type=cuckoo)", "malformed membership_match call: type must be bloom or roaring"],
    ["membership_match(n, {r}, kind=bloom)", 'unexpected option "kind" in membership_match, expected type'],
    [
      "membership_match(s, {r})",
      "membership_match only supports INT8/INT16/INT32/INT64 fields, but field (s) is of type VarChar",
    ],
    ["membership_match(d, {r})", "but field (d) is of type Double"],
    ["membership_match(b, {r})", "but field (b) is of type Bool"],
    ["membership_match(vec, {r})", "but field (vec) is of type FloatVector"],
    ["membership_match(ai[0], {r})", "but field (ai[0]) is of type Array"],
    ['membership_match(j["v"], {r})', "membership_match is not supported on JSON or dynamic fields"],
    [
      "membership_match(d, {bloom})",
      "INT8/INT16/INT32/INT64/VARCHAR fields and JSON paths, but field (d) is of type Double",
    ],
    [
      "membership_match(ai[0], {bloom})",
      "membership_match does not support nested paths on non-JSON fields, got: ai[0]",
    ],
    ["membership_match(long, {texts})", "filter on text field (long) is not supported yet"],
    ["membership_match(s, {bloom})", "built from the int64 value domain but field (VarChar) requires the utf8 domain"],
    ["membership_match(n, {texts})", "built from the utf8 value domain but field (Int64) requires the int64 domain"],
    ["n == {r}", "the type of expression template variable {r} is not supported"],
    ["n in {r}", "the type of expression template variable {r} is not supported"],
    ["membership(n, {r}, type=roaring)", "mismatched input 'type'"],
    ["Membership_Match(n, {r})", "not found"],
  ])("%s is refused", (text, message) => {
    const wrong = {
      number: 5,
      list: [1, 2],
      word: "no base64!",
      short: Uint8Array.of(1, 2),
      junk: Buffer.from("abcdef"),
    };
    const damaged = values.r.slice(0, -1);
    expect(refusalIn(scope, text, { ...values, ...wrong, damaged })).toContain(message);
  });

  it("of a Bloom filter may not decide what is deleted, that of a bitmap may", () => {
    const refused = "membership_match with an approximate bloom filter blob cannot be used in delete expressions";
    expect(refusalIn(scope, "n > 1 and not membership_match(n, {bloom})", values, "delete")).toContain(refused);
    expect(() => refusalIn(scope, "membership_match(n, {r})", values, "delete")).toThrow("accepted");
  });

  it("selects what `in` with the same values selects", () => {
    const value = fc.oneof(
      fc.integer({ min: -5, max: 5 }).map(BigInt),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    );
    fc.assert(
      fc.property(fc.array(fc.option(value), { maxLength: 8 }), fc.array(value, { maxLength: 8 }), (column, set) => {
        const table = column.map((n, i) => ({ ...plain, id: i + 1, n }));
        for (const not of ["", "not "]) {
          const found = selectIn(scope, table, `${not}membership_match(n, {m})`, { m: buildRoaringBitmap(set) });
          expect(found).toEqual(selectIn(scope, table, `${not}(n in {list})`, { list: set }));
        }
      }),
      { numRuns: 150 },
    );
  });
});
