import { describe, expect, it } from "vitest";
import { colouring } from "../../src/studio/colours.js";

const years = Array.from({ length: 20 }, (_, i) => 1900 + i);

describe("the colours of a map", () => {
  it("go by the size of numbers, those of 64 bits too, which come as texts", () => {
    const bySize = colouring([...years, null]);
    expect(bySize.legend.map(({ name }) => name)).toEqual(["1900", "1910", "1919"]);
    expect(new Set(bySize.colours).size).toBeGreaterThan(15);
    expect(colouring([...years.map(String), null], "Int64")).toEqual(bySize);
  });

  it("tell long numbers apart that are one as doubles", () => {
    const long = (count: number) => Array.from({ length: count }, (_, i) => String(2n ** 63n - 1n - BigInt(i)));
    expect(colouring(long(2), "Int64").legend.map(({ name }) => name)).toEqual([
      "9223372036854775806",
      "9223372036854775807",
    ]);
    const many = colouring(long(20), "Int64");
    expect([many.legend[0]?.name, many.legend.at(-1)?.name]).toEqual(["9223372036854775788", "9223372036854775807"]);
    expect(new Set(many.colours).size).toBeGreaterThan(15);
    // While others are read there are those of the field before.
    expect(colouring(["v", null, 1.5], "Int64").legend).toHaveLength(3);
  });

  it("are one each for few values, and one for all that are rarer", () => {
    expect(colouring([1, 2, 1]).legend).toMatchObject([{ name: "1" }, { name: "2" }]);
    const texts = colouring(years.map(String));
    expect(texts.legend).toHaveLength(10);
    expect(texts.legend.at(-1)?.name).toBe("11 others");
  });
});
