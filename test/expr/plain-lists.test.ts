import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Expression, parseExpression, planFilter } from "../../src/expr/index.js";
import { refusalIn, scopeOf } from "./support/tables.js";
import { withoutRanges } from "./support/trees.js";

/** Long lists of whole numbers are read at once; nothing but the time may tell that. */

const schema = {
  define_schema: "t",
  pk: "pk",
  dynamic: true,
  fields: [
    { name: "pk", type: "Int64" },
    { name: "i8", type: "Int8" },
    { name: "f", type: "Float" },
    { name: "s", type: "VarChar" },
    { name: "b", type: "Bool" },
    { name: "arr", type: "Array", element: "Int64" },
  ],
} as const;
const scope = scopeOf(schema);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join(", ");

function listOf(text: string): Extract<Expression, { kind: "list" }> {
  const tree = parseExpression(text);
  if (tree.kind !== "membership" || tree.list.kind !== "list") throw new Error(text);
  return tree.list;
}

describe("long lists of whole numbers", () => {
  it("have the elements, and these the places, that they have when they are read one by one", () => {
    const element = fc.oneof(
      fc.integer(),
      fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
      fc.constantFrom("0", "-0", "007", "0x1F", "1.5", "1e3", '"a"', "2 + 3", "-(4)", "[1]", "99999999999999999"),
    );
    const space = fc.constantFrom("", "", " ", "\n", "\t ");
    fc.assert(
      fc.property(fc.array(fc.tuple(space, element, space), { minLength: 1, maxLength: 14 }), space, (items, after) => {
        const inner = items.map(([before, value, behind]) => `${before}${value}${behind}`);
        const text = `x in [${inner.join(",")}]${after}`;
        const { elements } = listOf(text);
        let at = "x in [".length;
        for (const [i, part] of inner.entries()) {
          // Each by itself, where it stands: a short list is read like any other.
          const [alone] = listOf(`${" ".repeat(at - "x in [".length)}x in [${part}]`).elements;
          expect(elements[i], text).toEqual(alone);
          at += part.length + 1;
        }
        expect(elements.length).toBe(items.length);
      }),
      { numRuns: 200 },
    );
  });

  it("end where they end: with a comma at last, inside of others, as arguments", () => {
    expect(listOf(`x in [${numbers(9)},]`).elements.length).toBe(9);
    const nested = listOf(`x in [[${numbers(9)}], [${numbers(2)}]]`);
    expect(nested.elements.map((each) => (each.kind === "list" ? each.elements.length : 0))).toEqual([9, 2]);
    expect(planFilter(`json_contains_any(x, [${numbers(9)}])`, scope, undefined, "query").predicate).toMatchObject({
      kind: "contains",
      values: { length: 9 },
    });
    const whole = planFilter(`arr == [${numbers(9)}]`, scope, undefined, "query").predicate;
    expect(whole).toMatchObject({ kind: "compare", value: { elements: { length: 9 } } });
    expect(withoutRanges(parseExpression(`j[0] in[${numbers(9)}]`))).toMatchObject({ kind: "membership" });
  });

  it.each([
    [(list: string) => `pk ${list}`],
    [(list: string) => `pk in ${list} 5`],
    [(list: string) => `pk == ${list}`],
    [(list: string) => `s in ${list}`],
    [(list: string) => `b in ${list}`],
    [(list: string) => `${list} in pk`],
    [(list: string) => `s like ${list}`],
    [(list: string) => `pk in ${list} and`],
    [(list: string) => `pk > ${list} + 1`],
  ])("are refused like short ones: %s", (filter) => {
    const refusal = (count: number) => refusalIn(scope, filter(`[${numbers(count)}]`));
    // The texts quote the filter, and where in it.
    const plain = (message: string) =>
      message
        .replace(/\[[0-9, ]+\]/g, "[...]")
        .replace(/(?: ?array:\{int64_val:\d+\})+/g, "...")
        .replace(/(line \d+):\d+/g, "$1");
    expect(plain(refusal(12))).toBe(plain(refusal(3)));
  });

  it("are converted where the column asks for it", () => {
    const values = (text: string, given?: Record<string, unknown>) => {
      const { predicate } = planFilter(text, scope, given, "query");
      return predicate.kind === "in" ? predicate.values : undefined;
    };
    expect(values(`f in [${numbers(9)}]`)?.[8]).toEqual({ kind: "float", value: 9 });
    expect(values(`i8 in [${numbers(9)}]`)?.[8]).toEqual({ kind: "int", value: 9n });
    expect(values("i8 in {list}", { list: [1, 2, 3, 4, 5, 6, 7, 8, -9] })?.[8]).toEqual({ kind: "int", value: -9n });
    expect(values("f in {list}", { list: [1, 2, 3, 4, 5, 6, 7, 8, 9] })?.[8]).toEqual({ kind: "float", value: 9 });
  });
});
