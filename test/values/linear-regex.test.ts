import { describe, expect, it } from "vitest";
import { linearRegex } from "../../src/values/linear-regex.js";
import { cpuTime } from "../support/cpu-time.js";

const longest = "a".repeat(65_535);

describe("linearRegex", () => {
  it.each(["(a+)+b", "(a|aa)+b", "(a?){700}[b-z]", "(a*)*[^a]", "(?i)[AB]{900}c", ".*.*.*.*[b-z]"])(
    "looks through the longest text soon: %s",
    (pattern) => {
      const start = cpuTime();
      expect(linearRegex(pattern)?.matches(longest)).toBe(false);
      expect(cpuTime() - start).toBeLessThan(5000);
    },
  );

  it("takes no pattern that is so large that it could not", () => {
    expect(linearRegex(`(?i)${"A".repeat(20_000)}b`)).toBeUndefined();
    expect(linearRegex("((a{30}){30}){30}b")).toBeUndefined();
    expect(linearRegex("a|".repeat(1000))?.matches("b")).toBe(true);
  });
});
