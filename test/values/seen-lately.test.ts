import { describe, expect, it } from "vitest";
import { SeenLately } from "../../src/values/seen-lately.js";

describe("texts seen lately", () => {
  it("are known when they come again, however long, and forgotten after many others", () => {
    const seen = new SeenLately();
    const long = "x".repeat(100_000);
    expect([seen.note("a < 1"), seen.note(""), seen.note(long)]).toEqual([false, false, false]);
    expect([seen.note("a < 1"), seen.note(""), seen.note(long)]).toEqual([true, true, true]);
    for (let i = 0; i < 20_000; i++) seen.note(`a < ${i + 2}`);
    expect(seen.note("a < 1")).toBe(false);
  });

  it("are told apart, but for a few", () => {
    const seen = new SeenLately();
    let taken = 0;
    for (let i = 0; i < 5000; i++) if (seen.note(`sel >= ${i} and sel < ${i + 1000}`)) taken++;
    expect(taken).toBeLessThan(5);
  });
});
