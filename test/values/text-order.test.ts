import * as fc from "fast-check";
import { expect, it } from "vitest";
import { compareText } from "../../src/values/text-order.js";

it("orders texts as their UTF-8 bytes", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("a", "b", "\u{ffff}", "\ue000", "\u{10000}", "\u{10ffff}"),
      fc.string({ unit: "binary", maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});
