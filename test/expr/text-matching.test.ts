import { describe, expect, it } from "vitest";
import { parseExpression, print } from "../../src/expr/index.js";
import { refusalIn, type SchemaText, scopeOf, selectIn } from "./support/tables.js";

const schema: SchemaText = {
  define_schema: "words",
  pk: "id",
  dynamic: false,
  fields: [
    { name: "id", type: "Int64" },
    { name: "t", type: "VarChar", nullable: true, enable_match: true },
    { name: "long", type: "Text", nullable: true, enable_match: true },
    { name: "plain", type: "VarChar", nullable: true },
    { name: "max_edit_distance", type: "Int64" },
    { name: "vec", type: "FloatVector" },
  ],
};
const scope = scopeOf(schema);
const rows = [
  { id: 1, t: "Peanut ALLERGY", long: "an apple a day", max_edit_distance: 1 },
  { id: 2, t: "milvus stores vectors", long: "apples", max_edit_distance: 2 },
  { id: 3, t: "", long: "", max_edit_distance: 3 },
  { id: 4, t: null, long: null, max_edit_distance: 1 },
];
const select = (text: string, values = {}) => selectIn(scope, rows, text, values);
const refusal = (text: string, values = {}) => refusalIn(scope, text, values);

describe("text_match_fuzzy", () => {
  it.each<[string, number[]]>([
    ['text_match_fuzzy(t, "alergy", max_edit_distance=1)', [1]],
    ['text_match_fuzzy(t, "alergy", max_edit_distance=0)', []],
    ['text_match_fuzzy(t, "allergy", max_edit_distance=0)', [1]],
    ['text_match_fuzzy(t, "miluvs", max_edit_distance=1)', [2]],
    ['text_match_fuzzy(t, "alrgy miluvs", max_edit_distance=2)', [1, 2]],
    ['TEXT_MATCH_FUZZY(t, "alergy", MAX_EDIT_DISTANCE = 1)', [1]],
    ['not text_match_fuzzy(t, "alergy", max_edit_distance=1)', [2, 3]],
    ['text_match_fuzzy(t, "", max_edit_distance=2)', []],
    ['text_match_fuzzy(long, "aple", max_edit_distance=1)', [1]],
    ['text_match_fuzzy(long, "aple", max_edit_distance=2)', [1, 2]],
    ["text_match_fuzzy(t, {q}, max_edit_distance=1)", [1]],
    ["text_match(t, {q} )", []],
    ["text_match(t, {words}, minimum_should_match=2)", [2]],
    ["phrase_match(t, {words})", [2]],
    // The name of the option is no keyword.
    ["max_edit_distance > 1", [2, 3]],
    ['max_edit_distance == 1 and text_match_fuzzy(t, "alergy", max_edit_distance=1)', [1]],
  ])("%s", (text, expected) => {
    expect(select(text, { q: "alergy", words: "milvus stores" })).toEqual(expected);
    expect(print(parseExpression(print(parseExpression(text))))).toBe(print(parseExpression(text)));
  });

  it.each<[string, string]>([
    ['text_match_fuzzy(t, "a", fuzziness=1)', "expected max_edit_distance"],
    ['text_match_fuzzy(t, "a", max_edit_distance=-1)', "max_edit_distance should be in [0, 2], got -1"],
    ['text_match_fuzzy(t, "a", max_edit_distance=3)', "max_edit_distance should be in [0, 2], got 3"],
    ['text_match_fuzzy(t, "a", max_edit_distance=1.5)', "line 1:43 mismatched input '1.5'"],
    ['text_match_fuzzy(t, "a", max_edit_distance=9223372036854775808)', "invalid max_edit_distance value"],
    ['text_match_fuzzy(t, "a")', "mismatched input ')'"],
    ['text_match_fuzzy(t, "a", 1)', "mismatched input '1'"],
    [
      "text_match_fuzzy(t, 123, max_edit_distance=1)",
      "text_match_fuzzy query should be a string literal or template variable",
    ],
    ["text_match(t, 123)", "text_match query should be a string literal or template variable"],
    ['text_match_fuzzy(none, "a", max_edit_distance=1)', "field none not exist"],
    [
      'text_match_fuzzy(max_edit_distance, "a", max_edit_distance=1)',
      "text match operation on non-string is unsupported",
    ],
    ['text_match_fuzzy(plain, "a", max_edit_distance=1)', 'field "plain" does not enable match'],
    ["text_match_fuzzy(t, {q}, max_edit_distance=1)", "cannot cast value to VarChar, value: int64_val:5"],
    ["text_match_fuzzy(t, {missing}, max_edit_distance=1)", "variable name {missing} is not found"],
  ])("%s is refused", (text, message) => {
    expect(refusal(text, { q: 5n })).toContain(message);
  });
});
