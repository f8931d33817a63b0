import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSql, planFilter } from "../../src/expr/index.js";
import { textOf } from "../../src/expr/sql/constant.js";
import { Elanus } from "../../src/index.js";
import { cpuTime } from "../support/cpu-time.js";
import { type SchemaText, scopeOf, selectIn } from "./support/tables.js";

/** `selectIn` compares SQL with the evaluator. */

const schema: SchemaText = {
  define_schema: "long",
  pk: "id",
  dynamic: true,
  fields: [
    { name: "id", type: "Int64" },
    { name: "t", type: "VarChar", nullable: true, enable_match: true },
    { name: "j", type: "JSON", nullable: true },
    { name: "a", type: "Array", element: "VarChar", nullable: true },
    { name: "g", type: "Geometry", nullable: true },
    { name: "vec", type: "FloatVector" },
  ],
};
const scope = scopeOf(schema);

const WORDS = Array.from({ length: 90 }, (_, i) => `word${i}`);
const words = (count: number, from = 0) => Array.from({ length: count }, (_, i) => WORDS[(from + i) % 90]).join(" ");
const key = (length: number) => "k".repeat(length);
const ring = (corners: number) =>
  `POLYGON((${[...Array.from({ length: corners }, (_, i) => `${Math.cos((i * 6.28) / corners)} ${Math.sin((i * 6.28) / corners)}`), "1 0"].join(",")}))`;

const rows = [
  { id: 1, t: words(80), j: { [key(300)]: { [key(129)]: 1 }, s: words(60) }, a: [words(50), "x"], g: "POINT(0 0)" },
  {
    id: 2,
    t: words(3, 40),
    j: { [key(300)]: [1, 2], 7: { [key(200)]: "x" }, [`${key(130)}"`]: 1 },
    a: ["x"],
    g: "POINT(9 9)",
  },
  { id: 3, t: "", j: [[words(70)]], a: [], g: ring(40) },
  { id: 4, t: null, j: null, a: null, g: null },
].map((row) => ({ ...row, $meta: { [key(260)]: 1, [key(row.id * 100)]: row.id } }));

/** Below and above what counts as long. */
const lengths = fc.constantFrom(1, 100, 127, 128, 129, 200, 255, 256, 257, 260, 300, 400, 5000);
const counts = fc.constantFrom(1, 3, 60, 80, 90, 300);

const filters: Readonly<Record<string, fc.Arbitrary<string>>> = {
  words: fc.tuple(counts, fc.nat(90)).map(([count, from]) => `text_match(t, "${words(count, from)}")`),
  "some of many words": fc
    .tuple(counts, fc.integer({ min: 1, max: 90 }))
    .map(([count, least]) => `text_match(t, "${words(count)}", minimum_should_match=${Math.min(least, count)})`),
  phrases: fc.tuple(counts, fc.nat(3)).map(([count, slop]) => `phrase_match(t, "${words(count)}", ${slop})`),
  "words with faults": counts.map((count) => `text_match_fuzzy(t, "${words(count)}", max_edit_distance=1)`),
  patterns: counts.map((count) => `t like "%${words(count).replaceAll(" ", "_")}%7_"`),
  "regular expressions": counts.map((count) => `t =~ "^(${words(count).replaceAll(" ", "|")})( |$)"`),
  keys: fc.tuple(lengths, lengths).map(([a, b]) => `j["${key(a)}"]["${key(b)}"] == 1 or j["${key(a)}"] == [1, 2]`),
  "keys that exist": lengths.map((a) => `exists j["${key(a)}"]`),
  "keys with digits in the path": lengths.map((a) => `j["7"]["${key(a)}"] == "x" or j[7]["${key(a)}"] == "x"`),
  "keys with quotes": lengths.map((a) => `j["${key(a)}\\""] == 1`),
  "many digits in the path": lengths.map((a) => `j[1][2][3][4]["${key(a)}"] == 1`),
  "dynamic keys": lengths.map((a) => `$meta["${key(a)}"] >= 1`),
  contained: fc
    .tuple(lengths, counts)
    .map(([a, n]) => `json_contains(j["${key(a)}"], 2) or json_contains(a, "${words(n)}")`),
  lists: counts.map((n) => `j["s"] in ["${words(n)}", "${words(60)}"]`),
  arrays: counts.map((n) => `a == ["${words(n)}", "x"] or j == [["${words(n)}"]]`),
  shapes: fc.integer({ min: 3, max: 80 }).map((n) => `st_within(g, "${ring(n)}") or st_equals(g, "${ring(n)}")`),
};

describe("long constants select the same rows", () => {
  it.each(Object.entries(filters))("%s (generated)", (_name, arbitrary) => {
    const both = fc.tuple(arbitrary, fc.boolean()).map(([filter, negated]) => (negated ? `not (${filter})` : filter));
    fc.assert(
      fc.property(both, (filter) => void selectIn(scope, rows, filter)),
      { numRuns: 30 },
    );
  });

  it("and some are found", () => {
    expect(selectIn(scope, rows, `text_match(t, "${words(80)}", minimum_should_match=80)`)).toEqual([1]);
    expect(selectIn(scope, rows, `j["${key(300)}"]["${key(129)}"] == 1`)).toEqual([1]);
    expect(selectIn(scope, rows, `exists j["${key(300)}"]`)).toEqual([1, 2]);
    expect(selectIn(scope, rows, `j["7"]["${key(200)}"] == "x"`)).toEqual([2]);
    expect(selectIn(scope, rows, `$meta["${key(300)}"] == 3`)).toEqual([3]);
  });
});

describe("a long constant", () => {
  it("is there as long as its statement may run", () => {
    const { params } = compileSql(planFilter(`text_match(t, "${words(80)}")`, scope, {}, "query").predicate);
    const handles = params.filter((value) => value instanceof Uint8Array);
    expect(handles.map((handle) => textOf(Uint8Array.from(handle)))).toEqual([JSON.stringify(WORDS.slice(0, 80))]);
    expect(() => textOf(new Uint8Array(8))).toThrow("nothing has the name 0");
  });

  it("costs little with each row, however long", async () => {
    const db = await Elanus.open(":memory:");
    const collectionName = "c";
    const text = {
      fieldName: "t",
      dataType: "VarChar",
      elementTypeParams: { max_length: 100, enable_analyzer: true, enable_match: true },
    };
    await db.collections.create({
      collectionName,
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          text,
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [{ fieldName: "v", metricType: "L2" }],
    });
    const data = Array.from({ length: 10_000 }, (_, id) => ({ id, t: `row ${id}`, v: [id, 1], n: { m: id } }));
    await db.entities.insert({ collectionName, data });
    const many = Array.from({ length: 20_000 }, (_, i) => `none${i}`).join(" ");
    const start = cpuTime();
    for (const filter of [
      `text_match(t, "${many}")`,
      `n["${key(500_000)}"] == 1`,
      `t like "a%${"b_".repeat(10_000)}%c"`,
    ]) {
      expect(await db.entities.query({ collectionName, filter, limit: 10 })).toEqual([]);
    }
    // Now a tenth of a second; copied with each row they took 6 s.
    expect(cpuTime() - start).toBeLessThan(3000);
    await db.close();
  });
});
