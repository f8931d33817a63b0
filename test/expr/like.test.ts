import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSql } from "../../src/expr/index.js";
import { LikePattern, patternParts } from "../../src/expr/semantics/like.js";
import { cpuTime } from "../support/cpu-time.js";
import { fillTable, openSqlite, scopeOf, selectRows } from "./support/tables.js";

/** LIKE as a regular expression: what it means, at a price that may explode. */
function byRegExp(text: string, pattern: string): boolean {
  const source = patternParts(pattern)
    .map((part) =>
      part.kind === "any" ? "[^]*" : part.kind === "one" ? "[^]" : part.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"),
    )
    .join("");
  return new RegExp(`^${source}$`, "u").test(text);
}

const unit = fc.constantFrom("a", "a", "b", "😀", "\u0301", "é", "%", "_", "\n", "\0");
const text = fc.string({ unit, maxLength: 40 });
/** Escapes are whole, as the checker makes sure. */
const pattern = fc.string({
  unit: fc.oneof(unit, fc.constantFrom("%", "_", "a", "\\%", "\\_", "\\\\", "\\a", "%_%")),
  maxLength: 40,
});

describe("LIKE", () => {
  it("is what the same regular expression is", () => {
    fc.assert(
      fc.property(text, pattern, (value, like) => {
        expect(new LikePattern(like).matches(value)).toBe(byRegExp(value, like));
      }),
      { numRuns: 3000 },
    );
  });

  it("matches its own text with parts of it replaced by wildcards, however long", () => {
    const piece = fc.tuple(
      fc.constantFrom("text", "%", "_"),
      fc.string({ unit: fc.constantFrom("a", "b", "😀"), maxLength: 70 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(), (pieces, at) => {
        const value = pieces.map(([, part]) => part).join("");
        const like = pieces
          .map(([kind, part]) => (kind === "text" ? part : kind === "%" ? "%" : "_".repeat([...part].length)))
          .join("");
        expect(new LikePattern(like).matches(value)).toBe(true);
        const chars = [...value];
        chars[at % Math.max(1, chars.length)] = "c";
        const changed = chars.join("");
        expect(new LikePattern(like).matches(changed)).toBe(byRegExp(changed, like));
      }),
    );
  });

  it("is the same in SQL, for short patterns and for long ones", () => {
    const scope = scopeOf({ define_schema: "t", pk: "k", dynamic: false, fields: [{ name: "s", type: "VarChar" }] });
    const [field] = scope.fields;
    const sqlite = openSqlite();
    let tables = 0;
    const long = fc
      .tuple(pattern, fc.constantFrom("", "b".repeat(70), "ab".repeat(40), "_".repeat(65)))
      .map(([a, b]) => a + b);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(text, fc.constantFrom("", "b".repeat(70), "ab".repeat(40))).map(([a, b]) => a + b),
          { minLength: 1, maxLength: 6 },
        ),
        long,
        (values, like) => {
          const table = fillTable(
            sqlite,
            `l${tables++}`,
            scope,
            values.map((s) => ({ s })),
          );
          const operand = {
            field: field as NonNullable<typeof field>,
            path: [],
            type: "VarChar" as const,
            indexed: false,
          };
          const found = selectRows(table, compileSql({ kind: "like", operand, pattern: like }));
          const expected = values.flatMap((value, at) => (new LikePattern(like).matches(value) ? [at + 1] : []));
          expect(found, JSON.stringify(like)).toEqual(expected);
          sqlite.exec(`DROP TABLE ${table.name}`);
        },
      ),
    );
  });

  const a = (n: number): string => "a".repeat(n);
  /** Each took from seconds to for ever by going back in the text. */
  it.each([
    ["a run with wildcards that nearly fits everywhere", a(65_000), `%${a(15_000)}_b_b%`],
    ["a long literal that nearly fits everywhere", a(65_000), `%${a(15_000)}b${a(15_000)}%`],
    ["many runs", a(65_000), `%${"a_%".repeat(500)}b%`],
    ["every other place a wildcard", a(65_000), `%${"a_".repeat(16_000)}b%`],
    ["all wildcards", a(65_000), `%${"_".repeat(40_000)}b`],
    [
      "many code points",
      Array.from({ length: 21_000 }, (_, i) => String.fromCodePoint(0x4e00 + (i % 20_000))).join(""),
      `%${Array.from({ length: 10_000 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join("_")}b%`,
    ],
    ["surrogate pairs", "😀".repeat(16_000), `%${"😀_".repeat(4000)}b%`],
    ["backslashes", "\\".repeat(60_000), `%${"\\\\".repeat(30_000)}b`],
  ])("does not stall on %s", (_name, value, like) => {
    const start = cpuTime();
    expect(new LikePattern(like).matches(value)).toBe(false);
    expect(cpuTime() - start).toBeLessThan(5000);
  });
});
