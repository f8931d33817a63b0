import fc from "fast-check";
import { expect, it } from "vitest";
import { ShortNames } from "../../src/values/short-names.js";

/** Texts and what may look like their names. */
const long = fc.oneof(
  { weight: 5, arbitrary: alike() },
  fc.nat(30).map((number) => `\u0001${number}`),
);

function alike(): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.integer({ min: 200, max: 2000 }),
      fc.array(fc.nat(1999), { maxLength: 3 }),
      fc.constantFrom("#", "=", "x"),
    )
    .map(([length, places, mark]) => {
      const letters = Array.from({ length }, () => "a");
      for (const place of places) letters[place % length] = mark;
      return letters.join("");
    });
}

it("short names tell texts apart, however alike they look, and stay with a text that comes again", () => {
  fc.assert(
    fc.property(fc.array(long, { minLength: 2, maxLength: 30 }), (texts) => {
      const names = new ShortNames();
      const owners = new Map<string, string>();
      for (const text of texts) {
        const name = names.of(text);
        expect(names.of(text)).toBe(name);
        expect(owners.get(name) ?? text).toBe(text);
        owners.set(name, text);
        if (text.length > 300) expect(name.length).toBeLessThan(10);
      }
    }),
  );
});

it("short names tell lists of numbers apart, from each other and from texts", () => {
  const list = fc
    .tuple(fc.integer({ min: 8, max: 2000 }), fc.nat(1999), fc.integer())
    .map(([length, place, number]) => {
      return Float64Array.from({ length }, (_, i) => (i === place % length ? number : 7));
    });
  fc.assert(
    fc.property(fc.array(fc.oneof(list, long), { minLength: 2, maxLength: 30 }), (all) => {
      const names = new ShortNames();
      const nameOf = (each: string | Float64Array) =>
        typeof each === "string" ? names.of(each) : names.ofNumbers(each);
      const owners = new Map<string, string>();
      for (const each of all) {
        const name = nameOf(each);
        expect(nameOf(each)).toBe(name);
        expect(owners.get(name) ?? String(each)).toBe(String(each));
        owners.set(name, String(each));
      }
    }),
  );
});
