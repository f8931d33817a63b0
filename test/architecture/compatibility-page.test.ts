import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compatibilityPage, compatibilityPath } from "../../scripts/docs/compatibility.mjs";
import { DIFFERENCES } from "../../scripts/docs/differences.mjs";
import { isOperation } from "../../src/engine/contract/table.js";

describe("the page of compatibility", () => {
  it("names differences of operations only", () => {
    expect(Object.keys(DIFFERENCES).filter((path) => !isOperation(path))).toEqual([]);
  });

  it("is what `npm run docs:compatibility` makes of the contract", async () => {
    expect(readFileSync(compatibilityPath, "utf8")).toBe(await compatibilityPage());
  });
});
