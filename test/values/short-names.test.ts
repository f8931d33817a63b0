import fc from "fast-check";
import { expect, it } from "vitest";
import { ShortNames } from "../../src/values/short-names.js";

const long = fc
  .tuple(fc.integer({ min: 200, max: 2000 }), fc.array(fc.nat(1999), { maxLength: 3 }), fc.constantFrom("#", "=", "x"))
  .map(([length, places, mark]) => {
    const letters = Array.from({ length }, () => "a");
    for (const place of places) letters[place % length] = mark;
    return letters.join("");
  });

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
